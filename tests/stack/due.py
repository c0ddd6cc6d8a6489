"""Patients who are due, and slices of them, on a running stack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from balance_alerts.alerts.history import alert_history
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.practice import Frequency, Practice
from balance_alerts.office.jobs import MOST_AT_ONCE
from balance_alerts.queues.alert_queue import Slice
from balance_alerts.store import table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.alerts import Alert
from balance_alerts.store.patient_names import name_records
from balance_alerts.store.registration import Registration
from infra.local.stack import LocalStack
from tests import builders

NOBODY = {"first_name": "Nobody", "last_name": "Nobody"}
MANY = range(MOST_AT_ONCE + 1)

_numbers = count(1)


@dataclass
class Clinic:
    """A practice of its own on a shared stack, with as many due patients as a test wants."""

    stack: LocalStack
    practice: Practice

    def patient(
        self,
        patient_id: str,
        *,
        owes: int = 5_000,
        text: bool = True,
        email: bool = False,
        mobile: str | None = None,
    ) -> str:
        """Register a patient who owes since `DAY_0`; returns the mobile number."""
        mobile = mobile or f"+1202556{next(_numbers):04}"
        details = builders.patient(
            patient_id,
            mobile=mobile,
            email=f"{patient_id}.{mobile[-4:]}@example.org",
            text=text,
            email_alerts=email,
        )
        wiring = self.stack.wiring
        Registration(wiring.practices).register(
            self.practice, details, recorded_by="test", now=builders.at(0)
        )
        if owes:
            entry = builders.entry(f"{patient_id}-owed", cents=owes, recorded_at=builders.at(0))
            wiring.ledger.post(self.practice, patient_id, [entry])
        return mobile

    def patients(self, number: int, **details: Any) -> list[str]:
        """Register so many patients; returns their ids."""
        ids = [f"p-{n}" for n in range(1, number + 1)]
        for patient_id in ids:
            self.patient(patient_id, **details)
        return ids

    def grow(self) -> None:
        """Make the practice one that nobody waits for: a name each of thousands of patients.

        They have no accounts, so whatever looks at accounts finds what it found before.
        """
        names = (name_records(self.practice.practice_id, f"more-{n}", **NOBODY) for n in MANY)
        table.write_many(record for records in names for record in records[:1])

    def slice(self, *patient_ids: str) -> Slice:
        """A slice as a scan would have queued it."""
        return Slice(self.practice.practice_id, patient_ids)

    def queue(self, *patient_ids: str) -> None:
        """Put a slice on the queue and wait until it is dealt with."""
        sqs = self.stack.client("sqs")
        queue_url = self.stack.outputs["AlertQueueUrl"]
        sqs.send_message(QueueUrl=queue_url, MessageBody=self.slice(*patient_ids).to_body())
        self.stack.wait_drained("AlertQueueUrl")

    def account(self, patient_id: str) -> AccountRecord:
        """An account as stored."""
        return self.stack.wiring.accounts.get(self.practice.practice_id, patient_id)

    def history(self, patient_id: str) -> list[Alert]:
        """The account's alerts as staff see them now."""
        return alert_history(self.stack.wiring.alerts, self.account(patient_id), self.stack.now())

    def statuses(self, patient_id: str) -> list[dict[str, str]]:
        """The status of each channel of each alert, newest first."""
        return [
            {channel.value: result.status.value for channel, result in alert.channels.items()}
            for alert in self.history(patient_id)
        ]

    def delivered(self, patient_id: str) -> int:
        """How many messages reached the patient's phone and mailbox."""
        account = self.account(patient_id)
        contacts = {account.contact(channel) for channel in Channel}
        return sum(message.to in contacts for message in self.stack.outbox.messages())


def clinics(stack: LocalStack) -> Iterator[Clinic]:
    """New practices, each under an id of its own."""
    while True:
        practice = stack.create_practice(
            practice_id=f"clinic-{next(_numbers)}",
            display_name="Harbor Point Physical Therapy",
            phone="202-555-0100",
            time_zone=builders.NEW_YORK,
            frequency=Frequency.TWO_WEEKS,
        )
        yield Clinic(stack, practice)
