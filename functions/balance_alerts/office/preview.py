"""What alerts would go out under settings that are not saved yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.practice import Practice
from balance_alerts.domain.preview import Foreseen, Preview
from balance_alerts.office.jobs import SOME, Progress
from balance_alerts.office.practice_changes import changed_settings
from balance_alerts.store.pilot_accounts import pilot_channels
from balance_alerts.store.practice_accounts import accounts_of
from balance_alerts.store.practices import Practices


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewDayView:
    """The alerts of one local day, and the messages on each channel."""

    on: date
    alerts: int
    text: int
    email: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutView:
    """How many accounts get no alert in 60 days, by the first reason that keeps them from it."""

    practice_off: int = 0
    not_subscribed: int = 0
    no_reachable_contact: int = 0
    nothing_owed: int = 0
    below_minimum: int = 0
    window_closed: int = 0
    on_hold: int = 0
    payment_pending: int = 0
    too_soon: int = 0
    outside_send_window: int = 0
    daily_limit: int = 0
    not_in_pilot: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewView:
    """60 days of alerts, if nobody pays, is charged or opts out meanwhile."""

    days: list[PreviewDayView]
    accounts: int
    alerted: int
    left_out: LeftOutView


@dataclass(frozen=True, slots=True)
class Previews:
    """Foresees alerts under other settings."""

    practices: Practices
    clock: Clock

    def would_be(self, practice_id: str, changes: Mapping[str, Any]) -> Practice:
        """The practice as it would be with these changes.

        Raises:
            RuleError: what `changed_settings` raises, `unknown_practice`.
        """
        practice = self.practices.get(practice_id)
        return replace(practice, alerts=changed_settings(practice.alerts, changes))

    def foresee(
        self, practice: Practice, patient_ids: Sequence[str], tell: Progress
    ) -> PreviewView:
        """The alerts of these accounts."""
        preview = Preview(practice, self.clock())
        if practice.alerts.daily_limit is not None:
            preview.sent_today = self.practices.alerts_sent(practice.practice_id, preview.first_day)
        pilots = pilot_channels(practice)
        for number, account in enumerate(accounts_of(practice.practice_id, patient_ids), 1):
            channels: Sequence[Channel] | None = None
            if pilots is not None:
                may = pilots.get(account.patient_id, ())
                channels = [channel for channel in account.active_channels if channel in may]
            preview.add(account, channels)
            if number % SOME == 0:
                tell(number)
        return _view(preview.result())


def _view(foreseen: Foreseen) -> PreviewView:
    known = {each.name for each in fields(LeftOutView)}
    left_out = {str(reason): number for reason, number in foreseen.left_out.items()}
    assert set(left_out) <= known, "each reason has its count"
    return PreviewView(
        days=[
            PreviewDayView(on=day.on, alerts=day.alerts, text=day.text, email=day.email)
            for day in foreseen.days
        ],
        accounts=foreseen.accounts,
        alerted=foreseen.alerted,
        left_out=LeftOutView(**left_out),
    )
