"""How an attempt to pay begins: once a click, one at a time an account, never above the balance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pynamodb.exceptions import TransactWriteError

from balance_alerts.domain.account import keeps_out
from balance_alerts.domain.allocation import check_payment
from balance_alerts.domain.attempt import AskedPayment, Attempt, AttemptState
from balance_alerts.domain.calendar import Clock, local_date
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.practice import GatewayConnection, Practice
from balance_alerts.store import keys, races, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.attempt_records import (
    AttemptOwnerRecord,
    AttemptRecord,
    OpenAttemptRecord,
    PaymentKeyRecord,
)
from balance_alerts.store.attempts import read_attempt
from balance_alerts.store.entries import cases_of, debts_of
from balance_alerts.store.practice_records import PracticeRecord, takes_cards_by
from balance_alerts.store.table import Record

A_KEY_LASTS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Begun:
    """The attempt of a click. Only where `is_new` may its charge be asked for, and once."""

    attempt: Attempt
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """One click on its way into the table.

    `attempt_id` was never used before; it tells our own attempt where the table's answer is lost.
    The charge will go by the practice's gateway connection as read before, if it has one.
    """

    practice: Practice
    patient_id: str
    asked: AskedPayment
    attempt_id: str

    def begin(self, clock: Clock) -> Begun:
        """Write the attempt down and lock its account, or find the one the click made before.

        The account's version guards what was decided from: its holds, its lock and its balance.
        A connection that is being replaced or given up meanwhile is guarded against as well: its
        books are where the charge will be looked up.

        Raises:
            RuleError: `unknown_patient`, `idempotency_conflict`, `online_payments_unavailable`,
                `payment_open`, `amount_out_of_range`, `unknown_case`.
            Contention: nothing was written.
        """
        try:
            return races.retrying(lambda: self._write(clock()))
        except TransactWriteError:
            # Whether it was written is known to the table alone.
            record = read_attempt(self._attempt_key)
            if record is None:
                raise
            return Begun(record.to_domain(), is_new=True)

    @property
    def _attempt_key(self) -> keys.Key:
        return keys.attempt(self.practice.practice_id, self.patient_id, self.attempt_id)

    def _write(self, now: datetime) -> Begun:
        """Read everything afresh, decide, and write it in one transaction."""
        practice_id = self.practice.practice_id
        attempt_key = self._attempt_key
        account_key = keys.account(practice_id, self.patient_id)
        click_key = keys.payment_key(practice_id, self.patient_id, self.asked.key_digest)
        practice_key = keys.practice(practice_id)
        found = table.read([account_key, click_key, attempt_key, practice_key])
        if attempt_key in found:
            return Begun(found[attempt_key].to_domain(), is_new=True)
        known = found.get(click_key)
        if known is not None and now - known.asked_at < A_KEY_LASTS:
            return self._known(known)
        account: AccountRecord | None = found.get(account_key)
        if account is None:
            raise RuleError("unknown_patient", "There is no patient with this id.")
        connection = self._connection(found.get(practice_key))
        self._check(account, now)
        account.open_attempt = self.attempt_id
        attempt = self._record(attempt_key, connection, now)
        with table.transaction() as transaction:
            transaction.save(attempt, condition=AttemptRecord.pk.does_not_exist())
            transaction.save(
                self._click(click_key, now),
                condition=PaymentKeyRecord.pk.does_not_exist()
                if known is None
                else PaymentKeyRecord.attempt_id == known.attempt_id,
            )
            for record in self._signposts():
                transaction.save(record)
            transaction.update(account, account.changes())
            transaction.condition_check(
                PracticeRecord, *practice_key, condition=takes_cards_by(connection.connection_id)
            )
        return Begun(attempt.to_domain(), is_new=True)

    def _known(self, known: PaymentKeyRecord) -> Begun:
        if known.digest != self.asked.digest:
            raise RuleError(
                "idempotency_conflict",
                "This key was used for another payment; use a new key for a new payment.",
            )
        key = keys.attempt(self.practice.practice_id, self.patient_id, known.attempt_id)
        record: AttemptRecord = table.read([key])[key]
        return Begun(record.to_domain(), is_new=False)

    def _connection(self, practice: PracticeRecord | None) -> GatewayConnection:
        """The connection that the charge will go by, if the practice still takes cards by it."""
        known = self.practice.gateway
        stored = None if practice is None else practice.to_domain()
        if known is None or stored is None or stored.gateway is None or not stored.takes_cards:
            raise _unavailable()
        if stored.gateway.connection_id != known.connection_id:
            raise _unavailable()
        return known

    def _check(self, account: AccountRecord, now: datetime) -> None:
        """Whether the account may be paid online now, and this amount of it."""
        today = local_date(now, account.time_zone or self.practice.time_zone)
        if keeps_out(account.to_domain().holds, today):
            raise _unavailable()
        if account.open_attempt is not None:
            raise RuleError(
                "payment_open", "Another payment is being confirmed; please do not pay again."
            )
        # Read after the account: what is posted in between moves its version.
        cases = cases_of(self.practice.practice_id, self.patient_id)
        check_payment(
            amount_cents=self.asked.amount_cents,
            cases=debts_of(cases),
            chosen_case_id=self.asked.case_id,
        )

    def _record(self, key: keys.Key, connection: GatewayConnection, now: datetime) -> AttemptRecord:
        return AttemptRecord(
            *key,
            practice_id=self.practice.practice_id,
            patient_id=self.patient_id,
            attempt_id=self.attempt_id,
            amount_cents=self.asked.amount_cents,
            case_id=self.asked.case_id,
            state=AttemptState.SENDING.value,
            begun_at=now,
            news_at=now,
            api_login_id=connection.api_login_id,
        )

    def _click(self, key: keys.Key, now: datetime) -> PaymentKeyRecord:
        return PaymentKeyRecord(
            *key,
            attempt_id=self.attempt_id,
            digest=self.asked.digest,
            asked_at=now,
            expires_at=now + A_KEY_LASTS,
        )

    def _signposts(self) -> list[Record]:
        """What leads to the attempt from its id, and from the list of open ones."""
        practice_id, attempt_id = self.practice.practice_id, self.attempt_id
        whose: dict[str, Any] = {"patient_id": self.patient_id}
        return [
            AttemptOwnerRecord(*keys.attempt_owner(practice_id, attempt_id), **whose),
            OpenAttemptRecord(
                *keys.open_attempt(practice_id, attempt_id),
                practice_id=practice_id,
                attempt_id=attempt_id,
                **whose,
            ),
        ]


def _unavailable() -> RuleError:
    return RuleError(
        "online_payments_unavailable",
        "Payments cannot be made online at present; please call the practice.",
    )
