"""Answers of Authorize.net: decoded, and judged where they are about a charge.

Answers begin with a byte order mark, hold numbers that are money, leave parts out when something
went wrong, and say "Ok" of cards that were refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from balance_alerts.gateway.codes import (
    RESPONSE_CODES,
    ChargeOutcome,
    reasons_outcome,
    refusal_outcome,
)

Answer = Mapping[str, object]

_NO_TRANS_IDS = frozenset({"", "0"})
_DOLLARS = re.compile(r"-?\d{1,12}(?:\.\d{1,2}0*)?", re.ASCII)


class GarbledAnswerError(Exception):
    """The answer is not what the gateway answers with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeAnswer:
    """What became of one charge call.

    `detail` is a stable code in lower snake case, empty for an approval. `reason_code` is the
    gateway's own, for staff and the log. `trans_id` is there whenever the gateway made a
    transaction, of whatever outcome; `auth_code`, `card_type` and `last_four` where it gave them.
    """

    outcome: ChargeOutcome
    detail: str = ""
    reason_code: str | None = None
    trans_id: str | None = None
    auth_code: str | None = None
    card_type: str | None = None
    last_four: str | None = None


def decode(body: bytes) -> Answer:
    """The answer's content, with decimals kept exact.

    Raises:
        GarbledAnswerError: not a JSON object.
    """
    try:
        content = json.loads(body.decode("utf-8-sig"), parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise GarbledAnswerError from error
    if not isinstance(content, dict):
        raise GarbledAnswerError
    return content


def result_code(answer: Answer) -> str:
    """`Ok`, `Error`, or nothing where the answer says neither."""
    return text(part(answer, "messages"), "resultCode")


def message_codes(answer: Answer) -> tuple[str, ...]:
    """The codes at the top of an answer, `E00003` and the like."""
    return tuple(text(message, "code") for message in many(part(answer, "messages"), "message"))


def judge_charge(answer: Answer, *, attempt_id: str, amount_cents: int) -> ChargeAnswer:
    """What a decoded answer says about the charge that was asked for.

    Only `responseCode` decides: the top of the answer says "Ok" of a card that failed, too. An
    answer to another request, an approval of another amount or one without a transaction decides
    nothing.
    """
    transaction = part(answer, "transactionResponse")
    code = text(transaction, "responseCode")
    reasons = _reason_codes(transaction)
    if text(answer, "refId") not in ("", attempt_id):
        outcome, detail = ChargeOutcome.UNKNOWN, "answer_to_another"
    elif not code:
        reasons = message_codes(answer)
        outcome, detail = refusal_outcome(reasons)
    elif code == "3":
        outcome, detail = reasons_outcome(reasons)
    elif code in RESPONSE_CODES:
        outcome, detail = _checked(RESPONSE_CODES[code], transaction, amount_cents)
    else:
        outcome, detail = ChargeOutcome.UNKNOWN, "unknown_response_code"
    trans_id = text(transaction, "transId")
    return ChargeAnswer(
        outcome=outcome,
        detail=detail,
        reason_code=_code(reasons[0]) if reasons else None,
        trans_id=trans_id if trans_id not in _NO_TRANS_IDS else None,
        auth_code=text(transaction, "authCode") or None,
        card_type=text(transaction, "accountType") or None,
        last_four=last_four(text(transaction, "accountNumber")),
    )


def part(answer: object, name: str) -> Answer:
    """A part of an answer, empty where it is missing or nothing."""
    value = answer.get(name) if isinstance(answer, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def many(answer: Answer, name: str) -> list[Answer]:
    """Something that may come as a list, or as the one thing that would be in it."""
    value = answer.get(name)
    found = value if isinstance(value, list) else [value]
    return [each for each in found if isinstance(each, Mapping)]


def text(answer: Answer, name: str) -> str:
    """A text or a number as text; nothing for whatever else there is, or is not."""
    value = answer.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return ""
    return str(value).strip()


def cents(answer: Answer, name: str) -> int | None:
    """An amount in whole cents, None where there is none.

    Raises:
        GarbledAnswerError: it is there, but is no amount of whole cents.
    """
    given = text(answer, name)
    if not given:
        return None
    if not _DOLLARS.fullmatch(given):
        raise GarbledAnswerError
    return int(Decimal(given) * 100)


def last_four(masked: str) -> str | None:
    """The last four digits of `XXXX1111`, None where there are not four."""
    match = re.search(r"(\d{4})$", masked, re.ASCII)
    return match[1] if match else None


def _checked(
    outcome: ChargeOutcome, transaction: Answer, amount_cents: int
) -> tuple[ChargeOutcome, str]:
    """An approval or a hold, if it is of a transaction that exists and of the whole amount."""
    if outcome is ChargeOutcome.DECLINED:
        return outcome, "declined"
    if text(transaction, "transId") in _NO_TRANS_IDS:
        # In test mode the gateway approves everything, keeps nothing and moves no money.
        if text(transaction, "testRequest") == "1":
            return ChargeOutcome.FAILED, "test_mode"
        return ChargeOutcome.UNKNOWN, "no_transaction_id"
    if not _whole_amount(transaction, amount_cents):
        return ChargeOutcome.UNKNOWN, "partial_approval"
    return outcome, "held_for_review" if outcome is ChargeOutcome.HELD else ""


def _whole_amount(transaction: Answer, amount_cents: int) -> bool:
    """Prepaid cards may approve a part. We ask for none, but an approval must be what it says."""
    try:
        approved = cents(part(transaction, "prePaidCard"), "approvedAmount")
    except GarbledAnswerError:
        return False
    partial = "295" in _reason_codes(transaction)
    return approved in (None, amount_cents) and not partial


def _reason_codes(transaction: Answer) -> tuple[str, ...]:
    """The gateway's reasons: `errors` if there are any, else `messages`."""
    errors = tuple(text(each, "errorCode") for each in many(transaction, "errors"))
    return errors or tuple(text(each, "code") for each in many(transaction, "messages"))


def _code(raw: str) -> str | None:
    """A code as the gateway writes them; anything else is not repeated anywhere."""
    return raw if re.fullmatch(r"[A-Z]?\d{1,6}", raw, re.ASCII) else None
