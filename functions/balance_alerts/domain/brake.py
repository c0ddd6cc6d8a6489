"""The operator's brake: while it is on, no alert goes out to anybody of the whole installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Brake:
    """Since when all alerts are paused, by whom, and what they noted for every practice to read."""

    since: datetime
    by: str
    note: str | None = None
