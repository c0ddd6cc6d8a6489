"""What an answer of the gateway makes of an attempt: the one place where a payment is posted.

The request that charged, the look-up that found the charge later and the gateway's own message all
end here. Whoever comes first writes; for everyone after, nothing changes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from balance_alerts.domain.allocation import allocate
from balance_alerts.domain.attempt import MAY_FOLLOW, Attempt, AttemptState
from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.ledger import EntryKind, LedgerEntry, parts_of_payment
from balance_alerts.domain.practice import Practice
from balance_alerts.gateway.answers import ChargeAnswer
from balance_alerts.gateway.codes import ChargeOutcome
from balance_alerts.payments.overturned import overturning
from balance_alerts.payments.payment import METHOD
from balance_alerts.store import keys, owed_receipts, races, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.attempt_records import AttemptRecord, OpenAttemptRecord
from balance_alerts.store.entries import (
    CaseRecord,
    PostedTransactionRecord,
    cases_of,
    debts_of,
    entries_of,
)
from balance_alerts.store.posting import AccountPosting, PostingOutcome
from balance_alerts.store.settlements import unsettled
from balance_alerts.store.table import Record

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite

logger = logging.getLogger(__name__)

_STATES = {
    ChargeOutcome.APPROVED: AttemptState.APPROVED,
    ChargeOutcome.DECLINED: AttemptState.DECLINED,
    ChargeOutcome.FAILED: AttemptState.FAILED,
    ChargeOutcome.UNAVAILABLE: AttemptState.FAILED,
    ChargeOutcome.HELD: AttemptState.HELD,
    ChargeOutcome.UNKNOWN: AttemptState.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Settled:
    """The attempt as it now stands, and the account's balance in cents; whether this moved it.

    `owes_receipt` where the answer makes it a payment of an account with an email on file.
    """

    attempt: Attempt
    balance_cents: int
    moved: bool = False
    owes_receipt: bool = False


def settle(
    attempt: Attempt,
    answer: ChargeAnswer,
    clock: Clock,
    *,
    only_from: AttemptState | None = None,
    with_it: Iterable[Record] = (),
) -> Settled:
    """Bring an attempt to where the answer says it stands, once, whoever asks and how often.

    An approval becomes one ledger entry a case, the balance, the attempt's state, the end of the
    account's lock and, where an email is on file, a receipt that is owed, in one transaction; the
    transaction's id guards it for good. What was certainly not charged ends the lock as well. Held
    and unknown ones keep it. News that comes late or again leaves everything as it is; so does any
    news where the attempt no longer stands where `only_from` says. What ends an attempt is written
    together with `with_it`.

    Raises:
        RuleError: `transaction_posted_already`: it is another payment's.
        Contention: nothing was written. Safe to try again, as after any failure of the table.
    """
    if answer.outcome is ChargeOutcome.APPROVED and answer.trans_id is None:
        raise ValueError("an approval has a transaction id")
    beside = tuple(with_it)
    return races.retrying(
        lambda: _Settling.read(attempt, answer, beside).write(answer, clock(), only_from)
    )


class _Settling:
    """One try at it, on what was just read."""

    def __init__(
        self, attempt: AttemptRecord, found: Mapping[keys.Key, Any], beside: Iterable[Record]
    ) -> None:
        self._attempt = attempt
        self._beside: Iterable[Record] = beside
        self._practice_id: str = attempt.practice_id
        self._patient_id: str = attempt.patient_id
        self._found = found
        self._before: str = attempt.state
        account_key = keys.account(self._practice_id, self._patient_id)
        self._account: AccountRecord = found[account_key]

    @classmethod
    def read(cls, attempt: Attempt, answer: ChargeAnswer, beside: Iterable[Record]) -> _Settling:
        """Read all that an answer may change, but for the cases."""
        practice_id, patient_id = attempt.practice_id, attempt.patient_id
        attempt_key = keys.attempt(practice_id, patient_id, attempt.attempt_id)
        wanted = [attempt_key, keys.account(practice_id, patient_id), keys.practice(practice_id)]
        if answer.trans_id is not None:
            wanted.append(keys.posted_transaction(practice_id, answer.trans_id))
        found = table.read(wanted)
        return cls(found[attempt_key], found, beside)

    def write(self, answer: ChargeAnswer, now: datetime, only_from: AttemptState | None) -> Settled:
        """Write what the answer changes, all of it or nothing."""
        before, after = AttemptState(self._before), _STATES[answer.outcome]
        moves = after in MAY_FOLLOW[before] and only_from in (None, before)
        if moves:
            if not self._beside:  # else whoever settles it now says so themselves
                self._beside = overturning(self._attempt.to_domain(), answer, now)
            self._learn(answer, after, now)
            if after is AttemptState.APPROVED:
                self._post(now)
            elif after.is_open:
                self._attempt.update(self._attempt.changes(), condition=self._unchanged)
            else:
                self._close()
            _log(self._attempt)
        attempt = self._attempt.to_domain()
        paid = after is attempt.state is AttemptState.APPROVED
        return Settled(
            attempt,
            int(self._account.balance_cents),
            moved=moves,
            owes_receipt=paid and self._account.email is not None,
        )

    def _learn(self, answer: ChargeAnswer, state: AttemptState, now: datetime) -> None:
        attempt = self._attempt
        attempt.state = state.value
        attempt.news_at = now
        attempt.trans_id = answer.trans_id or attempt.trans_id
        attempt.auth_code = answer.auth_code or attempt.auth_code
        attempt.card_type = answer.card_type or attempt.card_type
        attempt.last_four = answer.last_four or attempt.last_four
        attempt.reason_code = answer.reason_code or attempt.reason_code
        attempt.detail = answer.detail or None

    def _close(self) -> None:
        """Not charged: the account is free again."""
        self._unlock()
        with table.transaction() as transaction:
            self._join(transaction)
            transaction.update(self._account, self._account.changes())

    def _post(self, now: datetime) -> None:
        """Charged: into the ledger with it."""
        attempt = self._attempt
        guard_key = keys.posted_transaction(self._practice_id, attempt.trans_id)
        if guard_key in self._found:
            raise RuleError(
                "transaction_posted_already",
                "This transaction is another payment's; look up the transaction of this one.",
            )
        guard = PostedTransactionRecord(
            *guard_key,
            patient_id=self._patient_id,
            attempt_id=attempt.attempt_id,
            posted_at=now,
        )
        practice: Practice = self._found[keys.practice(self._practice_id)].to_domain()
        # Read after the account: what is posted in between moves its version.
        cases = cases_of(self._practice_id, self._patient_id)
        posting = AccountPosting(
            practice,
            self._patient_id,
            {**self._found, **{(case.pk, case.sk): case for case in cases}},
            now,
        )
        for entry in self._entries(cases, now):
            posted = posting.take(entry)
            if posted.outcome is not PostingOutcome.ADDED:
                raise RuntimeError(f"a payment that was charged is not posted: {posted.code}")
        self._unlock()

        def join(transaction: TransactWrite) -> None:
            transaction.save(guard, condition=PostedTransactionRecord.pk.does_not_exist())
            transaction.save(unsettled(attempt, now))
            if self._account.email is not None:
                transaction.save(owed_receipts.new(attempt, now))
            self._join(transaction)

        posting.write(join)

    def _entries(self, cases: list[CaseRecord], now: datetime) -> list[LedgerEntry]:
        """The payment, a part a case, but for what the practice has told us of it already."""
        attempt = self._attempt
        ledger = entries_of(self._practice_id, self._patient_id)
        told = parts_of_payment(ledger, attempt.trans_id)
        left = int(attempt.amount_cents) - sum(part.amount_cents for part in told)
        if left <= 0:
            return []
        shares = allocate(amount_cents=left, cases=debts_of(cases), chosen_case_id=attempt.case_id)
        ids = free_entry_ids(self._practice_id, attempt.attempt_id, len(shares))
        return [
            LedgerEntry(
                entry_id=entry_id,
                kind=EntryKind.PAYMENT,
                amount_cents=share.amount_cents,
                case_id=share.case_id,
                # A clock may be set back; an entry of the future would be refused.
                recorded_at=min(attempt.begun_at, now),
                method=METHOD,
                external_ref=attempt.trans_id,
            )
            for entry_id, share in zip(ids, shares, strict=True)
        ]

    @property
    def _unchanged(self) -> Any:
        return AttemptRecord.state == self._before

    def _unlock(self) -> None:
        if self._account.open_attempt == self._attempt.attempt_id:
            self._account.open_attempt = None

    def _join(self, transaction: TransactWrite) -> None:
        """The end of the attempt, beside whatever else the transaction writes."""
        attempt = self._attempt
        transaction.update(attempt, attempt.changes(), condition=self._unchanged)
        open_key = keys.open_attempt(self._practice_id, attempt.attempt_id)
        transaction.delete(OpenAttemptRecord(*open_key))
        for record in self._beside:
            transaction.save(record)


def free_entry_ids(practice_id: str, first_id: str, number: int) -> list[str]:
    """Ids for so many entries: of a payment the attempt's own first, by which it is known.

    It can be taken: staff may enter a payment that they know of only by the id on the page.
    """
    candidates = [first_id, *(f"{first_id}.{n}" for n in range(2, 2 * number + 2))]
    taken = table.read(keys.entry_id(practice_id, each) for each in candidates)
    free = [each for each in candidates if keys.entry_id(practice_id, each) not in taken]
    return free[:number]


def _log(attempt: AttemptRecord) -> None:
    logger.info(
        "attempt %s is %s",
        attempt.attempt_id,
        attempt.state,
        extra={
            "attempt_id": attempt.attempt_id,
            "state": attempt.state,
            "trans_id": attempt.trans_id,
        },
    )
