"""Pages of a list, newest first: an opaque cursor says where the next one begins."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

from balance_alerts.domain.errors import RuleError

PAGE_SIZE = 50


def cursor_of(sort_key: str) -> str:
    """The cursor of what comes after this sort key."""
    return urlsafe_b64encode(sort_key.encode()).decode().rstrip("=")


def sort_key_of(cursor: str, *, prefix: str) -> str:
    """The sort key that a cursor stands for.

    Raises:
        RuleError: `invalid_value`, where it is none of ours.
    """
    try:
        sort_key = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (NotBase64, ValueError):
        sort_key = ""
    if not sort_key.startswith(prefix) or not sort_key.isprintable() or len(sort_key) > 200:
        raise RuleError("invalid_value", "cursor must be a next_cursor of the page before.")
    return sort_key
