"""Staff decide on what waits for them, and settle payments that nobody could look up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from balance_alerts.domain.attempt import RESOLVED_BY_HAND, Attempt, AttemptState
from balance_alerts.domain.audit import Who
from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.practice import Practice
from balance_alerts.gateway.answers import ChargeAnswer
from balance_alerts.gateway.codes import ChargeOutcome
from balance_alerts.imports.parked import ParkedDesk
from balance_alerts.office.attention import CHARGE, CONTACT, LINK, Decision
from balance_alerts.payments.settle import settle
from balance_alerts.store import keys, table
from balance_alerts.store.attempts import Attempts
from balance_alerts.store.audit import AuditRecord, audit_record
from balance_alerts.store.orphan_charges import OrphanCharges, OrphanReason, OrphanState
from balance_alerts.store.sign_in_tries import LockedLinkRecord, locked_links
from balance_alerts.store.table import Record
from balance_alerts.store.unreachable_contacts import UnreachableContactRecord

BY_HAND_AFTER = timedelta(hours=24)
"""Until then the gateway's books are asked; somebody may only know better when they say nothing."""


@dataclass(frozen=True, slots=True)
class AttentionDesk:
    """Where items leave the list."""

    attempts: Attempts
    orphans: OrphanCharges
    parked: ParkedDesk
    clock: Clock

    def decide(
        self, practice: Practice, item_id: str, decision: Decision, *, note: str, by: Who
    ) -> None:
        """Release or dismiss an item; doing it again changes nothing.

        Raises:
            RuleError: `unknown_item`, `not_decided_here`, or what the ledger or the desk of
                parked items refuses.
        """
        practice_id = practice.practice_id
        if self.attempts.find(practice_id, item_id) is not None:
            raise RuleError(
                "not_decided_here", "A payment is looked up, or resolved by a director."
            )
        if item_id.startswith((CHARGE, LINK, CONTACT)):
            if decision is Decision.RELEASE:
                raise RuleError(
                    "not_decided_here",
                    "There is nothing to release; dismiss it once it is dealt with.",
                )
            self._dismiss(practice_id, item_id, note=note, by=by)
            return
        with_it = [self._note(practice_id, item_id, decision, note=note, by=by)]
        if decision is Decision.RELEASE:
            self.parked.release(practice, item_id, by=by.name, note=note, with_it=with_it)
        else:
            self.parked.dismiss(practice_id, item_id, by=by.name, note=note, with_it=with_it)

    def resolve(
        self,
        practice_id: str,
        payment_id: str,
        *,
        trans_id: str | None,
        note: str,
        by: Who,
    ) -> Attempt:
        """Settle an open payment by hand: charged by `trans_id`, or not charged where that is None.

        Raises:
            RuleError: `unknown_payment`, `too_early`, `payment_settled`,
                `transaction_posted_already`.
        """
        attempt = self.attempts.find(practice_id, payment_id)
        if attempt is None:
            raise RuleError("unknown_payment", "There is no payment with this id.")
        if not attempt.state.is_open:
            raise RuleError("payment_settled", "This payment is settled already; look at it again.")
        now = self.clock()
        if now - attempt.begun_at < BY_HAND_AFTER:
            raise RuleError(
                "too_early",
                "It is still being looked up; it can be resolved by hand 24 hours after it began.",
            )
        if trans_id is None:
            answer = ChargeAnswer(outcome=ChargeOutcome.FAILED, detail=RESOLVED_BY_HAND)
        else:
            answer = ChargeAnswer(outcome=ChargeOutcome.APPROVED, trans_id=trans_id)
        record = audit_record(
            practice_id,
            by,
            now,
            action="payment_resolved",
            subject=f"patient {attempt.patient_id}",
            before={"payment_id": None, "state": attempt.state_at(now).value},
            after={
                "payment_id": payment_id,
                "state": "charged" if trans_id else "not_charged",
                "trans_id": trans_id,
                "amount_cents": attempt.amount_cents,
            },
            note=note,
        )
        settled = settle(attempt, answer, self.clock, with_it=[record])
        wanted = AttemptState.APPROVED if trans_id else AttemptState.FAILED
        if not settled.moved and settled.attempt.state is not wanted:
            raise RuleError("payment_settled", "This payment was settled meanwhile; look again.")
        return settled.attempt

    def _dismiss(self, practice_id: str, item_id: str, *, note: str, by: Who) -> None:
        def noted() -> AuditRecord:
            return self._note(practice_id, item_id, Decision.DISMISS, note=note, by=by)

        if item_id.startswith(CHARGE):
            trans_id, _, reason = item_id.removeprefix(CHARGE).partition(".")
            if reason not in list(OrphanReason):
                raise _unknown_item()
            record = self.orphans.get(practice_id, trans_id, OrphanReason(reason))
            if record.state == OrphanState.OPEN.value:
                self.orphans.dismiss(
                    record, by=by.name, note=note, now=self.clock(), with_it=[noted()]
                )
        elif item_id.startswith(LINK):
            beginning = item_id.removeprefix(LINK)
            found = [
                each
                for each in locked_links(practice_id, self.clock())
                if each.digest.startswith(beginning)
            ]
            _forget(found[0] if found else None, noted)
        else:
            key = keys.unreachable_contact(practice_id, item_id.removeprefix(CONTACT))
            _forget(table.read([key]).get(key), noted)

    def _note(
        self, practice_id: str, item_id: str, decision: Decision, *, note: str, by: Who
    ) -> AuditRecord:
        return audit_record(
            practice_id,
            by,
            self.clock(),
            action="attention_released" if decision is Decision.RELEASE else "attention_dismissed",
            subject=f"item {item_id}",
            before={},
            after={},
            note=note or None,
        )


def _forget(
    record: LockedLinkRecord | UnreachableContactRecord | None, noted: Callable[[], Record]
) -> None:
    """Take a hint off the list, together with the note of it."""
    if record is None:
        raise _unknown_item()
    with table.transaction() as transaction:
        transaction.delete(record)
        transaction.save(noted())


def _unknown_item() -> RuleError:
    return RuleError("unknown_item", "There is no such item on the list.")
