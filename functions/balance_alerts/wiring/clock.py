"""The one clock of the stack. The local stack puts a clock of its own in its place."""

from __future__ import annotations

from datetime import UTC, datetime


def system_clock() -> datetime:
    """The present instant."""
    return datetime.now(UTC)
