"""Attempts to pay, found again: by account, by id, and those that are open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from pynamodb.exceptions import UpdateError

from balance_alerts.domain.attempt import Attempt
from balance_alerts.domain.errors import RuleError
from balance_alerts.store import keys, races, table
from balance_alerts.store.attempt_records import (
    AttemptOwnerRecord,
    AttemptRecord,
    OpenAttemptRecord,
)

if TYPE_CHECKING:
    from pynamodb.expressions.update import Action


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

    def is_known(self, practice_ids: Iterable[str], attempt_id: str) -> bool:
        """Whether any of these practices has an attempt of this id."""
        return bool(table.read(keys.attempt_owner(each, attempt_id) for each in practice_ids))

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
        listed = OpenAttemptRecord.query(pk, of_practice, consistent_read=True)
        wanted = (
            keys.attempt(each.practice_id, each.patient_id, each.attempt_id) for each in listed
        )
        while some := list(islice(wanted, table.KEYS_A_READ)):
            for record in table.read(some).values():
                attempt = record.to_domain()
                if attempt.state.is_open:
                    yield attempt

    def note_look_up(
        self,
        attempt: Attempt,
        *,
        at: datetime,
        absent_since: datetime | None,
        trans_id: str | None = None,
    ) -> None:
        """Remember that an attempt was looked up and is as open as before.

        Where it moved on meanwhile there is nothing to remember.
        """
        record = AttemptRecord(
            *keys.attempt(attempt.practice_id, attempt.patient_id, attempt.attempt_id)
        )
        changes: list[Action] = [
            AttemptRecord.looked_up_at.set(at),
            AttemptRecord.absent_since.remove()
            if absent_since is None
            else AttemptRecord.absent_since.set(absent_since),
        ]
        if trans_id is not None:
            changes.append(AttemptRecord.trans_id.set(trans_id))
        try:
            record.update(changes, condition=AttemptRecord.state == attempt.state.value)
        except UpdateError as error:
            if not races.lost_a_race(error):
                raise


def read_attempt(key: keys.Key) -> AttemptRecord | None:
    """An attempt as stored, read consistently."""
    record: AttemptRecord | None = table.read([key]).get(key)
    return record
