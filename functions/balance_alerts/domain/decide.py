"""Who gets an alert: the rules 1 to 8, asked in their order. Rule 9 is the scan's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from balance_alerts.domain.account import Account
from balance_alerts.domain.calendar import local_date, weekday_of, zone
from balance_alerts.domain.ledger import WINDOW_DAYS, Window
from balance_alerts.domain.practice import Practice

ONE_DAY = timedelta(days=1)


class Reason(StrEnum):
    """The first rule that keeps an account from being due."""

    PRACTICE_OFF = "practice_off"
    NOT_SUBSCRIBED = "not_subscribed"
    NO_REACHABLE_CONTACT = "no_reachable_contact"
    NOTHING_OWED = "nothing_owed"
    BELOW_MINIMUM = "below_minimum"
    WINDOW_CLOSED = "window_closed"
    ON_HOLD = "on_hold"
    PAYMENT_PENDING = "payment_pending"
    TOO_SOON = "too_soon"
    OUTSIDE_SEND_WINDOW = "outside_send_window"


@dataclass(frozen=True, slots=True)
class Decision:
    """Due, or why not.

    `next_on` is the first local date on which the account would be due if only time passed:
    today where it is due, None where time alone never makes it so.
    """

    reason: Reason | None
    next_on: date | None

    @property
    def due(self) -> bool:
        """Whether an alert may go out now."""
        return self.reason is None


def decide(account: Account, practice: Practice, now: datetime) -> Decision:
    """Whether `account` is due at the instant `now`, else the first reason that fails."""
    reason = _standing_reason(account, practice)
    if reason is not None:
        return Decision(reason, None)
    local_now = now.astimezone(zone(account.time_zone or practice.time_zone))
    today = local_now.date()
    reason = _passing_reason(account, practice, local_now)
    if reason is None:
        return Decision(None, today)
    if reason is Reason.PAYMENT_PENDING or account.payment_open:
        return Decision(reason, None)
    too_late_today = local_now.time() >= practice.alerts.send_window.closes
    first_day = today + ONE_DAY if too_late_today else today
    return Decision(reason, _next_on(account, practice, first_day))


def reason_against_sending_now(
    account: Account, practice: Practice, now: datetime
) -> Reason | None:
    """Why staff may not send an alert at once, by the same rules but for the rhythm (Rule 7).

    They may do so once a local day.
    """
    local_now = now.astimezone(zone(account.time_zone or practice.time_zone))
    return _standing_reason(account, practice) or _passing_reason(
        account, practice, local_now, at_once=True
    )


def earliest_alert_on(account: Account, practice: Practice, window: Window) -> date:
    """The first local date that Rule 7 allows, whatever the other rules say."""
    period = practice.alerts.frequency.period
    opened_on = local_date(window.opened_at, account.time_zone or practice.time_zone)
    first_on = opened_on + timedelta(days=practice.alerts.first_alert_after_days)
    if account.last_alert_on is None or period is None:
        return first_on
    return max(first_on, account.last_alert_on + period)


def _standing_reason(account: Account, practice: Practice) -> Reason | None:
    """Rules 1 to 4, which only a change of the account or the practice can satisfy."""
    if not practice.sending:
        return Reason.PRACTICE_OFF
    if not (account.text.subscribed or account.email.subscribed):
        return Reason.NOT_SUBSCRIBED
    if not account.active_channels:
        return Reason.NO_REACHABLE_CONTACT
    if account.balance_cents <= 0:
        return Reason.NOTHING_OWED
    if account.balance_cents < practice.alerts.minimum_balance_cents:
        return Reason.BELOW_MINIMUM
    return None


def _passing_reason(
    account: Account, practice: Practice, local_now: datetime, *, at_once: bool = False
) -> Reason | None:
    """Rules 5 to 8, which time can satisfy or end; `at_once` passes over the rhythm."""
    today = local_now.date()
    window = account.window
    if window is None or today > _last_open_day(account, practice, window):
        return Reason.WINDOW_CLOSED
    if _held(account, today):
        return Reason.ON_HOLD
    if account.payment_open:
        return Reason.PAYMENT_PENDING
    if at_once:
        too_soon = account.sent_now_on is not None and today <= account.sent_now_on
    else:
        too_soon = today < earliest_alert_on(account, practice, window)
    if too_soon:
        return Reason.TOO_SOON
    if not _sends_on(practice, today) or not practice.alerts.send_window.contains(local_now.time()):
        return Reason.OUTSIDE_SEND_WINDOW
    return None


def _last_open_day(account: Account, practice: Practice, window: Window) -> date:
    newest_on = local_date(window.newest_at, account.time_zone or practice.time_zone)
    return newest_on + timedelta(days=WINDOW_DAYS - 1)


def _held(account: Account, day: date) -> bool:
    return any(until is None or day <= until for until in account.holds.values())


def _sends_on(practice: Practice, day: date) -> bool:
    return weekday_of(day) in practice.alerts.send_days


def _next_on(account: Account, practice: Practice, first_day: date) -> date | None:
    """The first day from `first_day` on that rules 5 to 8 allow, before the window closes."""
    if account.window is None:
        return None
    last_day = _last_open_day(account, practice, account.window)
    day = max(first_day, earliest_alert_on(account, practice, account.window))
    while day <= last_day:
        if _sends_on(practice, day) and not _held(account, day):
            return day
        day += ONE_DAY
    return None
