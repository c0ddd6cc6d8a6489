"""What an operation gets to see of a request, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from balance_alerts.domain.errors import RuleError
from balance_alerts.http_api.shapes import parse

T = TypeVar("T")

JSON = "application/json"
HTML = "text/html; charset=utf-8"
LONGEST_KEY = 200
"""Characters an Idempotency-Key may have."""
LARGEST_BODY = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Request:
    """A request; header names are in lower case, `claims` are those of a checked token."""

    parameters: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: str | None
    claims: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    """The body as it came, of operations that take files."""

    @property
    def cursor(self) -> str | None:
        """Where a list goes on; None for its first page, for which it may be left empty, too."""
        return self.query.get("cursor") or None

    @property
    def idempotency_key(self) -> str:
        """What tells one click from another, as whoever clicks sends it.

        Raises:
            RuleError: `missing_field`, `invalid_value`.
        """
        key = self.headers.get("idempotency-key", "")
        if not key:
            raise RuleError("missing_field", "Add the header Idempotency-Key.")
        if len(key) > LONGEST_KEY or not key.isprintable():
            raise RuleError("invalid_value", "Idempotency-Key must be shorter and plain.")
        return key

    def read(self, shape: type[T]) -> T:
        """The body as `shape`.

        Raises:
            RuleError: `too_large`, or what `parse` raises.
        """
        if len(self.body or "") > LARGEST_BODY:
            raise RuleError("too_large", "Send a smaller body.")
        return parse(shape, self.body)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Answer:
    """An answer: a dataclass to be sent as JSON, text, bytes, or nothing."""

    status: int = 200
    content: Any = None
    kind: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    """For the log: whose request it was."""
