"""What went out, what came of it, and what was paid online, between two local days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple, TypeVar

from balance_alerts.alerts.history import as_they_stand
from balance_alerts.domain.alert_effect import opt_outs_after, payments_after
from balance_alerts.domain.attempt import Attempt, AttemptState
from balance_alerts.domain.calendar import Clock, local_date
from balance_alerts.domain.delivery import ChannelStatus
from balance_alerts.domain.ledger import LedgerEntry
from balance_alerts.domain.practice import Practice
from balance_alerts.office.jobs import SOME, Progress
from balance_alerts.portal.payments import payment_rows
from balance_alerts.store.account_history import (
    AlertsAndWhatFollowed,
    alerts_and_what_followed,
    attempts_and_payments,
)
from balance_alerts.store.alerts import Alert
from balance_alerts.store.attributes import instant_text
from balance_alerts.store.practice_accounts import items_of

T = TypeVar("T")

_READERS = 8
_CAME_BACK = frozenset(
    {
        ChannelStatus.BOUNCED,
        ChannelStatus.COMPLAINED,
        ChannelStatus.CARRIER_BLOCKED,
        ChannelStatus.NOT_SENT,
        ChannelStatus.OPTED_OUT,
    }
)


@dataclass(frozen=True, slots=True)
class Days:
    """Local days of a practice, from one through another."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def since(self) -> datetime:
        """An instant before the first of them, wherever the practice and its patients are."""
        return datetime.combine(self.first, time(), UTC) - timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDayView:
    """The alerts of one local day. Payments within 14 days count for the day of their alert.

    An alert failed where none of its messages arrived. It counts as opted_out where its contact had
    opted out, or the patient did within 14 days, by STOP, one click, a complaint or the portal's
    switch; each time for the last alert before it.
    """

    on: date
    sent: int
    delivered: int
    failed: int
    opted_out: int
    payments: int
    paid_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertReport:
    """Days with alerts, and their sums."""

    days: list[AlertDayView]
    sent: int
    delivered: int
    failed: int
    opted_out: int
    payments: int
    paid_cents: int


@dataclass(frozen=True, slots=True)
class OnlinePayment:
    """A card payment in the ledger, and its parts by case in cents."""

    attempt: Attempt
    cases: dict[str, int]


@dataclass(frozen=True, slots=True)
class Reports:
    """Looks through accounts of a practice."""

    clock: Clock

    def balance_alerts(
        self, practice: Practice, days: Days, patient_ids: Sequence[str], tell: Progress
    ) -> AlertReport:
        """Alerts of these local days, what was paid after them, and who wanted no more."""
        now = self.clock()

        def of(patient_id: str) -> AlertsAndWhatFollowed:
            found = alerts_and_what_followed(practice.practice_id, patient_id, days.since)
            return found._replace(alerts=as_they_stand(found.alerts, now))

        counts: Counter[tuple[date, str]] = Counter()
        alerted = _Since("last_alert_on", days.first.isoformat())
        for alerts, paid, withdrawn in _each(practice.practice_id, patient_ids, alerted, of, tell):
            for alert in alerts:
                if alert.sent_on in days:
                    counts.update((alert.sent_on, name) for name in _came_to(alert))
            payments = [
                (local_date(row.recorded_at, practice.time_zone), row.amount_cents)
                for row in payment_rows(paid, (), now)
            ]
            # Later alerts than those shown may be the last before a payment or a withdrawal.
            for day, amounts in payments_after((each.sent_on for each in alerts), payments).items():
                if day in days:
                    counts[day, "payments"] += len(amounts)
                    counts[day, "paid_cents"] += sum(amounts)
            withdrawals = (local_date(at, practice.time_zone) for at in withdrawn)
            sent = ((each.sent_on, _was_opted_out(each)) for each in alerts)
            for day, number in opt_outs_after(sent, withdrawals).items():
                if day in days:
                    counts[day, "opted_out"] += number
        return _alert_report(counts)

    def payments(
        self, practice: Practice, days: Days, patient_ids: Sequence[str], tell: Progress
    ) -> list[OnlinePayment]:
        """The card payments begun on these local days, oldest first."""

        def of(patient_id: str) -> list[OnlinePayment]:
            attempts, paid = attempts_and_payments(practice.practice_id, patient_id, days.since)
            return [
                OnlinePayment(attempt, _cases_of(attempt, paid))
                for attempt in attempts
                if attempt.state is AttemptState.APPROVED
                and local_date(attempt.begun_at, practice.time_zone) in days
            ]

        paying = _Since("newest_online_payment_at", instant_text(days.since))
        each = _each(practice.practice_id, patient_ids, paying, of, tell)
        found = [payment for some in each for payment in some]
        return sorted(found, key=lambda each: (each.attempt.begun_at, each.attempt.attempt_id))


class _Since(NamedTuple):
    """What an account has to say, and since when, to be looked at more closely."""

    attribute: str
    earliest: str


def _each(
    practice_id: str,
    patient_ids: Sequence[str],
    since: _Since,
    read: Callable[[str], T],
    tell: Progress,
) -> Iterator[T]:
    """What `read` finds of each of these accounts that has something to tell."""
    with ThreadPoolExecutor(_READERS) as pool:
        for start in range(0, len(patient_ids), SOME):
            some = patient_ids[start : start + SOME]
            items = items_of(practice_id, some, ("patient_id", since.attribute))
            wanted = [
                item["patient_id"]["S"]
                for item in items
                if since.attribute in item and item[since.attribute]["S"] >= since.earliest
            ]
            yield from pool.map(read, wanted)
            tell(start + len(some))


def _alert_report(counts: Counter[tuple[date, str]]) -> AlertReport:
    names = ("sent", "delivered", "failed", "opted_out", "payments", "paid_cents")
    days = sorted({day for day, _ in counts})
    return AlertReport(
        days=[AlertDayView(on=day, **{name: counts[day, name] for name in names}) for day in days],
        **{name: sum(counts[day, name] for day in days) for name in names},
    )


def _came_to(alert: Alert) -> Iterator[str]:
    """What an alert counts as."""
    statuses = {result.status for result in alert.channels.values()}
    yield "sent"
    if ChannelStatus.DELIVERED in statuses:
        yield "delivered"
    if statuses and statuses <= _CAME_BACK:
        yield "failed"


def _was_opted_out(alert: Alert) -> bool:
    return any(each.status is ChannelStatus.OPTED_OUT for each in alert.channels.values())


def _cases_of(attempt: Attempt, paid: Sequence[LedgerEntry]) -> dict[str, int]:
    shares: Counter[str] = Counter()
    for entry in paid:
        if entry.external_ref == attempt.trans_id:
            shares[entry.case_id] += entry.amount_cents
    return dict(shares)
