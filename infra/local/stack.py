"""What is done with a stack of `template.yaml` on this machine: by `make run`, demo and tests."""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.local.gateway.webhooks import When
from infra.local.invoking import invoke, warm_up
from infra.local.running import RunningStack
from infra.local.schedule import ScanCounts, Schedule
from infra.local.waiting import LONGEST_SECONDS, is_drained, wait_until
from infra.local.whole_table import empty_table, forget_closed_windows, practice_ids

if TYPE_CHECKING:
    from balance_alerts.domain.practice import Practice
    from balance_alerts.store.imports import ImportKind
    from infra.local.importing import ImportOutcome


class LocalStack(RunningStack):
    """A stack of its own; its arguments are those of `RunningStack`."""

    last_scan: ScanCounts | None = None
    """What the last run of the schedule led to."""

    sample_day: date | None = None
    """The day for which the sample practice was loaded, as it counts its days."""

    def description(self) -> dict[str, Any]:
        """What the operator's command needs to reach this stack, and to write its sample again."""
        day = None if self.sample_day is None else self.sample_day.isoformat()
        return super().description() | {"sample_day": day}

    @cached_property
    def _schedule(self) -> Schedule:
        return Schedule(
            invoke_scan=lambda: self.invoke(self.outputs["ScanFunctionName"], {}),
            alerts_drained=lambda: self._is_drained("AlertQueueUrl"),
            journal=self.journal,
            edge=self.edge,
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
        self.last_scan = self._schedule.run(within_seconds=within_seconds)
        self.delivery.settle()
        return self.last_scan

    def connect_to_gateway(self, practice_id: str) -> Practice:
        """Let a practice take cards, as its director would; raises what connecting raises."""
        return self.card_payments.connect(self.wiring, practice_id)

    def review(self, trans_id: str, *, release: bool) -> None:
        """Release or refuse a held charge, and wait until its webhook and what follows is done.

        Raises:
            ValueError: no such charge is held.
        """
        desk = self.gateway.desk
        decide = desk.release if release else desk.refuse
        decide(trans_id)
        self.gateway.webhooks.wait()
        self.wait_drained("AlertQueueUrl")

    def reconcile(self) -> dict[str, Any]:
        """Run payment reconciliation now, wait until all it leads to is done; return its counts.

        Webhooks of charges whose answer was lost come in after it.
        """
        webhooks = self.gateway.webhooks
        webhooks.deliver(When.ONCE_ANSWERED)
        webhooks.wait()
        self.gateway.settle_days_before()
        counts: dict[str, Any] = self.invoke(self.outputs["ReconcileFunctionName"], {"all": True})
        webhooks.deliver(When.MUCH_LATER)
        webhooks.wait()
        self.wait_drained("AlertQueueUrl")
        return counts

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
        """Make the stack as new: no data, messages, charges, faults or metrics, and real time."""
        self.last_scan = self.sample_day = None
        self.gateway.reset()
        for output in self.outputs:
            if output.endswith("QueueUrl"):
                self.client("sqs").purge_queue(QueueUrl=self.outputs[output])
        empty_table(self.client("dynamodb"), self.outputs["TableName"])
        self.outbox.clear()
        self.outbox.clear_faults()
        self.network.clear()
        self.suppressed.clear()
        self.journal.clear()
        self.clock.reset()
