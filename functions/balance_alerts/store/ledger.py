"""The ledgers: each entry posted once, its amount on the balance in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.ledger import LedgerEntry
from balance_alerts.domain.practice import Practice
from balance_alerts.store import keys, races, table
from balance_alerts.store.posting import (
    AccountPosting,
    Posting,
    PostingOutcome,
    keys_to_post,
)
from balance_alerts.store.table import Record

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite

ENTRIES_A_TRANSACTION = 19
"""DynamoDB takes 100 actions: one for the account, at most five an entry (the entry, its id, its
case, the case's owner, the id of what it reverses)."""

PARALLEL_ACCOUNTS = 8

Found = Mapping[keys.Key, Any]


class Ledger:
    """The ledgers of the stack's accounts.

    Posting is idempotent by entry id: an entry sent again is `unchanged`, the same id with other
    content is refused with `entry_conflict`.

    Args:
        clock: tells when an entry is posted.
        parallel_accounts: how many accounts are written at a time.
    """

    def __init__(self, clock: Clock, *, parallel_accounts: int = PARALLEL_ACCOUNTS) -> None:
        self._clock = clock
        self._parallel_accounts = parallel_accounts

    def post(
        self,
        practice: Practice,
        patient_id: str,
        entries: Sequence[LedgerEntry],
        *,
        origin: str | None = None,
        with_it: Sequence[Record] = (),
    ) -> list[Posting]:
        """Post entries of one account in their order; one outcome an entry.

        `origin` is where they came from. What is `with_it` is written in the same transaction,
        and only where an entry is added.
        """
        wanted = keys_to_post(practice.practice_id, patient_id, entries[:ENTRIES_A_TRANSACTION])
        origins = {entry.entry_id: origin for entry in entries} if origin else {}
        return self._post_account(
            practice, patient_id, entries, origins, table.read(wanted), with_it=with_it
        )

    def post_many(
        self,
        practice: Practice,
        by_patient: Mapping[str, Sequence[LedgerEntry]],
        *,
        origins: Mapping[str, str] | None = None,
    ) -> dict[str, list[Posting]]:
        """Post entries of many accounts: in order within one, several accounts at a time.

        Args:
            practice: whose accounts they are.
            by_patient: the entries of each patient.
            origins: where an entry came from, by entry id; kept with it.
        """
        practice_id = practice.practice_id
        first_reads = table.read(
            key
            for patient_id, entries in by_patient.items()
            for key in keys_to_post(practice_id, patient_id, entries[:ENTRIES_A_TRANSACTION])
        )

        def post(patient_id: str) -> list[Posting]:
            return self._post_account(
                practice, patient_id, by_patient[patient_id], origins or {}, first_reads
            )

        if len(by_patient) == 1 or self._parallel_accounts == 1:
            return {patient_id: post(patient_id) for patient_id in by_patient}
        with ThreadPoolExecutor(self._parallel_accounts) as pool:
            return dict(zip(by_patient, pool.map(post, by_patient), strict=True))

    def _post_account(
        self,
        practice: Practice,
        patient_id: str,
        entries: Sequence[LedgerEntry],
        origins: Mapping[str, str],
        first_reads: Found,
        with_it: Sequence[Record] = (),
    ) -> list[Posting]:
        def join(transaction: TransactWrite) -> None:
            for record in with_it:
                transaction.save(record)

        postings: list[Posting] = []
        for start in range(0, len(entries), ENTRIES_A_TRANSACTION):
            some = entries[start : start + ENTRIES_A_TRANSACTION]
            read_before = [first_reads] if start == 0 else []

            def write(
                some: Sequence[LedgerEntry] = some, read_before: list[Found] = read_before
            ) -> list[Posting]:
                wanted = keys_to_post(practice.practice_id, patient_id, some)
                found = read_before.pop() if read_before else table.read(wanted)
                posting = AccountPosting(practice, patient_id, found, self._clock())
                outcomes = [posting.take(entry, origins.get(entry.entry_id)) for entry in some]
                added = any(each.outcome is PostingOutcome.ADDED for each in outcomes)
                posting.write(join if added else None)
                return outcomes

            postings.extend(races.retrying(write))
        return postings
