"""RFC 9457 problem details, and the headers that every answer has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

CONTENT_TYPE = "application/problem+json"
SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}
"""On every answer. HSTS counts over TLS only; browsers pass it over on a local http address."""


def problem_body(
    status: HTTPStatus, code: str, detail: str, members: Mapping[str, str] | None = None
) -> str:
    """A problem as text: the same bytes for the same code and detail."""
    return json.dumps(
        {
            "type": "about:blank",
            "title": status.phrase,
            "status": status.value,
            "code": code,
            "detail": detail,
            **(members or {}),
        }
    )
