"""Money of a posted payment that went back: refunds, voids and chargebacks.

They are made at the gateway or at the bank, never by us. Each becomes ledger entries once, guarded
by a permanent put-if-absent like the payment itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from balance_alerts.domain.attempt import Attempt
from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.giving_back import GivenBack, give_back
from balance_alerts.domain.ledger import EntryKind, LedgerEntry
from balance_alerts.gateway.reports import TransactionDetails
from balance_alerts.payments.payment import METHOD
from balance_alerts.payments.settle import free_entry_ids
from balance_alerts.store import keys, races, table
from balance_alerts.store.attempt_records import AttemptRecord
from balance_alerts.store.entries import (
    PostedTransactionRecord,
    chargeback_ref,
    entries_of,
    undone_ref,
    void_ref,
)
from balance_alerts.store.posting import AccountPosting, PostingOutcome, keys_to_post
from balance_alerts.store.settlements import UnsettledRecord

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite

logger = logging.getLogger(__name__)

Found = Mapping[keys.Key, Any]


class ReturnOutcome(StrEnum):
    """What became of a return.

    POSTED: in the ledger by now. KNOWN: it was before, or there was nothing to undo. AGAIN: it was
    posted and undone before, so that this is another one under the same reference.
    """

    POSTED = "posted"
    KNOWN = "known"
    AGAIN = "again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """Money that went back. `ref` is what it is posted under; without an amount all that is left.

    `settles_no_more` says that the payment itself will be in no settlement.
    """

    ref: str
    kind: EntryKind
    external_ref: str
    amount_cents: int | None = None
    returned_at: datetime | None = None
    settles_no_more: bool = True


def refund_of(found: TransactionDetails) -> Return:
    """A refund, which is a transaction of its own."""
    return Return(
        ref=found.trans_id,
        kind=EntryKind.REFUND,
        external_ref=found.trans_id,
        amount_cents=found.amount_cents or 0,
        returned_at=found.submitted_at,
        settles_no_more=False,
    )


def void_of(trans_id: str) -> Return:
    """The void of a charge: the patient reads that it was refunded."""
    return Return(ref=void_ref(trans_id), kind=EntryKind.REFUND, external_ref=trans_id)


def chargeback_of(trans_id: str) -> Return:
    """The chargeback of a charge."""
    return Return(ref=chargeback_ref(trans_id), kind=EntryKind.CHARGEBACK, external_ref=trans_id)


def post_return(
    attempt: Attempt, back: Return, clock: Clock, *, tell_too_much: Callable[[], None]
) -> ReturnOutcome:
    """Put a return of a posted payment into the ledger, once, whoever asks and how often.

    Args:
        attempt: whose payment it is of.
        back: the return.
        clock: tells when it is posted.
        tell_too_much: called before anything is written where the payment has less left than was
            returned; only what is left is posted.

    Raises:
        Contention: nothing was written. Safe to try again, as after any failure of the table.
    """

    def post() -> ReturnOutcome:
        found = read_for_return(attempt, back)
        if guard_key(attempt, back.ref) in found:
            undone = guard_key(attempt, undone_ref(back.ref)) in found
            return ReturnOutcome.AGAIN if undone else ReturnOutcome.KNOWN
        given = _given(attempt, back, found)
        if given.too_much_cents:
            tell_too_much()
        write_return(attempt, back, found, _entries(attempt, back, given, clock()), clock())
        return ReturnOutcome.POSTED

    return races.retrying(post)


def read_for_return(attempt: Attempt, back: Return) -> Found:
    """What is there of a return by now, and what its posting is decided from."""
    practice_id, patient_id = attempt.practice_id, attempt.patient_id
    return table.read(
        [
            keys.account(practice_id, patient_id),
            keys.practice(practice_id),
            _attempt_key(attempt),
            guard_key(attempt, back.ref),
            guard_key(attempt, undone_ref(back.ref)),
        ]
    )


def _given(attempt: Attempt, back: Return, found: Found) -> GivenBack:
    """The shares of it. The ledger is read after the account, whose version guards it."""
    record: AttemptRecord = found[_attempt_key(attempt)]
    return give_back(
        amount_cents=back.amount_cents,
        trans_id=str(record.trans_id),
        returned_refs=record.returned_refs or frozenset(),
        told=(back.kind, back.external_ref),
        ledger=entries_of(attempt.practice_id, attempt.patient_id),
    )


def _entries(attempt: Attempt, back: Return, given: GivenBack, now: datetime) -> list[LedgerEntry]:
    first_id = first_entry_id(attempt, back.ref)
    ids = free_entry_ids(attempt.practice_id, first_id, len(given.shares))
    return [
        LedgerEntry(
            entry_id=entry_id,
            kind=back.kind,
            amount_cents=share.amount_cents,
            case_id=share.case_id,
            # A clock may be set back; an entry of the future would be refused.
            recorded_at=min(back.returned_at or now, now),
            method=METHOD,
            external_ref=back.external_ref,
        )
        for entry_id, share in zip(ids, given.shares, strict=True)
    ]


def write_return(
    attempt: Attempt,
    back: Return,
    found: Found,
    entries: Sequence[LedgerEntry],
    now: datetime,
    *,
    undoes: bool = False,
) -> None:
    """The entries, the balance, the attempt and the guard, all of it or nothing."""
    practice_id, patient_id = attempt.practice_id, attempt.patient_id
    ref = undone_ref(back.ref) if undoes else back.ref
    account_key = keys.account(practice_id, patient_id)
    more = table.read(keys_to_post(practice_id, patient_id, entries))
    # What was decided, was decided from the account as it was read first.
    if more[account_key].version != found[account_key].version:
        raise races.LostRace
    found = {**more, **found}
    practice = found[keys.practice(practice_id)].to_domain()
    posting = AccountPosting(practice, patient_id, found, now)
    for entry in entries:
        posted = posting.take(entry)
        if posted.outcome is not PostingOutcome.ADDED:
            raise RuntimeError(f"a return is not posted: {posted.code or posted.outcome}")
    kind = EntryKind.ADJUSTMENT if undoes else back.kind
    guard = PostedTransactionRecord(
        *guard_key(attempt, ref),
        kind=kind.value,
        patient_id=patient_id,
        attempt_id=attempt.attempt_id,
        posted_at=now,
    )
    refs = AttemptRecord.returned_refs
    change = refs.delete({back.external_ref}) if undoes else refs.add({back.external_ref})

    def join(transaction: TransactWrite) -> None:
        transaction.save(guard, condition=PostedTransactionRecord.pk.does_not_exist())
        transaction.update(AttemptRecord(*_attempt_key(attempt)), [change])
        if back.settles_no_more and not undoes:
            pointer = keys.unsettled(practice_id, str(found[_attempt_key(attempt)].trans_id))
            transaction.delete(UnsettledRecord(*pointer))

    posting.write(join)
    logger.info(
        "%s of attempt %s is %s",
        back.kind,
        attempt.attempt_id,
        "undone" if undoes else "posted",
        extra={"attempt_id": attempt.attempt_id, "ref": ref},
    )


def first_entry_id(attempt: Attempt, ref: str) -> str:
    """The id of a return's first entry; those after it have a number appended."""
    return f"{attempt.attempt_id}.r{ref}"


def _attempt_key(attempt: Attempt) -> keys.Key:
    return keys.attempt(attempt.practice_id, attempt.patient_id, attempt.attempt_id)


def guard_key(attempt: Attempt, ref: str) -> keys.Key:
    """Where it is written down that a return was posted, for good."""
    return keys.posted_transaction(attempt.practice_id, ref)
