"""Setting up practices: `create-practice`, `settings`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import time
from typing import TYPE_CHECKING, Any

from balance_alerts.channels.addresses import normalise_email
from balance_alerts.domain.calendar import SendWindow, Weekday
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.money import format_dollars, parse_dollars
from balance_alerts.domain.permissions import Level
from balance_alerts.domain.practice import Frequency, Practice
from balance_alerts.practices.set_up import create_practice
from infra.operator.complaints import FORESEEN, in_one_line
from infra.operator.known_practice import get_practice
from infra.operator.stack import CommandError, Stack
from infra.operator.team import invite
from infra.operator.who import operator
from infra.operator.words import brake_told, count_days, count_of

if TYPE_CHECKING:
    from infra.operator.arguments import Commands


def add(commands: Commands) -> None:
    """Tell argparse about these commands."""
    create = commands.add_parser("create-practice", help="add a practice; it sends nothing yet")
    create.add_argument("practice", metavar="PRACTICE", help="its id: letters, digits, . _ -")
    create.add_argument("--display-name", required=True, help="as patients know it")
    create.add_argument("--phone", required=True, help="the number on the appointment card")
    create.add_argument("--time-zone", required=True, help="such as America/New_York")
    create.add_argument("--short-name", help="for texts (default: the name, shortened to fit)")
    create.add_argument("--hours", default="", help="one line of free text")
    create.add_argument("--reply-to", help="where replies to emails go")
    create.add_argument(
        "--director-name",
        help="the first therapy director, who sets everything but staff accounts",
    )
    create.add_argument("--director-email", help="where the director is told how to sign in")
    create.set_defaults(run=_create)

    settings = commands.add_parser("settings", help="show or change a practice's alert settings")
    settings.add_argument("practice", metavar="PRACTICE")
    settings.add_argument("--frequency", choices=[f.value for f in Frequency])
    settings.add_argument("--window", metavar="09:00-20:00", type=_window)
    settings.add_argument("--days", metavar="mon,tue,...", type=_days)
    settings.add_argument("--minimum", metavar="DOLLARS", type=_dollars, help="least balance")
    settings.add_argument("--first-alert-after", metavar="DAYS", type=int)
    settings.add_argument("--daily-limit", metavar="N", type=_limit, help="a number, or none")
    settings.add_argument(
        "--pilot",
        metavar="CONTACT,...",
        type=_contacts,
        help="numbers and addresses: nobody else is sent to; none lets alerts go to everybody",
    )
    settings.add_argument("--include-amount", choices=["yes", "no"])
    settings.set_defaults(run=_settings)


def _create(stack: Stack, options: argparse.Namespace) -> int:
    director = _director(options)
    practice = create_practice(
        stack.wiring.practices,
        practice_id=options.practice,
        display_name=options.display_name,
        phone=options.phone,
        time_zone=options.time_zone,
        short_name=options.short_name,
        hours=options.hours,
        reply_to=options.reply_to,
    )
    print(f"{practice.practice_id}: {practice.display_name}, in texts {practice.short_name}")
    print(
        "It sends no alerts yet: import its patients and entries, then "
        f"balance-alerts settings {practice.practice_id} --frequency two_weeks"
    )
    if director is not None:
        _invite_director(stack, practice.practice_id, *director)
    return 0


def _director(options: argparse.Namespace) -> tuple[str, str] | None:
    """Name and address of the first director, found good before anything is added."""
    name, email = options.director_name, options.director_email
    if name is None and email is None:
        return None
    if not (name and email):
        raise CommandError("give both --director-name and --director-email, or neither")
    return name, normalise_email(email)


def _invite_director(stack: Stack, practice_id: str, name: str, email: str) -> None:
    """Invite the director; the practice is there by now, whatever becomes of that."""
    try:
        invite(stack, practice_id, name, email, Level.THERAPY_DIRECTOR)
    except FORESEEN as error:
        raise CommandError(
            f"{practice_id} was added, but its director was not invited: {in_one_line(error)}; "
            f"try again with balance-alerts invite {practice_id} --level therapy_director"
        ) from error
    print(
        "A therapy director sets up everything but staff accounts; for those, "
        f"balance-alerts invite {practice_id} invites a practice administrator"
    )


def _settings(stack: Stack, options: argparse.Namespace) -> int:
    given: dict[str, Any] = {
        "frequency": options.frequency and Frequency(options.frequency),
        "send_window": options.window
        and {"opens": options.window.opens, "closes": options.window.closes},
        "send_days": options.days,
        "minimum_balance_cents": options.minimum,
        "first_alert_after_days": options.first_alert_after,
        "include_amount": options.include_amount and options.include_amount == "yes",
    }
    changes = {name: value for name, value in given.items() if value is not None}
    if options.daily_limit is not None:
        changes["daily_limit"] = options.daily_limit or None
    if options.pilot is not None:
        changes["pilot_contacts"] = options.pilot or None
    practice = get_practice(stack, options.practice)
    if changes:
        practice = stack.wiring.practice_changes.alerts(options.practice, changes, by=operator())
    _show(practice)
    return 0


def _show(practice: Practice) -> None:
    alerts = practice.alerts
    window = alerts.send_window
    rows = {
        "practice": f"{practice.practice_id} ({practice.display_name})",
        "frequency": alerts.frequency.value + (", paused" if alerts.paused else ""),
        "window": f"{window.opens:%H:%M}-{window.closes:%H:%M} {practice.time_zone}",
        "days": ",".join(day for day in Weekday if day in alerts.send_days),
        "minimum": format_dollars(alerts.minimum_balance_cents),
        "first alert after": count_days(alerts.first_alert_after_days),
        "daily limit": str(alerts.daily_limit or "none"),
        "include amount": "yes" if alerts.include_amount else "no",
        "tried out on": _pilot(alerts.pilot_contacts),
    }
    for name, value in rows.items():
        print(f"{name:<18}{value}")
    if practice.brake is not None:
        print(f"None of this counts now: {brake_told(practice.brake, practice.time_zone)}")


def _pilot(contacts: Sequence[str] | None) -> str:
    if contacts is None:
        return "everybody"
    return f"{count_of(len(contacts), 'contact')} only; the console lists them"


def _window(text: str) -> SendWindow:
    try:
        opens, closes = (time.fromisoformat(part.strip()) for part in text.split("-"))
        return SendWindow(opens, closes)
    except (ValueError, RuleError) as error:
        said = error.message if isinstance(error, RuleError) else "write it as 09:00-20:00"
        raise argparse.ArgumentTypeError(said) from error


def _days(text: str) -> frozenset[Weekday]:
    try:
        return frozenset(Weekday(day.strip().lower()) for day in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError("write days as mon,tue,wed,thu,fri,sat,sun") from error


def _dollars(text: str) -> int:
    try:
        return parse_dollars(text)
    except RuleError as error:
        raise argparse.ArgumentTypeError(error.message) from error


def _contacts(text: str) -> list[str]:
    """Pilot contacts; an empty list stands for none."""
    if text == "none":
        return []
    contacts = [part.strip() for part in text.split(",") if part.strip()]
    if not contacts:
        raise argparse.ArgumentTypeError("numbers and addresses separated by commas, or none")
    return contacts


def _limit(text: str) -> int:
    """A daily limit; 0 stands for none."""
    if text == "none":
        return 0
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("a number of alerts a day, at least 1, or none")
    return int(text)
