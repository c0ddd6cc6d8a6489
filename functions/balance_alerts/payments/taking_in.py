"""One transaction of the gateway taken in, with what it draws after it: a return its charge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from balance_alerts.domain.attempt import Attempt, AttemptState
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.ledger import EntryKind
from balance_alerts.domain.practice import Practice
from balance_alerts.gateway.authorize_net import GatewayError
from balance_alerts.gateway.codes import (
    BANKS_WORD,
    NO_CHARGE,
    WAS_TAKEN,
    ChargeOutcome,
    ChargeState,
)
from balance_alerts.gateway.reports import TransactionDetails
from balance_alerts.payments.found import answer_of, is_charge_of, marked_with
from balance_alerts.payments.returns import (
    Return,
    ReturnOutcome,
    chargeback_of,
    post_return,
    refund_of,
    void_of,
)
from balance_alerts.payments.settle import settle
from balance_alerts.payments.undone_returns import undo_return
from balance_alerts.store import keys, table
from balance_alerts.store.entries import PostedTransactionRecord
from balance_alerts.store.orphan_charges import OrphanReason

if TYPE_CHECKING:
    from balance_alerts.payments.gateway_news import GatewayNews

_NO_MONEY = frozenset({ChargeState.NOT_SETTLED, ChargeState.NOT_TAKEN})

LookUp = Callable[[str], TransactionDetails | None]
"""One transaction in full by its id, None where there is none; raises GatewayError."""


@dataclass(slots=True)
class Taken:
    """What came into ledgers and onto staff's list, and attempts that ended without a payment."""

    payments: int = 0
    returns: int = 0
    orphans: int = 0
    not_charged: int = 0

    def add(self, other: Taken) -> None:
        """Count another one in."""
        self.payments += other.payments
        self.returns += other.returns
        self.orphans += other.orphans
        self.not_charged += other.not_charged


