"""The words of an alert, in English and Spanish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EmailContent:
    """One email, ready to hand over; `headers` are those beyond subject, sender and recipient."""

    subject: str
    text: str
    html: str
    headers: Mapping[str, str]


def text_alert(
    *,
    short_name: str,
    phone: str,
    link: str,
    language: str,
    initial: str | None = None,
    amount_cents: int | None = None,
) -> str:
    """The text: one GSM-7 part for a link of up to 60 characters."""
    raise NotImplementedError


def email_alert(
    *,
    display_name: str,
    phone: str,
    link: str,
    unsubscribe_link: str,
    language: str,
    initial: str | None = None,
    amount_cents: int | None = None,
) -> EmailContent:
    """The email, text and HTML."""
    raise NotImplementedError


def short_name_problem(short_name: str, phone: str) -> str | None:
    """What to change about a short name that cannot be used in texts, or None."""
    raise NotImplementedError


def longest_short_name(phone: str) -> int:
    """How many characters of short name fit every text of a practice with this phone."""
    raise NotImplementedError


def shorten(display_name: str, phone: str) -> str:
    """A short name made from the display name that fits."""
    raise NotImplementedError
