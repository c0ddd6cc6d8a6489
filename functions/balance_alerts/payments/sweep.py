"""The nightly sweep: one practice's settlements gone through, so that nothing stays unseen.

It finds what nobody told us of: charges of ours that were given up or forgotten, refunds, voids and
chargebacks made elsewhere, and payments whose money did not come.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from balance_alerts.domain.ledger import EntryKind
from balance_alerts.domain.practice import Practice
from balance_alerts.gateway.codes import BANKS_WORD, WAS_TAKEN, ChargeState
from balance_alerts.gateway.reports import Batch, ListedTransaction, TransactionDetails
from balance_alerts.payments.found import is_ours
from balance_alerts.payments.gateway_books import GatewayBooks
from balance_alerts.payments.gateway_news import GatewayNews
from balance_alerts.payments.taking_in import Taken
from balance_alerts.payments.trials import Trials
from balance_alerts.store import keys, table
from balance_alerts.store.entries import PostedTransactionRecord
from balance_alerts.store.gateway_sweeps import GatewaySweepRecord
from balance_alerts.store.orphan_charges import OrphanChargeRecord, OrphanReason
from balance_alerts.store.settlements import Settlements, UnsettledRecord

FIRST_REACH = timedelta(days=31)
OVERLAP = timedelta(days=1)
"""What was settled shortly before the last sweep may not have been listed by then."""

_DAYS = (5, 10, 15, 20, 30, 45, 60, 75, 90, 105, 120)
READ_AGAIN_AFTER = tuple(timedelta(days=days) for days in _DAYS)
"""Ages at which a batch is read once more: banks take charges back weeks and months later."""

MISSED_AFTER = timedelta(days=1)
GIVEN_UP_AFTER = timedelta(days=10)
"""A payment is watched that long for its settlement; then staff are told."""

_ON_ITS_WAY = frozenset({ChargeState.TAKEN, ChargeState.HELD, ChargeState.UNDECIDED})

_Line = tuple[ListedTransaction, Batch | None]


def deserves_a_look(line: ListedTransaction, posted_as: EntryKind | None) -> bool:
    """Whether a line of the books may say something that is not in the ledger.

    Args:
        line: one line of the unsettled list or of a batch.
        posted_as: what its transaction is in the ledger, None where it is not there.
    """
    if line.gives_back:
        return posted_as is None
    if posted_as is not None:
        return line.state not in _ON_ITS_WAY
    ours_and_taken = line.state is ChargeState.TAKEN and is_ours(line.invoice_number)
    return ours_and_taken or line.state in BANKS_WORD


def _may_be_posted(line: ListedTransaction) -> bool:
    """Whether it is worth asking the table for a line: not for the desk's own charges."""
    return is_ours(line.invoice_number) or line.gives_back or line.state not in _ON_ITS_WAY


