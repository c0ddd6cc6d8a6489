"""What went out, what came of it, and what was paid online, between two local days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime

from balance_alerts.domain.alert_effect import payments_after
from balance_alerts.domain.attempt import Attempt, AttemptState
from balance_alerts.domain.calendar import Clock, local_date
from balance_alerts.domain.delivery import ChannelStatus
from balance_alerts.domain.ledger import EntryKind, LedgerEntry
from balance_alerts.domain.practice import Practice
from balance_alerts.portal.payments import payment_rows
from balance_alerts.store.alerts import Alert, Alerts
from balance_alerts.store.attempts import Attempts
from balance_alerts.store.entries import entries_of
from balance_alerts.store.practice_accounts import items_of, patient_ids_of

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


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDayView:
    """The alerts of one local day. Payments within 14 days count for the day of their alert.

    An alert failed where none of its messages arrived; opted_out, where its contact wanted no more.
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
    """Looks through the accounts of a practice."""

    alerts: Alerts
    attempts: Attempts
    clock: Clock

    def balance_alerts(self, practice: Practice, first: date, last: date) -> AlertReport:
        """Alerts from one local day through another, and what was paid after them."""
        counts: Counter[tuple[date, str]] = Counter()
        for alerts, entries in self._alerted(practice.practice_id, first):
            shown = [alert for alert in alerts if first <= alert.sent_on <= last]
            for alert in shown:
                counts.update((alert.sent_on, name) for name in _came_to(alert))
            rows = payment_rows(entries, (), self.clock())
            payments = [
                (local_date(row.recorded_at, practice.time_zone), row.amount_cents)
                for row in rows
                if row.kind.value == EntryKind.PAYMENT.value
            ]
            # Later alerts than those shown may be the last before a payment.
            for day, amounts in payments_after((each.sent_on for each in alerts), payments).items():
                if first <= day <= last:
                    counts[day, "payments"] += len(amounts)
                    counts[day, "paid_cents"] += sum(amounts)
        names = ("sent", "delivered", "failed", "opted_out", "payments", "paid_cents")
        days = sorted({day for day, _ in counts})
        return AlertReport(
            days=[
                AlertDayView(on=day, **{name: counts[day, name] for name in names}) for day in days
            ],
            **{name: sum(counts[day, name] for day in days) for name in names},
        )

    def payments(self, practice: Practice, first: date, last: date) -> list[OnlinePayment]:
        """The card payments begun from one local day through another, oldest first."""

        def of(patient_id: str) -> list[OnlinePayment]:
            entries = entries_of(practice.practice_id, patient_id)
            return [
                OnlinePayment(attempt, _cases_of(attempt, entries))
                for attempt in self.attempts.of_account(practice.practice_id, patient_id)
                if attempt.state is AttemptState.APPROVED
                and first <= local_date(attempt.begun_at, practice.time_zone) <= last
            ]

        practice_id, attribute = practice.practice_id, "newest_online_payment_at"
        paying = [
            item["patient_id"]["S"]
            for item in items_of(
                practice_id, patient_ids_of(practice_id), ("patient_id", attribute)
            )
            if attribute in item
            and local_date(datetime.fromisoformat(item[attribute]["S"]), practice.time_zone)
            >= first
        ]
        with ThreadPoolExecutor(_READERS) as pool:
            found = [payment for some in pool.map(of, paying) for payment in some]
        return sorted(found, key=lambda each: (each.attempt.begun_at, each.attempt.attempt_id))

    def _alerted(
        self, practice_id: str, first: date
    ) -> Iterator[tuple[Sequence[Alert], Sequence[LedgerEntry]]]:
        """Alerts and entries of every account that was alerted on this day or later."""

        def of(patient_id: str) -> tuple[list[Alert], list[LedgerEntry]]:
            alerts = self.alerts.of_account(practice_id, patient_id)
            return alerts, list(entries_of(practice_id, patient_id))

        attributes = ("patient_id", "last_alert_on")
        alerted = [
            item["patient_id"]["S"]
            for item in items_of(practice_id, patient_ids_of(practice_id), attributes)
            if item["last_alert_on"]["S"] >= first.isoformat()
        ]
        with ThreadPoolExecutor(_READERS) as pool:
            yield from pool.map(of, alerted)


def _came_to(alert: Alert) -> Iterator[str]:
    """What an alert counts as."""
    statuses = {result.status for result in alert.channels.values()}
    yield "sent"
    if ChannelStatus.DELIVERED in statuses:
        yield "delivered"
    if statuses and statuses <= _CAME_BACK:
        yield "failed"
    if ChannelStatus.OPTED_OUT in statuses:
        yield "opted_out"


def _cases_of(attempt: Attempt, entries: Sequence[LedgerEntry]) -> dict[str, int]:
    shares: Counter[str] = Counter()
    for entry in entries:
        if entry.kind is EntryKind.PAYMENT and entry.external_ref == attempt.trans_id:
            shares[entry.case_id] += entry.amount_cents
    return dict(shares)
