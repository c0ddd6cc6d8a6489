"""Reports that look through the accounts of a practice."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from balance_alerts.domain.practice import Practice
from balance_alerts.http_api.csv_text import csv_text
from balance_alerts.http_api.shapes import parse, plain
from balance_alerts.office.deposits import DepositView
from balance_alerts.office.jobs import Progress
from balance_alerts.office.reports import AlertDayView, Days, OnlinePayment
from balance_alerts.store.jobs import JobKind
from staff.background.work import Outcome, Work

if TYPE_CHECKING:
    from balance_alerts.wiring import Wiring

_ALERT_COLUMNS = ("on", "sent", "delivered", "failed", "opted_out", "payments", "paid")
_PAYMENT_COLUMNS = (
    "paid_at",
    "payment_id",
    "patient_id",
    "transaction_id",
    "amount",
    "cases",
    "card_type",
    "last_four",
    "batch_id",
    "settled_at",
)
_DEPOSIT_COLUMNS = (
    "settled_at",
    "batch_id",
    "payments",
    "gross",
    "refunds",
    "net",
    "in_the_ledger",
    "difference",
)


@dataclass(frozen=True, slots=True)
class AskedDays:
    """The local days of a report, as its worker is told them."""

    first: date
    last: date


class ReportWork(Work):
    """A report of some local days."""

    def __init__(self, wiring: Wiring, practice_id: str, asked: str) -> None:
        super().__init__(wiring, practice_id, asked)
        days = parse(AskedDays, asked)
        self.days = Days(days.first, days.last)

    @classmethod
    def of(cls, wiring: Wiring, practice: Practice, days: Days) -> ReportWork:
        """The report of these days."""
        asked = json.dumps(plain(AskedDays(days.first, days.last)))
        return cls(wiring, practice.practice_id, asked)

    @property
    def practice(self) -> Practice:
        """Whose it is."""
        return self.wiring.practices.get(self.practice_id)


class AlertReportWork(ReportWork):
    """Alerts and what came of them."""

    kind: ClassVar[JobKind] = JobKind.ALERT_REPORT
    table_name: ClassVar[str] = "balance-alerts.csv"

    def done(self, patient_ids: Sequence[str], tell: Progress) -> Outcome:
        """Count them, day by day."""
        reports = self.wiring.reports
        report = reports.balance_alerts(self.practice, self.days, patient_ids, tell)
        return Outcome(report, csv_text(_ALERT_COLUMNS, map(_day_row, report.days)))


class PaymentReportWork(ReportWork):
    """Card payments, for the practice's own system."""

    kind: ClassVar[JobKind] = JobKind.PAYMENT_REPORT
    table_name: ClassVar[str] = "card-payments.csv"

    def done(self, patient_ids: Sequence[str], tell: Progress) -> Outcome:
        """List them."""
        found = self.wiring.reports.payments(self.practice, self.days, patient_ids, tell)
        return Outcome(table=csv_text(_PAYMENT_COLUMNS, map(_payment_row, found)))


def deposits_table(deposits: Iterable[DepositView]) -> str:
    """Settlements as CSV. These come from the gateway while somebody waits, never by a job."""
    return csv_text(_DEPOSIT_COLUMNS, map(_deposit_row, deposits))


def _deposit_row(deposit: DepositView) -> tuple[object, ...]:
    money = (
        deposit.gross_cents,
        deposit.refunds_cents,
        deposit.net_cents,
        deposit.ledger_cents,
        deposit.difference_cents,
    )
    settled_at = _instant(deposit.settled_at)
    return (settled_at, deposit.batch_id, deposit.count, *(_signed(each) for each in money))


def _day_row(day: AlertDayView) -> tuple[object, ...]:
    counts = (day.sent, day.delivered, day.failed, day.opted_out, day.payments)
    return (day.on.isoformat(), *counts, _dollars(day.paid_cents))


def _payment_row(payment: OnlinePayment) -> tuple[object, ...]:
    attempt = payment.attempt
    cases = "; ".join(f"{case} {_dollars(cents)}" for case, cents in payment.cases.items())
    return (
        _instant(attempt.begun_at),
        attempt.attempt_id,
        attempt.patient_id,
        attempt.trans_id,
        _dollars(attempt.amount_cents),
        cases,
        attempt.card_type,
        attempt.last_four,
        attempt.batch_id,
        attempt.settled_at and _instant(attempt.settled_at),
    )


def _instant(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z")


def _signed(cents: int) -> Decimal:
    """A number, which may be below zero; as a text its sign would read as a formula."""
    return Decimal(cents).scaleb(-2)


def _dollars(cents: int) -> str:
    """As spreadsheets and other systems take it: 1234.56."""
    return f"{cents // 100}.{cents % 100:02}"
