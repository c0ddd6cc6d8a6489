"""Errors of the local routes, as RFC 9457 problem details with a stable code."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any


class Problem(Exception):
    """A request that cannot be fulfilled: `code` for programs, `detail` says what to do."""

    def __init__(
        self, status: HTTPStatus, code: str, detail: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers or {}

    def body(self) -> bytes:
        """Return the problem as `application/problem+json`."""
        problem = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": self.status.value,
            "code": self.code,
            "detail": self.detail,
        }
        return json.dumps(problem).encode()


def invalid(code: str, detail: str) -> Problem:
    """Return the problem of a request that was understood but means nothing we can do."""
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, code, detail)


def read_object(
    body: bytes, *, required: tuple[str, ...] = (), optional: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return a JSON object with these fields and no others, all strings and none empty.

    Raises `Problem` (422) with code `invalid_json`, `missing_field`, `unknown_field` or
    `invalid_value`.
    """
    try:
        values = json.loads(body)
    except ValueError as error:
        raise invalid("invalid_json", "Send a JSON object.") from error
    if not isinstance(values, dict):
        raise invalid("invalid_json", "Send a JSON object.")
    for name in required:
        if name not in values:
            raise invalid("missing_field", f"Add the field {name}.")
    for name, value in values.items():
        if name not in required + optional:
            raise invalid("unknown_field", f"Leave out the field {name}: it is not known here.")
        if not isinstance(value, str) or not value.strip():
            raise invalid("invalid_value", f"{name} must be a string that is not empty.")
    return values
