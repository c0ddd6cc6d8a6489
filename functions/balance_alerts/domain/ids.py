"""Ids as practices and their systems give them."""

from __future__ import annotations

import re

from balance_alerts.domain.errors import RuleError

ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""What an id looks like: safe in keys, paths and file names."""


def check_id(value: str) -> None:
    """Refuse what is no id.

    Raises:
        RuleError: `invalid_id`.
    """
    if not ID.fullmatch(value):
        raise RuleError("invalid_id", "An id is 1 to 64 letters, digits, dots, _ and -.")
