"""What alerts would go out under settings that are not saved yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from uuid import uuid4

from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.practice import Practice
from balance_alerts.domain.preview import Foreseen, Preview
from balance_alerts.office.practice_changes import changed_settings
from balance_alerts.store.pilot_accounts import pilot_channels
from balance_alerts.store.practice_accounts import accounts_of, patient_ids_of
from balance_alerts.store.practices import Practices
from balance_alerts.store.preview_jobs import PreviewJobs, PreviewJobState

MOST_AT_ONCE = 5_000
"""Accounts that are looked at while somebody waits; more than that in the background."""

TELL_EVERY = 1_000
"""Accounts after which somebody who waits is told how far it is."""

Progress = Callable[[int], None]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewStarted:
    """A preview that is being made in the background."""

    job_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewJobView:
    """How far it is: `looked_at` of so many accounts; the preview itself once it is done."""

    job_id: str
    state: PreviewJobState
    looked_at: int
    accounts: int | None
    preview: PreviewView | None


@dataclass(frozen=True, slots=True)
class Previews:
    """Foresees alerts under other settings. `start` has a job done, by its practice and id."""

    practices: Practices
    jobs: PreviewJobs
    start: Callable[[str, str], None]
    clock: Clock
    at_once: int = MOST_AT_ONCE

    def would_be(self, practice_id: str, changes: Mapping[str, Any]) -> Practice:
        """The practice as it would be with these changes.

        Raises:
            RuleError: what `changed_settings` raises, `unknown_practice`.
        """
        practice = self.practices.get(practice_id)
        return replace(practice, alerts=changed_settings(practice.alerts, changes))

    def patient_ids(self, practice_id: str) -> list[str]:
        """Whose alerts are to be foreseen."""
        return patient_ids_of(practice_id)

    def few_patient_ids(self, practice_id: str) -> list[str] | None:
        """The same, or None where there are too many to be looked at while somebody waits."""
        found = patient_ids_of(practice_id, most=self.at_once + 1)
        return None if len(found) > self.at_once else found

    def begin(self, practice_id: str, asked: str) -> str:
        """Have a preview made by somebody else; returns the id of the job.

        Args:
            practice_id: whose.
            asked: the body it was asked with, which was found good.
        """
        job_id = uuid4().hex
        self.jobs.begin(practice_id, job_id, asked=asked, now=self.clock())
        self.start(practice_id, job_id)
        return job_id

    def job(self, practice_id: str, job_id: str) -> PreviewJobView:
        """How far a job is.

        Raises:
            RuleError: `unknown_job`.
        """
        record = self.jobs.get(practice_id, job_id, self.clock())
        return PreviewJobView(
            job_id=job_id,
            state=PreviewJobState(record.state),
            looked_at=int(record.looked_at),
            accounts=None if record.accounts is None else int(record.accounts),
            preview=None if record.result is None else _stored_view(record.result),
        )

    def foresee(
        self, practice: Practice, patient_ids: Sequence[str], *, tell: Progress = lambda _: None
    ) -> PreviewView:
        """The alerts of these accounts; `tell` hears how many were looked at."""
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
            if number % TELL_EVERY == 0:
                tell(number)
        return _view(preview.result())


def _stored_view(stored: Mapping[str, Any]) -> PreviewView:
    """A preview as it was kept."""
    days = [
        PreviewDayView(**{**day, "on": date.fromisoformat(day["on"])}) for day in stored["days"]
    ]
    return PreviewView(**{**stored, "days": days, "left_out": LeftOutView(**stored["left_out"])})


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
