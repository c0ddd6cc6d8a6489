"""What benchmarks work on: real handlers at a clinic of the local stack, and every call they made.

The calls are noted once. What is timed afterwards does the same work over the noted answers, in a
process of its own.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from csv import DictWriter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import cycle
from typing import Any

from balance_alerts.domain.calendar import zone
from balance_alerts.domain.practice import Frequency
from balance_alerts.imports.csv_header import COLUMNS, CsvKind
from balance_alerts.queues.alert_queue import SLICE_SIZE, Slice
from balance_alerts.queues.import_queue import ImportJob
from balance_alerts.store import keys
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.imports import ImportKind
from infra.bench.wire import Answers, Call, Wire, like
from infra.bench.workers import Worker, asked, queued
from infra.local.emulator import REGION
from infra.local.stack import LocalStack

ZONE = "America/New_York"
PRACTICE, LARGE_PRACTICE = "bench", "bench-large"
LINES = 100
"""Patients and entries of the files."""
_INDEX_KEYS = ("pk", "sk", "due_practice", "last_alert_on")
A_PAGE = 2_500
"""Due accounts of the large practice: as many as a page of the index holds."""
BORN = "1984-07-09"
_BUCKET = "bench"


@dataclass(frozen=True)
class Work:
    """Something a function does: its event, and the calls it made."""

    module: str
    """Of the handler."""
    environment: Mapping[str, str]
    now: datetime
    event: Any
    calls: Sequence[Call]

    def worker(self) -> Worker:
        """The function, loaded in this process."""
        return Worker(self.module, self.environment, self.now)

    def answers(self) -> Answers:
        """What its calls are answered by."""
        return Answers(self.calls)


@dataclass(frozen=True)
class LongScan(Work):
    """A scan of so many pages as one noted: each is like that one."""

    @classmethod
    def of(cls, scan: Work, pages: int) -> LongScan:
        """A scan of this many pages."""
        before = [call for call in scan.calls if call.operation == "BatchGetItem"]
        [last] = (call for call in scan.calls if call.operation == "Query")
        puts = [call for call in scan.calls if call.operation == "SendMessageBatch"]
        content = json.loads(last.answer)
        end = {name: content["Items"][-1][name] for name in _INDEX_KEYS}
        page = like(last, {**content, "LastEvaluatedKey": end})
        calls = [*before, *([page, *puts] * (pages - 1)), last, *puts]
        return cls(scan.module, scan.environment, scan.now, scan.event, calls)

    def answers(self) -> Answers:
        """Pages in their order, whatever is said of where they begin."""
        pages = [call for call in self.calls if call.operation == "Query"]
        return super().answers().each("Query", cycle(pages))


@dataclass(frozen=True)
class Material:
    """Everything noted, by what is benchmarked."""

    imports: Mapping[str, Work]
    """Files of `LINES` lines: `patients` and `entries`."""
    slices: Mapping[str, Work]
    """Slices of 25 due accounts: by `text`, by `email`, by `text and email`."""
    scan: Work
    """A scan of one practice, whose due accounts fill a page of the index."""
    visits: Mapping[str, Work]
    """What a patient asks the portal: `sign in`, `balance`, `activity`, `payments`."""


def gather() -> Material:
    """Let functions do at a local stack what is to be timed."""
    wire = Wire()
    with LocalStack() as stack:
        clinic = _Clinic(stack, wire)
        clinic.open()
        imports = {"patients": clinic.import_patients(), "entries": clinic.import_entries()}
        return Material(imports, clinic.send(), clinic.scan(), clinic.visit())


class _Clinic:
    """A practice of `LINES` patients on a running stack, and one that is large."""

    def __init__(self, stack: LocalStack, wire: Wire) -> None:
        self._stack = stack
        self._wire = wire
        self._answer: Any = None
        today = stack.now().astimezone(zone(ZONE)).date()
        self._monday = today + timedelta(days=7 - today.weekday())

    def open(self) -> None:
        """Set both practices up, on a Monday morning."""
        self._at(self._monday, 9)
        for practice_id, name in ((PRACTICE, "Bench Clinic"), (LARGE_PRACTICE, "Large Clinic")):
            self._stack.create_practice(
                practice_id=practice_id,
                display_name=name,
                phone="+12025550100",
                time_zone=ZONE,
                frequency=Frequency.TWO_WEEKS,
            )
        self._stack.client("s3").create_bucket(Bucket=_BUCKET)

    def import_patients(self) -> Work:
        """A quarter of the patients wants texts, one emails, the rest both."""
        rows = (
            {
                "patient_id": patient_id,
                "first_name": "Ana",
                "last_name": "Ibarra",
                "date_of_birth": BORN,
                "mobile": f"+1202557{number:04}",
                "email": f"{patient_id}@example.org",
                "text": _yes(number % 4 != 1),
                "email_alerts": _yes(number % 4 != 0),
                "consent_source": "form",
                "consent_at": f"{self._monday - timedelta(days=3)}T10:00:00-05:00",
            }
            for number, patient_id in enumerate(_ids())
        )
        return self._import(ImportKind.PATIENTS, CsvKind.PATIENTS, rows)

    def import_entries(self) -> Work:
        """Each of them owes something."""
        rows = (
            {
                "entry_id": f"e-{patient_id}",
                "patient_id": patient_id,
                "case_id": "knee",
                "case_label": "Knee",
                "kind": "responsibility",
                "amount": "50.00",
                "recorded_at": f"{self._monday}T08:30:00-05:00",
            }
            for patient_id in _ids()
        )
        return self._import(ImportKind.ENTRIES, CsvKind.ENTRIES, rows)

    def send(self) -> dict[str, Work]:
        """A slice of each kind is sent, on Tuesday."""
        self._at(self._monday + timedelta(days=1), 11)
        work = {}
        for kind, remainders in {"text": (0,), "email": (1,), "text and email": (2, 3)}.items():
            chosen = [each for n, each in enumerate(_ids()) if n % 4 in remainders][:SLICE_SIZE]
            event = queued(Slice(PRACTICE, tuple(chosen)).to_body())
            work[kind] = self._noted("SendFunctionName", "send_alert.handler", event)
        return work

    def scan(self) -> Work:
        """The large practice is scanned, by a worker that it is handed over to."""
        pattern = self._stack.wiring.accounts.get(PRACTICE, _ids()[-1])
        with AccountRecord.batch_write() as batch:
            for each in _copies(pattern, LARGE_PRACTICE, A_PAGE):
                batch.save(each)
        event = {"practice_ids": [LARGE_PRACTICE]}
        return self._noted("ScanFunctionName", "scan_balances.handler", event)

    def visit(self) -> dict[str, Work]:
        """A patient signs in by the link of a text and looks around."""
        sent = next(each for each in self._stack.outbox.messages() if each.channel == "text")
        assert sent.link is not None
        body = json.dumps({"token": sent.link.rpartition("/")[2], "date_of_birth": BORN})
        sign_in = asked("POST /portal/session", "/portal/session", body=body)
        work = {"sign in": self._portal(sign_in)}
        session = json.loads(self._answer["body"])["session"]
        for name in ("balance", "activity", "payments"):
            path = f"/portal/{name}"
            work[name] = self._portal(asked(f"GET {path}", path, session=session))
        return work

    def _portal(self, event: Any) -> Work:
        return self._noted("PortalFunctionName", "portal.handler", event)

    def _import(self, kind: ImportKind, csv: CsvKind, rows: Iterable[dict[str, str]]) -> Work:
        job = ImportJob(PRACTICE, f"import-{kind.value}", kind)
        file = io.StringIO()
        writer = DictWriter(file, COLUMNS[csv], restval="")
        writer.writeheader()
        writer.writerows(rows)
        self._stack.client("s3").put_object(Bucket=_BUCKET, Key=job.key, Body=file.getvalue())
        event = queued(json.dumps({"continue": job.key}))
        return self._noted("ImportFunctionName", "import_balances.handler", event)

    def _noted(self, output: str, module: str, event: Any) -> Work:
        environment = self._environment(self._stack.outputs[output])
        now = self._stack.now()
        worker = Worker(module, environment, now)
        with self._wire.noting() as calls:
            self._answer = worker(event)
        if self._answer.get("batchItemFailures") or self._answer.get("statusCode", 200) >= 400:
            raise RuntimeError(f"{module} failed: {self._answer}")
        return Work(module, environment, now, event, tuple(calls))

    def _environment(self, function: str) -> dict[str, str]:
        told = self._stack.client("lambda").get_function_configuration(FunctionName=function)
        variables = dict(told["Environment"]["Variables"])
        return variables | {
            "AWS_ENDPOINT_URL": self._stack.endpoint_url,
            "AWS_LAMBDA_FUNCTION_NAME": function,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "IMPORT_BUCKET": _BUCKET,
        }

    def _at(self, day: date, hour: int) -> None:
        self._stack.set_clock(datetime(day.year, day.month, day.day, hour, tzinfo=zone(ZONE)))


def _ids() -> list[str]:
    return [f"p-{number:04}" for number in range(LINES)]


def _yes(says: bool) -> str:
    return "yes" if says else "no"


def _copies(account: AccountRecord, practice_id: str, number: int) -> Iterable[AccountRecord]:
    """The same account under other ids, at another practice."""
    item = account.serialize()
    for copy in range(number):
        patient_id = f"p-{copy:07}"
        yield AccountRecord.from_raw_data(
            item
            | {
                "pk": {"S": keys.account(practice_id, patient_id)[0]},
                "practice_id": {"S": practice_id},
                "due_practice": {"S": practice_id},
                "patient_id": {"S": patient_id},
            }
        )