@dataclass(slots=True, kw_only=True)
class Sweep:
    """One sweep of one practice.

    `settled` counts the payments of ours that it was the first to see settled, and `settled_cents`
    is their sum.
    """

    practice: Practice
    state: GatewaySweepRecord
    books: GatewayBooks
    news: GatewayNews
    settlements: Settlements
    trials: Trials
    taken: Taken = field(default_factory=Taken)
    settled: int = 0
    settled_cents: int = 0
    _awaited: dict[str, UnsettledRecord] = field(default_factory=dict)

    def run(self) -> bool:
        """Go through everything since the last complete sweep; whether nothing failed.

        Raises:
            GatewayError: the gateway cannot be asked any more.
            OutOfTime: the next one begins where this one began.
        """
        failures_before = self.trials.failures
        now = self.books.read_at
        until = self.state.swept_until
        since = now - FIRST_REACH if until is None else min(until, now) - OVERLAP
        practice_id = self.practice.practice_id
        self._awaited = {
            each.trans_id: each
            for each in self.settlements.awaited(practice_id)
            if self.practice.has_books_of(each.api_login_id)
        }
        unsettled: list[_Line] = [(line, None) for line in self.books.unsettled()]
        self._take([*unsettled, *self._settled(since)])
        self._try_returns_again()
        for waiting in self._awaited.values():
            if now - waiting.posted_at >= MISSED_AFTER:
                with self.trials.trying("look a payment up", trans_id=waiting.trans_id):
                    self._look_for(waiting)
        if until is not None:
            for age in reversed(READ_AGAIN_AFTER):
                self._take(self._settled(min(until, now) - age, now - age))
        return self.trials.failures == failures_before

    def _settled(self, since: datetime, until: datetime | None = None) -> list[_Line]:
        settlements = self.books.settlements(since, until)
        return [(line, each.batch) for each in settlements for line in each.lines]

    def _take(self, listed: list[_Line]) -> None:
        """Take in what is listed. Refunds first: a chargeback takes all that they left."""
        listed = [(line, batch) for line, batch in listed if _may_be_posted(line)]
        posted = self._posted(line for line, _ in listed)
        for line, batch in sorted(listed, key=lambda each: not each[0].gives_back):
            with self.trials.trying("take a transaction in", trans_id=line.trans_id):
                if deserves_a_look(line, posted.get(line.trans_id)):
                    self._look_at(line.trans_id)
                elif batch is not None:
                    self._note_settled(line, batch)

    def _posted(self, lines: Iterable[ListedTransaction]) -> dict[str, EntryKind]:
        """What the transactions of these lines are in the ledger, if they are."""
        practice_id = self.practice.practice_id
        wanted = {keys.posted_transaction(practice_id, each.trans_id): each for each in lines}
        found: dict[keys.Key, PostedTransactionRecord] = table.read(wanted)
        return {
            wanted[key].trans_id: EntryKind(record.kind or EntryKind.PAYMENT)
            for key, record in found.items()
        }

    def _look_at(self, trans_id: str) -> None:
        look_up = self.books.transaction
        self.taken.add(self.news.take_in(self.practice, trans_id, look_up))

    def _try_returns_again(self) -> None:
        """Take in what waited for its charge, which staff may have settled by hand since."""
        for waiting in self.news.orphans.open(self.practice.practice_id):
            if waiting.reason == OrphanReason.ORIGINAL_NOT_POSTED:
                with self.trials.trying("take a return in", trans_id=waiting.trans_id):
                    self._try_return_again(waiting)

    def _try_return_again(self, waiting: OrphanChargeRecord) -> None:
        taken = self.news.take_in(self.practice, waiting.trans_id, self.books.transaction)
        self.taken.add(taken)
        guard = keys.posted_transaction(waiting.practice_id, waiting.trans_id)
        if taken.returns or guard in table.read([guard]):
            self.news.orphans.note_posted(waiting, self.books.read_at)

    def _note_settled(self, line: ListedTransaction, batch: Batch) -> None:
        """Where a posted payment's money came with this batch, write that down."""
        waiting = self._awaited.get(line.trans_id)
        if waiting is not None and line.state is ChargeState.TAKEN:
            self._note(waiting, batch.batch_id, batch.settled_at, line.amount_cents)
            del self._awaited[line.trans_id]

    def _note(
        self, waiting: UnsettledRecord, batch_id: str, settled_at: datetime, cents: int | None
    ) -> None:
        if self.settlements.note(waiting, batch_id=batch_id, settled_at=settled_at):
            self.settled += 1
            self.settled_cents += cents or 0

    def _look_for(self, waiting: UnsettledRecord) -> None:
        """A posted payment that is in no batch seen so far."""
        found = self.books.transaction(waiting.trans_id)
        if found is not None and self._followed(waiting, found):
            return
        if self.books.read_at - waiting.posted_at >= GIVEN_UP_AFTER:
            self.taken.add(
                self.news.raise_orphan(
                    waiting.practice_id,
                    waiting.trans_id,
                    OrphanReason.NOT_SETTLED,
                    invoice_number=waiting.attempt_id,
                    patient_id=waiting.patient_id,
                )
            )
            self.settlements.give_up(waiting)

    def _followed(self, waiting: UnsettledRecord, found: TransactionDetails) -> bool:
        """Do what the charge asks for by now; whether it needs to be watched no more."""
        settled = False
        if found.state in WAS_TAKEN and found.batch_id and found.settled_at:
            self._note(waiting, found.batch_id, found.settled_at, found.amount_cents)
            settled = True
        if found.state is not ChargeState.TAKEN:
            self.taken.add(self.news.take(self.practice, found, self.books.transaction))
        return settled or found.state is ChargeState.VOIDED
