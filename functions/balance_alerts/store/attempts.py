"""Attempts to pay, found again: by account, by id, and those that are open."""

from __future__ import annotations

from collections.abc import Iterator

from balance_alerts.domain.attempt import Attempt
from balance_alerts.domain.errors import RuleError
from balance_alerts.store import keys, table
from balance_alerts.store.attempt_records import (
    AttemptOwnerRecord,
    AttemptRecord,
    OpenAttemptRecord,
)


class Attempts:
    """The attempts of the stack's accounts."""

    def get(self, practice_id: str, patient_id: str, attempt_id: str) -> Attempt:
        """One attempt of an account.

        Raises:
            RuleError: `unknown_payment`, also where it is another account's.
        """
        record = read_attempt(keys.attempt(practice_id, patient_id, attempt_id))
        if record is None:
            raise RuleError("unknown_payment", "There is no payment with this id.")
        return record.to_domain()

    def find(self, practice_id: str, attempt_id: str) -> Attempt | None:
        """An attempt of the practice by its id, as the gateway tells it."""
        key = keys.attempt_owner(practice_id, attempt_id)
        owner: AttemptOwnerRecord | None = table.read([key]).get(key)
        return self.get(practice_id, owner.patient_id, attempt_id) if owner else None

    def of_account(self, practice_id: str, patient_id: str) -> list[Attempt]:
        """Every attempt of an account, newest first."""
        pk, _ = keys.account(practice_id, patient_id)
        records = AttemptRecord.query(
            pk, AttemptRecord.sk.startswith("ATTEMPT#"), consistent_read=True
        )
        attempts = [record.to_domain() for record in records]
        return sorted(attempts, key=lambda each: (each.begun_at, each.attempt_id), reverse=True)

    def open(self, practice_id: str | None = None) -> Iterator[Attempt]:
        """The open attempts of one practice, or of all."""
        pk, first = keys.open_attempt(practice_id or "", "")
        of_practice = OpenAttemptRecord.sk.startswith(first) if practice_id else None
        for record in OpenAttemptRecord.query(pk, of_practice, consistent_read=True):
            yield self.get(record.practice_id, record.patient_id, record.attempt_id)


def read_attempt(key: keys.Key) -> AttemptRecord | None:
    """An attempt as stored, read consistently."""
    record: AttemptRecord | None = table.read([key]).get(key)
    return record
