"""Reports: alerts and what came of them, card payments, deposits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar

from balance_alerts.access.staff import StaffMember
from balance_alerts.domain.calendar import local_date
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.permissions import Level
from balance_alerts.domain.practice import Practice
from balance_alerts.http_api.csv_text import CSV, csv_text
from balance_alerts.http_api.exchange import Answer, Request
from balance_alerts.office.deposits import DepositView
from balance_alerts.office.reports import AlertReport, OnlinePayment
from staff.operation import StaffOperation

if TYPE_CHECKING:
    from balance_alerts.wiring import Wiring

LONGEST = timedelta(days=366)
USUAL = timedelta(days=30)

_RANGE = {"from": "first local day, 30 days ago if left out", "to": "last local day, today"}
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositsView:
    """The settlements of the card payments, oldest first."""

    deposits: list[DepositView]


@dataclass(frozen=True, slots=True)
class ReportsSubject:
    """What the practice's work came to."""

    wiring: Wiring
    operations: ClassVar[tuple[StaffOperation, ...]] = (
        StaffOperation(
            name="report_balance_alerts",
            method="GET",
            path="/reports/balance-alerts",
            summary="Alerts sent, delivered, failed, opted out of, and payments 14 days after them",
            least=Level.FRONT_DESK,
            query={**_RANGE, "format": "csv, for the days as CSV"},
            answers={200: (AlertReport, CSV)},
            problems=("unknown_practice", "invalid_value"),
        ),
        StaffOperation(
            name="report_payments",
            method="GET",
            path="/reports/payments",
            summary="Card payments as CSV, for the practice's own system",
            least=Level.FRONT_DESK,
            query=_RANGE,
            answers={200: CSV},
            problems=("unknown_practice", "invalid_value"),
        ),
        StaffOperation(
            name="report_deposits",
            method="GET",
            path="/reports/deposits",
            summary="Each settlement of card payments, and where gateway and ledgers differ",
            least=Level.FRONT_DESK,
            query=_RANGE,
            answers={200: DepositsView},
            problems=("unknown_practice", "invalid_value", "gateway_unreachable"),
        ),
    )

    def report_balance_alerts(self, member: StaffMember, request: Request) -> Answer:
        """Tell what came of alerts."""
        practice, first, last = self._asked(member, request)
        report = self.wiring.reports.balance_alerts(practice, first, last)
        if request.query.get("format") == "csv":
            columns = ("on", "sent", "delivered", "failed", "opted_out", "payments", "paid")
            rows = [
                (
                    day.on.isoformat(),
                    day.sent,
                    day.delivered,
                    day.failed,
                    day.opted_out,
                    day.payments,
                    _dollars(day.paid_cents),
                )
                for day in report.days
            ]
            return Answer(content=csv_text(columns, rows), kind=CSV)
        return Answer(content=report)

    def report_payments(self, member: StaffMember, request: Request) -> Answer:
        """List card payments."""
        found = self.wiring.reports.payments(*self._asked(member, request))
        return Answer(content=csv_text(_PAYMENT_COLUMNS, map(_payment_row, found)), kind=CSV)

    def report_deposits(self, member: StaffMember, request: Request) -> Answer:
        """List settlements."""
        found = self.wiring.deposits.between(*self._asked(member, request))
        return Answer(content=DepositsView(deposits=found))

    def _asked(self, member: StaffMember, request: Request) -> tuple[Practice, date, date]:
        practice = self.wiring.practices.get(member.practice_id)
        today = local_date(self.wiring.now(), practice.time_zone)
        last = _day(request, "to") or today
        first = _day(request, "from") or max(last, date.min + USUAL) - USUAL
        if not first <= last <= first + LONGEST:
            raise RuleError("invalid_value", "from must be a day before to, by a year at most.")
        return practice, first, last


def _day(request: Request, name: str) -> date | None:
    text = request.query.get(name)
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text or not 2000 <= day.year <= 2999:
        raise RuleError("invalid_value", f"{name} must be a date such as 2026-03-01.")
    return day


def _payment_row(payment: OnlinePayment) -> tuple[object, ...]:
    attempt = payment.attempt
    cases = "; ".join(f"{case} {_dollars(cents)}" for case, cents in payment.cases.items())
    return (
        attempt.begun_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        attempt.attempt_id,
        attempt.patient_id,
        attempt.trans_id,
        _dollars(attempt.amount_cents),
        cases,
        attempt.card_type,
        attempt.last_four,
        attempt.batch_id,
        attempt.settled_at
        and attempt.settled_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
    )


def _dollars(cents: int) -> str:
    """As spreadsheets and other systems take it: 1234.56."""
    return f"{cents // 100}.{cents % 100:02}"
