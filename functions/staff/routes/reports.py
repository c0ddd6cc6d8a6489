"""Reports: alerts and what came of them, card payments, deposits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from balance_alerts.access.staff import StaffMember
from balance_alerts.domain.calendar import local_date
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.permissions import Level
from balance_alerts.domain.practice import Practice
from balance_alerts.http_api.csv_text import CSV
from balance_alerts.http_api.exchange import Answer, Request
from balance_alerts.http_api.shapes import parse
from balance_alerts.office.deposits import DepositView
from balance_alerts.office.jobs import JobStarted, JobView
from balance_alerts.office.reports import AlertReport, Days
from balance_alerts.store.jobs import JobKind
from staff.background.reports import AlertReportWork, PaymentReportWork, deposits_table
from staff.background.work import answered
from staff.operation import StaffOperation

if TYPE_CHECKING:
    from balance_alerts.wiring import Wiring

LONGEST = timedelta(days=366)
LONGEST_OF_DEPOSITS = timedelta(days=92)
"""The gateway is asked once a settlement, and somebody waits for it."""
USUAL = timedelta(days=30)
GET_WITHIN = timedelta(minutes=5)

_RANGE = {"from": "first local day, 30 days ago if left out", "to": "last local day, today"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositsView:
    """The settlements of the card payments, oldest first."""

    deposits: list[DepositView]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """Where to GET a file, and by when."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportJobView(JobView):
    """How far a report is: `looked_at` of so many accounts, which are known once it was begun.

    Once it is done the report itself, where it is one of alerts, and its rows as a CSV file.
    """

    report: AlertReport | None
    csv: FileView | None


@dataclass(frozen=True, slots=True)
class ReportsSubject:
    """What the practice's work came to."""

    wiring: Wiring
    operations: ClassVar[tuple[StaffOperation, ...]] = (
        StaffOperation(
            name="report_balance_alerts",
            method="GET",
            path="/reports/balance-alerts",
            summary="Alerts sent, delivered, failed; opt-outs and payments within 14 days of them",
            least=Level.FRONT_DESK,
            query={**_RANGE, "format": "csv, for the days as CSV"},
            answers={200: (AlertReport, CSV), 202: JobStarted},
            problems=("unknown_practice", "invalid_value"),
        ),
        StaffOperation(
            name="report_payments",
            method="GET",
            path="/reports/payments",
            summary="Card payments as CSV, for the practice's own system",
            least=Level.FRONT_DESK,
            query=_RANGE,
            answers={200: CSV, 202: JobStarted},
            problems=("unknown_practice", "invalid_value"),
        ),
        StaffOperation(
            name="show_report",
            method="GET",
            path="/reports/jobs/{job_id}",
            summary="How far the report of a large practice is, and the report once it is done",
            least=Level.FRONT_DESK,
            answers={200: ReportJobView},
            problems=("unknown_job",),
        ),
        StaffOperation(
            name="report_deposits",
            method="GET",
            path="/reports/deposits",
            summary="Each settlement of card payments, and where gateway and ledgers differ",
            least=Level.FRONT_DESK,
            query={
                **_RANGE,
                "to": "last local day, today; 92 days after the first at most",
                "format": "csv, for the settlements as CSV",
            },
            answers={200: (DepositsView, CSV)},
            problems=("unknown_practice", "invalid_value", "gateway_unreachable"),
        ),
    )

    def report_balance_alerts(self, member: StaffMember, request: Request) -> Answer:
        """Tell what came of alerts."""
        work = AlertReportWork.of(self.wiring, *self._asked(member, request))
        return answered(work, as_table=request.query.get("format") == "csv")

    def report_payments(self, member: StaffMember, request: Request) -> Answer:
        """List card payments."""
        work = PaymentReportWork.of(self.wiring, *self._asked(member, request))
        return answered(work, as_table=True)

    def show_report(self, member: StaffMember, request: Request) -> Answer:
        """Show how far it is."""
        desk, job_id = self.wiring.job_desk, request.parameters["job_id"]
        kinds = (JobKind.ALERT_REPORT, JobKind.PAYMENT_REPORT)
        job = desk.find(member.practice_id, job_id, *kinds)
        report = None if job.content is None else parse(AlertReport, job.content)
        csv = None if job.file_key is None else self._file(job.file_key)
        return Answer(content=ReportJobView(**desk.told(job), report=report, csv=csv))

    def _file(self, key: str) -> FileView:
        url = self.wiring.job_files.address(key, within=GET_WITHIN)
        return FileView(url=url, expires_at=self.wiring.now() + GET_WITHIN)

    def report_deposits(self, member: StaffMember, request: Request) -> Answer:
        """List settlements."""
        practice, days = self._asked(member, request)
        if days.last > days.first + LONGEST_OF_DEPOSITS:
            raise RuleError("invalid_value", "Deposits are told of 92 days at most; ask for fewer.")
        found = self.wiring.deposits.between(practice, days.first, days.last)
        if request.query.get("format") == "csv":
            return Answer(content=deposits_table(found), kind=CSV)
        return Answer(content=DepositsView(deposits=found))

    def _asked(self, member: StaffMember, request: Request) -> tuple[Practice, Days]:
        practice = self.wiring.practices.get(member.practice_id)
        today = local_date(self.wiring.now(), practice.time_zone)
        last = _day(request, "to") or today
        first = _day(request, "from") or max(last, date.min + USUAL) - USUAL
        if not first <= last <= first + LONGEST:
            raise RuleError("invalid_value", "from must be a day before to, by a year at most.")
        return practice, Days(first, last)


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
