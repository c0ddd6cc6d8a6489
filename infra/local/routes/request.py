"""What a `/local` route gets and gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from infra.local.problems import invalid


@dataclass(frozen=True, slots=True)
class Request:
    """What a route gets to see of a request."""

    body: bytes
    query: Mapping[str, str]

    def has_no_options(self) -> None:
        """Refuse a body.

        Raises:
            Problem: 422, something was sent that would have no effect.
        """
        if self.body.strip() not in (b"", b"{}"):
            raise invalid("unknown_field", "Send no body: there are no options.")


Answer = tuple[HTTPStatus, Any]
"""A status, and what is answered as JSON; None for no content."""

Route = Callable[[Request], Answer]

RouteTable = dict[tuple[str, str], Route]
"""Routes by method and path."""


def instant_text(instant: datetime) -> str:
    """Return an instant as RFC 3339 UTC text."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
