"""The stack of `template.yaml` running on this machine, for `make run`, the demo and tests."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from infra.local.clients import Clients
from infra.local.clock import LocalClock
from infra.local.deploy import REPOSITORY, STACK_NAME, deploy, expanded_template
from infra.local.edge import Edge
from infra.local.emulator import REGION, Emulator
from infra.local.invoking import invoke, warm_up
from infra.local.journal import Journal
from infra.local.outbox import Outbox
from infra.local.schedule import ScanCounts, Schedule
from infra.local.template import localise
from infra.local.waiting import LONGEST_SECONDS, StackError, is_drained, wait_until
from infra.local.whole_table import empty_table, forget_closed_windows, practice_ids

if TYPE_CHECKING:
    from balance_alerts.domain.practice import Practice
    from balance_alerts.store.imports import ImportKind
    from balance_alerts.wiring import Wiring
    from infra.local.importing import ImportOutcome
    from infra.local.in_process import InProcess

_EMAIL_SENDER = "alerts@clinic.example"
# A slice is done in that time even if its provider hangs, a file in the time its worker may run.
_VISIBILITY_SECONDS = {"AlertQueue": 8, "ImportQueue": 130}


class LocalStack:
    """A stack of its own: emulator, edge, clock and the functions of `template.yaml`.

    Use as a context manager. With `auth` the emulator checks every call against the template's
    policies. `public_url` is what links in alerts begin with.
    """

    def __init__(
        self,
        *,
        auth: bool = False,
        public_url: str = "http://127.0.0.1:8080",
        functions: Path = REPOSITORY / "functions",
    ) -> None:
        self.public_url = public_url
        self.outputs: dict[str, str] = {}
        self.outbox = Outbox()
        self._functions = functions
        self._emulator = Emulator(auth=auth)
        self.clock = LocalClock(self._emulator.directory / "clock")
        self._journal = Journal(self._emulator.directory / "journal")
        self._edge = Edge(outbox=self.outbox, clock=self.clock, check_permissions=auth)
        self._in_process: InProcess | None = None
        self.client = Clients(lambda: self._emulator.endpoint_url)
        """Makes boto3 clients of this stack's APIs, such as `client("dynamodb")`."""
        self._schedule = Schedule(
            invoke_scan=lambda: self.invoke(self.outputs["ScanFunctionName"], {}),
            alerts_drained=lambda: self._is_drained("AlertQueueUrl"),
            journal=self._journal,
            edge=self._edge,
        )

    @property
    def endpoint_url(self) -> str:
        """Address of the AWS APIs of this stack."""
        return self._emulator.endpoint_url

    @property
    def edge_url(self) -> str:
        """Address that calls to the providers of texts and email go to."""
        return self._edge.server.url

    @property
    def log(self) -> str:
        """What the emulator has logged, for finding out why something failed."""
        return self._emulator.log

    @property
    def process_group(self) -> int | None:
        """Id of the group of processes this stack has started."""
        return self._emulator.process_group

    def description(self) -> dict[str, Any]:
        """Return what the operator's command needs to reach this stack."""
        return {
            "endpoint_url": self.endpoint_url,
            "region": REGION,
            "stack_name": STACK_NAME,
            "outputs": self.outputs,
        }

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything and create the stack; on failure nothing is left running."""
        try:
            self._emulator.launch()
            self._edge.server.start()
            template = expanded_template(REPOSITORY / "template.yaml")
            self._emulator.wait_ready()
            self._edge.emulator_port = self._emulator.port
            edge_url = self._edge.server.url
            localise(
                template,
                environment={
                    "LOCAL_CLOCK_FILE": str(self.clock.path),
                    "LOCAL_JOURNAL_FILE": str(self._journal.path),
                    "AWS_ENDPOINT_URL_SNS": edge_url,
                    "AWS_ENDPOINT_URL_SESV2": edge_url,
                    "AWS_ENDPOINT_URL_LAMBDA": edge_url,
                },
                parameters=self._parameters(),
                visibility_seconds=_VISIBILITY_SECONDS,
            )
            self.outputs = deploy(
                self.client,
                template=template,
                parameters=self._parameters(),
                functions=self._functions,
            )
            self.client("sesv2").create_email_identity(EmailIdentity=_EMAIL_SENDER)
            self._connect()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End every process of this stack and remove its files. Safe to call twice."""
        if self._in_process:
            self._in_process.close()
            self._in_process = None
        self._edge.server.stop()
        self._emulator.stop()

    @property
    def wiring(self) -> Wiring:
        """The parts of the application over this stack's table and clock, in this process."""
        if self._in_process is None:
            raise StackError("the stack is not running")
        return self._in_process.wiring

    def _connect(self) -> None:
        # Loads PynamoDB, which takes a moment that the emulator needs anyway.
        from infra.local.in_process import InProcess

        self._in_process = InProcess(
            endpoint_url=self.endpoint_url, table_name=self.outputs["TableName"], clock=self.clock
        )

    def practices(self) -> list[Practice]:
        """Return every practice, by name."""
        practices = self.wiring.practices
        ids = practice_ids(self.client("dynamodb"), self.outputs["TableName"])
        found = [record.to_domain() for record in practices.several(ids)]
        return sorted(found, key=lambda each: each.display_name)

    def now(self) -> datetime:
        """The instant the functions see now."""
        return self.clock.now()

    def set_clock(self, instant: datetime) -> datetime:
        """Set the time every function sees, forwards or back; return the time it then is.

        Raises:
            ValueError: what `LocalClock.set` raises.
        """
        before, now = self.now(), self.clock.set(instant)
        if now < before:
            table_name = self.outputs["TableName"]
            forget_closed_windows(self.client("dynamodb"), table_name, self.wiring.accounts)
        return now

    def create_practice(
        self,
        *,
        practice_id: str,
        display_name: str,
        phone: str,
        time_zone: str,
        hours: str = "",
        reply_to: str | None = None,
        **settings: Any,
    ) -> Practice:
        """Add a practice as the operator's command does; `settings` are alert settings to change.

        Raises:
            RuleError: what `balance_alerts.practices.set_up.create_practice` raises.
        """
        from balance_alerts.practices.set_up import change_settings, create_practice

        practices = self.wiring.practices
        practice = create_practice(
            practices,
            practice_id=practice_id,
            display_name=display_name,
            phone=phone,
            time_zone=time_zone,
            hours=hours,
            reply_to=reply_to,
        )
        return change_settings(practices, practice_id, **settings) if settings else practice

    def scan(self, *, within_seconds: float = LONGEST_SECONDS) -> ScanCounts:
        """Fire the schedule now, wait until every alert is dealt with, and return the counts."""
        return self._schedule.run(within_seconds=within_seconds)

    def import_file(
        self, practice_id: str, path: Path, kind: ImportKind | None = None
    ) -> ImportOutcome:
        """Take in a file through the bucket; the file itself tells its kind unless it is given."""
        from infra.operator.import_file import kind_of

        return self.import_content(practice_id, path.read_bytes(), kind or kind_of(path))

    def import_content(self, practice_id: str, content: bytes, kind: ImportKind) -> ImportOutcome:
        """Take in a file's content through the bucket, and wait until that is done."""
        from infra.local.importing import import_content

        return import_content(
            self.client("s3"),
            self.outputs["ImportBucketName"],
            practice_id,
            content,
            kind=kind,
            now=self.now(),
        )

    def invoke(self, function: str, event: dict[str, Any]) -> Any:
        """Call a function and return its result; raise `StackError` if it failed."""
        return invoke(self.client, function, event)

    def warm_up(self) -> None:
        """Start workers in the background, for whoever scans or opens the portal soon."""
        scan, send = self.outputs["ScanFunctionName"], self.outputs["SendFunctionName"]
        portal = self.outputs["PortalFunctionName"]
        warm_up(self.client, (scan, send, send, portal, portal))

    def wait_drained(self, output: str, *, within_seconds: float = LONGEST_SECONDS) -> None:
        """Wait until a queue, such as `AlertQueueUrl`, holds nothing."""
        wait_until(lambda: self._is_drained(output), output, within_seconds=within_seconds)

    def _is_drained(self, output: str) -> bool:
        return is_drained(self.client("sqs"), self.outputs[output])

    def set_visibility(self, output: str, seconds: int) -> None:
        """Change when failed messages of a queue come back, such as of `AlertQueueUrl`."""
        self.client("sqs").set_queue_attributes(
            QueueUrl=self.outputs[output], Attributes={"VisibilityTimeout": str(seconds)}
        )

    def empty(self) -> None:
        """Make the stack as new: no data, no messages, no faults, real time."""
        for output in self.outputs:
            if output.endswith("QueueUrl"):
                self.client("sqs").purge_queue(QueueUrl=self.outputs[output])
        empty_table(self.client("dynamodb"), self.outputs["TableName"])
        self.outbox.clear()
        self.outbox.clear_faults()
        self.clock.reset()

    def _parameters(self) -> dict[str, str]:
        """Parameters of the stack; no pacing, since the edge takes messages as they come."""
        return {
            "PublicUrl": self.public_url,
            "EmailSender": _EMAIL_SENDER,
            "TextsPerSecond": "1000",
            "EmailsPerSecond": "1000",
        }
