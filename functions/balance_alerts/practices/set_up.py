"""Setting up a practice, and changing its alert settings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from balance_alerts.access.links import new_practice_code
from balance_alerts.channels import addresses, wording
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.ids import check_id
from balance_alerts.domain.practice import Practice
from balance_alerts.store.practices import Practices

LONGEST_NAME = 80


def create_practice(
    practices: Practices,
    *,
    practice_id: str,
    display_name: str,
    phone: str,
    time_zone: str,
    short_name: str | None = None,
    hours: str = "",
    reply_to: str | None = None,
) -> Practice:
    """Add a practice, which sends no alerts until its settings say so.

    Without `short_name`, the display name is shortened so that a text fits one part.

    Raises:
        RuleError: `invalid_id`, `invalid_name`, `invalid_phone`, `practice_exists`,
            `unknown_time_zone`, `short_name_too_long`, or what is wrong with `reply_to`.
    """
    check_id(practice_id)
    check_name(display_name)
    phone = checked_phone(phone)
    practice = Practice(
        practice_id=practice_id,
        code=new_practice_code(),
        display_name=display_name,
        short_name=short_name or wording.shorten(display_name, phone),
        phone=phone,
        time_zone=time_zone,
        hours=hours,
        reply_to=None if reply_to is None else addresses.normalise_email(reply_to),
    )
    check_short_name(practice)
    practices.create(practice)
    return practice


def change_settings(practices: Practices, practice_id: str, **changes: Any) -> Practice:
    """Change some of a practice's alert settings; the rest stay.

    Raises:
        RuleError: `unknown_practice`, a setting that no practice can mean, `changed_meanwhile`.
    """
    practice = practices.get(practice_id)
    return practices.save_settings(practice, replace(practice.alerts, **changes))


def check_name(display_name: str) -> None:
    """Refuse a display name that could not stand in a message.

    Raises:
        RuleError: `invalid_name`.
    """
    if not display_name.strip() or not display_name.isprintable():
        raise RuleError(
            "invalid_name", "Give the practice's name as patients know it, in one line."
        )
    if len(display_name) > LONGEST_NAME:
        raise RuleError("invalid_name", f"A practice's name has at most {LONGEST_NAME} characters.")


def checked_phone(phone: str) -> str:
    """The phone as patients read it; one that nobody can dial is refused.

    Raises:
        RuleError: `invalid_phone`.
    """
    if not addresses.dialable(phone):
        raise RuleError(
            "invalid_phone",
            "Give the phone on the appointment card, ten digits such as (508) 555-0100.",
        )
    return addresses.readable_phone(phone)


def check_short_name(practice: Practice) -> None:
    """Refuse a short name with which a text would not fit one part.

    Raises:
        RuleError: `short_name_too_long`.
    """
    problem = wording.short_name_problem(practice.short_name, practice.phone)
    if problem is not None:
        raise RuleError("short_name_too_long", problem)
