"""The shape of the gateway's answers, byte order mark included."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from decimal import Decimal

Json = dict[str, object]

CONTENT_TYPE = "application/json; charset=utf-8"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

TEXTS = {
    "I00001": "Successful.",
    "I00004": "No records found.",
    "E00001": "An error occurred during processing. Please try again.",
    "E00004": "The name of the requested API method is invalid.",
    "E00007": "User authentication failed due to invalid authentication values.",
    "E00011": "Access denied. You do not have permissions to call the Transaction Details API.",
    "E00027": "The transaction was unsuccessful.",
    "E00040": "The record cannot be found.",
    "E00113": "Invalid OTS Token.",
    "E00114": "Invalid OTS Token.",
    "E00115": "Expired OTS Token.",
    "E00116": "OTS Token Access violation",
}


def encode(answer: Json) -> bytes:
    """An answer as bytes; decimals keep their zeros, as the gateway's do."""
    return _BYTE_ORDER_MARK + plain(answer)


def plain(answer: Json) -> bytes:
    """JSON without the mark, as webhooks have it."""
    marked = json.dumps(answer, default=_mark)
    return re.sub(r'"\\u0000([-\d.]+)\\u0000"', r"\1", marked).encode()


def ok(code: str = "I00001", **content: object) -> Json:
    """A good answer."""
    return {**content, "messages": _messages("Ok", code, TEXTS[code])}


def refused(code: str, text: str | None = None, **content: object) -> Json:
    """An answer that is an error."""
    return {**content, "messages": _messages("Error", code, text or TEXTS[code])}


def instant(at: datetime) -> str:
    """An instant in UTC as the gateway writes it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def dollars(cents: int) -> Decimal:
    """An amount for an answer, written with two decimals."""
    return Decimal(cents).scaleb(-2)


def _messages(result: str, code: str, text: str) -> Json:
    return {"resultCode": result, "message": [{"code": code, "text": text}]}


def _mark(value: object) -> str:
    if isinstance(value, Decimal):
        return f"\0{value}\0"
    raise TypeError(f"no JSON for {type(value).__name__}")
