"""Deciding on what an import parked: release lets it count, dismiss drops it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.claim_level import ParkReason
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.practice import Practice
from balance_alerts.imports.claim_content import adjudication_of
from balance_alerts.imports.claim_ledger import ClaimLedger, NotPosted
from balance_alerts.store import keys, table
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.claim_levels import entry_of
from balance_alerts.store.entries import EntryIdRecord, digest_of
from balance_alerts.store.ledger import Ledger
from balance_alerts.store.parked import ParkedItems, ParkedKind, ParkedRecord, ParkedState
from balance_alerts.store.posting import PostingOutcome
from balance_alerts.store.table import Record


class ParkedDesk:
    """Where staff decide on parked claims and payments."""

    def __init__(
        self,
        *,
        parked: ParkedItems,
        accounts: Accounts,
        ledger: Ledger,
        claims: ClaimLedger,
        clock: Clock,
    ) -> None:
        self._parked = parked
        self._accounts = accounts
        self._ledger = ledger
        self._claims = claims
        self._clock = clock

    def waiting(self, practice_id: str) -> Iterator[ParkedRecord]:
        """What waits for a decision."""
        return self._parked.open(practice_id)

    def release(
        self,
        practice: Practice,
        item_id: str,
        *,
        by: str,
        note: str,
        with_it: Iterable[Record] = (),
    ) -> ParkedRecord:
        """Let an item count as if it had not been parked; `with_it` is written with the decision.

        It is posted before the decision is written: what a crash leaves between the two is still
        in the list, and releasing it again posts nothing twice. That it is being released is
        written first, so that nobody dismisses what may be in the ledger. A refusal takes that
        back only where no other release may be posting it; what one has posted is released, even
        where by now it would be refused.

        Raises:
            RuleError: `unknown_item`, `dismissed_before`, `decided_meanwhile`,
                `newer_adjudication`, `several_claims`, or the ledger refuses it.
        """
        item = self._parked.get(practice.practice_id, item_id)
        if item.state == ParkedState.DISMISSED:
            raise RuleError("dismissed_before", "This item was dismissed; enter it by hand.")
        if item.state == ParkedState.RELEASED:
            return item
        alone = self._parked.begin_release(item, self._clock())
        try:
            if item.kind == ParkedKind.CLAIM:
                self._release_claim(practice, item)
            else:
                self._release_payment(practice, item)
        except RuleError:
            if not _was_posted(item):
                if alone:
                    self._parked.end_release(item)
                raise
        self._decide(item, ParkedState.RELEASED, by=by, note=note, with_it=with_it)
        return item

    def dismiss(
        self,
        practice_id: str,
        item_id: str,
        *,
        by: str,
        note: str,
        with_it: Iterable[Record] = (),
    ) -> ParkedRecord:
        """Drop an item for good; the same file again does not bring it back.

        Raises:
            RuleError: `unknown_item`, `released_before`, `decided_meanwhile`.
        """
        item = self._parked.get(practice_id, item_id)
        if item.state == ParkedState.RELEASED:
            raise RuleError("released_before", "This item was released; reverse its entry instead.")
        if item.state == ParkedState.OPEN and item.is_being_released:
            raise RuleError(
                "released_before",
                "Somebody began to release this item; release it again, then reverse its entry.",
            )
        if item.state == ParkedState.OPEN and _is_in_ledger(item):
            raise RuleError(
                "released_before",
                "This payment is in the ledger by now; release it to take it off the list, then "
                "reverse its entry.",
            )
        if item.state == ParkedState.OPEN:
            self._decide(item, ParkedState.DISMISSED, by=by, note=note, with_it=with_it)
        return item

    def _decide(
        self,
        item: ParkedRecord,
        state: ParkedState,
        *,
        by: str,
        note: str,
        with_it: Iterable[Record],
    ) -> None:
        self._parked.decide(item, state, by=by, note=note, now=self._clock(), with_it=with_it)

    def _release_claim(self, practice: Practice, item: ParkedRecord) -> None:
        account = self._accounts.get(practice.practice_id, item.patient_id)
        change = adjudication_of(item.content)
        result = self._claims.take(
            practice, account, change, origin=_origin_of(item), released=True
        )
        if isinstance(result, NotPosted) and result.outdated:
            raise RuleError(
                "newer_adjudication",
                "A newer adjudication of this claim is in the ledger already; dismiss this one.",
            )
        if isinstance(result, ParkReason):
            raise RuleError(
                result.value,
                "Several claims of this case could be meant; enter the change by hand, then "
                "dismiss this one.",
            )

    def _release_payment(self, practice: Practice, item: ParkedRecord) -> None:
        entry = entry_of(item.content)
        postings = self._ledger.post_many(
            practice,
            {item.patient_id: [entry]},
            origins={entry.entry_id: _origin_of(item)},
        )
        (posting,) = postings[item.patient_id]
        if posting.outcome is PostingOutcome.REFUSED:
            raise RuleError(posting.code, posting.message)


def _origin_of(item: ParkedRecord) -> str:
    """Where an entry came from that was released."""
    return f"parked:{item.item_id}"


def _was_posted(item: ParkedRecord) -> bool:
    """Whether a release of this item brought it into the ledger."""
    found = _entry_of(item)
    return found is not None and found.origin == _origin_of(item)


def _is_in_ledger(item: ParkedRecord) -> bool:
    """Whether this very payment is: one worker posted its line while another one parked it."""
    if item.kind == ParkedKind.CLAIM:
        return False
    found = _entry_of(item)
    return found is not None and found.digest == digest_of(item.patient_id, entry_of(item.content))


def _entry_of(item: ParkedRecord) -> EntryIdRecord | None:
    """The entry under the id that a release of this item posts."""
    claim = item.kind == ParkedKind.CLAIM
    entry_id = item.item_id if claim else item.content["entry_id"]
    key = keys.entry_id(item.practice_id, entry_id)
    return table.read([key]).get(key)