class TakingIn:
    """One transaction, and what it drew after it."""

    def __init__(self, news: GatewayNews, practice: Practice, look_up: LookUp) -> None:
        self._news = news
        self._practice_id = practice.practice_id
        self._look_up = look_up
        self.taken = Taken()

    def take_charge(self, found: TransactionDetails) -> Attempt | None:
        """Take a charge in; the attempt if by then it is in the ledger."""
        attempt_id = marked_with(found)
        if attempt_id is None:
            return None
        attempt = self._news.attempts.find(self._practice_id, attempt_id)
        if attempt is None:
            self._take_unknown(found, attempt_id)
            return None
        if not _is_posted(attempt, found):
            if not is_charge_of(found, attempt):
                if found.state not in NO_CHARGE:
                    self._orphan(found, OrphanReason.REFERENCE_MISSING, attempt)
                return None
            attempt = self._settled(attempt, found)
        if not _is_posted(attempt, found):
            return None
        self._take_back(attempt, found)
        return attempt

    def take_return(self, found: TransactionDetails) -> None:
        """Take a refund in, or a chargeback that is a transaction of its own."""
        original_id = found.ref_trans_id
        if original_id is None:
            return
        guards = table.read(
            keys.posted_transaction(self._practice_id, each)
            for each in (original_id, found.trans_id)
        )
        own = keys.posted_transaction(self._practice_id, found.trans_id)
        if own not in guards and not found.gives_back and found.state not in BANKS_WORD:
            return
        attempt = self._original(
            found, guards.get(keys.posted_transaction(self._practice_id, original_id))
        )
        if attempt is None:
            return
        if found.state in BANKS_WORD:
            self._follow_the_bank(attempt, found, original_id)
        elif found.gives_back:
            if found.amount_cents is None:
                raise GatewayError("garbled")
            self._post(attempt, found, refund_of(found))
        elif found.state is ChargeState.VOIDED:
            self._undo(attempt, refund_of(found))
        elif found.state in _NO_MONEY:
            self._orphan(found, OrphanReason.NOT_SETTLED, attempt)

    def _original(
        self, found: TransactionDetails, posted: PostedTransactionRecord | None
    ) -> Attempt | None:
        """The attempt whose payment a return is of, posted first where it was not."""
        if posted is not None and (posted.kind or EntryKind.PAYMENT) == EntryKind.PAYMENT:
            return self._news.attempts.get(self._practice_id, posted.patient_id, posted.attempt_id)
        original = self._look_up(str(found.ref_trans_id))
        if original is None or original.is_refund:
            return None
        attempt = self.take_charge(original)
        attempt_id = marked_with(original)
        if attempt is None and attempt_id and not self._is_another_practices(attempt_id):
            # The charge is on staff's list itself, or about to be posted by the next sweep.
            self._orphan(found, OrphanReason.ORIGINAL_NOT_POSTED)
        return attempt

    def _take_unknown(self, found: TransactionDetails, attempt_id: str) -> None:
        """A charge that bears an id of ours of which nothing is written down."""
        if found.state in WAS_TAKEN and not self._is_another_practices(attempt_id):
            whole = found.ref_id == found.invoice_number
            self._orphan(
                found,
                OrphanReason.UNKNOWN_ATTEMPT if whole else OrphanReason.REFERENCE_MISSING,
            )

    def _is_another_practices(self, attempt_id: str) -> bool:
        """Whether it is an attempt of another practice: several may share a merchant account."""
        others = (each for each in self._news.practice_ids() if each != self._practice_id)
        return self._news.attempts.is_known(others, attempt_id)

    def _settled(self, attempt: Attempt, found: TransactionDetails) -> Attempt:
        """The attempt as the charge leaves it."""
        answer = answer_of(found, attempt)
        taken = found.state in WAS_TAKEN
        if taken and attempt.state is AttemptState.APPROVED:
            self._orphan(found, OrphanReason.POSTED_ELSEWHERE, attempt)
            return attempt
        if taken and answer.outcome is not ChargeOutcome.APPROVED:
            self._orphan(found, OrphanReason.ANOTHER_AMOUNT, attempt)
        try:
            settled = settle(attempt, answer, self._news.clock)
        except RuleError as error:
            if error.code != "transaction_posted_already":
                raise
            self._orphan(found, OrphanReason.POSTED_ELSEWHERE, attempt)
            return attempt
        posted = settled.moved and settled.attempt.state is AttemptState.APPROVED
        self.taken.payments += int(posted)
        ended = settled.moved and not posted and not settled.attempt.state.is_open
        self.taken.not_charged += int(ended)
        if posted:
            self._news.want_receipt(settled)
        return settled.attempt

    def _take_back(self, attempt: Attempt, found: TransactionDetails) -> None:
        """What a posted charge's own status says of its money."""
        if found.state is ChargeState.VOIDED:
            self._post(attempt, found, void_of(found.trans_id))
        elif found.state in BANKS_WORD:
            self._follow_the_bank(attempt, found, found.trans_id)
        elif found.state in _NO_MONEY:
            self._orphan(found, OrphanReason.NOT_SETTLED, attempt)

    def _follow_the_bank(self, attempt: Attempt, found: TransactionDetails, charge_id: str) -> None:
        back = chargeback_of(charge_id)
        if found.state is ChargeState.WON_BACK:
            self._undo(attempt, back)
        else:
            self._post(attempt, found, back)

    def _post(self, attempt: Attempt, found: TransactionDetails, back: Return) -> None:
        outcome = post_return(
            attempt,
            back,
            self._news.clock,
            tell_too_much=lambda: self._orphan(found, OrphanReason.MORE_THAN_LEFT, attempt),
        )
        self.taken.returns += int(outcome is ReturnOutcome.POSTED)
        if outcome is ReturnOutcome.AGAIN and back.kind is EntryKind.CHARGEBACK:
            self._orphan(found, OrphanReason.CHARGED_BACK_AGAIN, attempt)

    def _undo(self, attempt: Attempt, back: Return) -> None:
        outcome = undo_return(attempt, back, self._news.clock)
        self.taken.returns += int(outcome is ReturnOutcome.POSTED)

    def _orphan(
        self, found: TransactionDetails, reason: OrphanReason, attempt: Attempt | None = None
    ) -> None:
        self.taken.add(
            self._news.raise_orphan(
                self._practice_id,
                found.trans_id,
                reason,
                invoice_number=found.invoice_number,
                amount_cents=found.amount_cents,
                patient_id=attempt.patient_id if attempt else None,
            )
        )


def _is_posted(attempt: Attempt, found: TransactionDetails) -> bool:
    return attempt.state is AttemptState.APPROVED and attempt.trans_id == found.trans_id
