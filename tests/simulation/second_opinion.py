"""A second opinion on who gets an alert: the rules 1 to 8, told day by day.

Slow and obvious on purpose, and without a line of the project's own code: it is what `decide`,
the stored windows and the due index are held against.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS_OPEN = 60
DAYS_BETWEEN = {"two_weeks": 14, "monthly": 30}
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
A_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of a ledger."""

    entry_id: str
    kind: str
    cents: int
    recorded_at: datetime
    reverses: str | None = None


@dataclass(frozen=True, kw_only=True)
class Clinic:
    """A practice and its settings."""

    time_zone: str
    frequency: str = "dont_send"
    paused: bool = False
    opens: time = time(9)
    closes: time = time(20)
    send_days: frozenset[str] = frozenset(WEEK)
    minimum_cents: int = 1
    first_after: int = 1


@dataclass(frozen=True, kw_only=True)
class Patient:
    """An account: `channels` are those switched on, with the state of the contact on file."""

    time_zone: str | None = None
    channels: Mapping[str, tuple[bool, str | None]] = field(default_factory=dict)
    entries: Sequence[Entry] = ()
    holds: Mapping[str, date | None] = field(default_factory=dict)
    payment_open: bool = False
    last_alert: date | None = None


def balance(entries: Sequence[Entry]) -> int:
    """What is owed."""
    owed = 0
    for entry in entries:
        if entry.kind == "payment":
            owed -= entry.cents
        else:
            owed += entry.cents
    return owed


def window(entries: Sequence[Entry], zone: str) -> tuple[datetime, datetime] | None:
    """The newest window: when it was opened, and when it was last extended."""
    reversed_ids = [entry.reverses for entry in entries if entry.reverses]
    charges = [
        entry.recorded_at
        for entry in entries
        if entry.kind == "responsibility" and entry.entry_id not in reversed_ids
    ]
    opened: datetime | None = None
    newest: datetime | None = None
    for charged in sorted(charges):
        if newest is None or _day(charged, zone) - _day(newest, zone) >= DAYS_OPEN * A_DAY:
            opened = charged
        newest = charged
    return None if opened is None or newest is None else (opened, newest)


def why_not(
    patient: Patient, clinic: Clinic, at: datetime, *, by_click: bool = False
) -> str | None:
    """The first rule that keeps an alert from going out at an instant; None where it is due.

    A click of staff skips the rhythm.
    """
    standing = _standing(patient, clinic)
    if standing:
        return standing
    zone = patient.time_zone or clinic.time_zone
    today = _day(at, zone)
    opened = window(patient.entries, zone)
    if opened is None or today - _day(opened[1], zone) >= DAYS_OPEN * A_DAY:
        return "window_closed"
    if _on_hold(patient, today):
        return "on_hold"
    if patient.payment_open:
        return "payment_pending"
    if not by_click and not _turn_has_come(patient, clinic, _day(opened[0], zone), today):
        return "too_soon"
    wall = at.astimezone(ZoneInfo(zone)).time()
    if WEEK[today.weekday()] not in clinic.send_days or not clinic.opens <= wall < clinic.closes:
        return "outside_send_window"
    return None


def next_on(patient: Patient, clinic: Clinic, at: datetime) -> date | None:
    """The first day on which an alert would be due if only time passed."""
    if _standing(patient, clinic):
        return None
    zone = patient.time_zone or clinic.time_zone
    today = _day(at, zone)
    if why_not(patient, clinic, at) is None:
        return today
    for ahead in range(200):
        day = today + ahead * A_DAY
        opening = datetime.combine(day, clinic.opens, ZoneInfo(zone))
        if opening < at and ahead:
            continue
        if opening < at:  # today, after opening: it is due for the rest of the day, or not at all
            closing = datetime.combine(day, clinic.closes, ZoneInfo(zone))
            if at < closing and why_not(patient, clinic, at) is None:
                return day
            continue
        if why_not(patient, clinic, opening) is None:
            return day
    return None


def _standing(patient: Patient, clinic: Clinic) -> str | None:
    if clinic.paused or clinic.frequency not in DAYS_BETWEEN:
        return "practice_off"
    switched_on = [state for on, state in patient.channels.values() if on]
    if not switched_on:
        return "not_subscribed"
    if "reachable" not in switched_on:
        return "no_reachable_contact"
    owed = balance(patient.entries)
    if owed <= 0:
        return "nothing_owed"
    if owed < clinic.minimum_cents:
        return "below_minimum"
    return None


def _on_hold(patient: Patient, today: date) -> bool:
    return any(until is None or today <= until for until in patient.holds.values())


def _turn_has_come(patient: Patient, clinic: Clinic, opened_on: date, today: date) -> bool:
    if today < opened_on + clinic.first_after * A_DAY:
        return False
    if patient.last_alert is None:
        return True
    return today >= patient.last_alert + DAYS_BETWEEN[clinic.frequency] * A_DAY


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()
