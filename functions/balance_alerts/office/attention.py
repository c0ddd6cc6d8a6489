"""What waits for somebody at the practice to look into it, from wherever it lies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from balance_alerts.domain.attempt import AttemptState
from balance_alerts.domain.calendar import Clock
from balance_alerts.store.attempts import Attempts
from balance_alerts.store.orphan_charges import OrphanCharges
from balance_alerts.store.parked import ParkedItems, ParkedKind
from balance_alerts.store.sign_in_tries import locked_links
from balance_alerts.store.unreachable_contacts import unreachable_of

CHARGE, LINK, CONTACT = "charge-", "link-", "contact-"
"""What the ids of items begin with that are not parked and no payments."""
DIGITS_OF_LINK = 32


class AttentionKind(StrEnum):
    """What it is."""

    PAYMENT = "payment"
    ORPHAN_CHARGE = "orphan_charge"
    POSSIBLE_DUPLICATE = "possible_duplicate"
    PARKED_CLAIM = "parked_claim"
    LOCKED_LINK = "locked_link"
    UNREACHABLE_CONTACT = "unreachable_contact"


class Decision(StrEnum):
    """What may become of it: it counts after all, or it needs no more attention."""

    RELEASE = "release"
    DISMISS = "dismiss"


_RELEASE, _DISMISS = [Decision.RELEASE], [Decision.DISMISS]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionItem:
    """One of them.

    `reason` is a stable code; `actions` are what it may be answered with. A payment has none: it
    is looked up until its outcome is known, or resolved by a director. What somebody began to
    release may be in the ledger, and can only be released. `payment_id` is what the gateway calls
    the invoice number; the card is told as far as the gateway told it.
    """

    item_id: str
    kind: AttentionKind
    reason: str
    at: datetime | None
    patient_id: str | None
    actions: list[Decision]
    amount_cents: int | None = None
    case_id: str | None = None
    payment_id: str | None = None
    trans_id: str | None = None
    card_type: str | None = None
    last_four: str | None = None
    channel: str | None = None
    import_id: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class AttentionList:
    """Everything that waits at a practice."""

    attempts: Attempts
    orphans: OrphanCharges
    parked: ParkedItems
    clock: Clock

    def waiting(self, practice_id: str) -> list[AttentionItem]:
        """All of it: money first, oldest first."""
        order = list(AttentionKind)
        return sorted(
            (
                *self._payments(practice_id),
                *self._orphans(practice_id),
                *self._parked(practice_id),
                *_locked_links(practice_id, self.clock()),
                *_unreachable_contacts(practice_id),
            ),
            key=lambda item: (order.index(item.kind), str(item.at), item.item_id),
        )

    def _payments(self, practice_id: str) -> Iterator[AttentionItem]:
        """Those that are held or unknown; one just sent is nobody's concern yet."""
        now = self.clock()
        for attempt in self.attempts.open(practice_id):
            state = attempt.state_at(now)
            if state is AttemptState.SENDING:
                continue
            yield AttentionItem(
                item_id=attempt.attempt_id,
                kind=AttentionKind.PAYMENT,
                reason=state.value,
                at=attempt.begun_at,
                patient_id=attempt.patient_id,
                actions=[],
                amount_cents=attempt.amount_cents,
                payment_id=attempt.attempt_id,
                trans_id=attempt.trans_id,
                card_type=attempt.card_type,
                last_four=attempt.last_four,
            )

    def _orphans(self, practice_id: str) -> Iterator[AttentionItem]:
        for record in self.orphans.open(practice_id):
            yield AttentionItem(
                item_id=f"{CHARGE}{record.trans_id}.{record.reason}",
                kind=AttentionKind.ORPHAN_CHARGE,
                reason=record.reason,
                at=record.found_at,
                patient_id=record.patient_id,
                actions=_DISMISS,
                amount_cents=None if record.amount_cents is None else int(record.amount_cents),
                payment_id=record.invoice_number,
                trans_id=record.trans_id,
            )

    def _parked(self, practice_id: str) -> Iterator[AttentionItem]:
        for record in self.parked.open(practice_id):
            claim = record.kind == ParkedKind.CLAIM
            yield AttentionItem(
                item_id=record.item_id,
                kind=AttentionKind.PARKED_CLAIM if claim else AttentionKind.POSSIBLE_DUPLICATE,
                reason=record.reason,
                at=record.parked_at,
                patient_id=record.patient_id,
                actions=_RELEASE if record.is_being_released else _RELEASE + _DISMISS,
                amount_cents=int(record.amount_cents),
                case_id=record.case_id,
                import_id=record.import_id,
                line=int(record.line),
            )


def _locked_links(practice_id: str, now: datetime) -> Iterator[AttentionItem]:
    for record in locked_links(practice_id, now):
        yield AttentionItem(
            item_id=f"{LINK}{record.digest[:DIGITS_OF_LINK]}",
            kind=AttentionKind.LOCKED_LINK,
            reason="ended" if record.ended else "locked",
            at=record.locked_at,
            patient_id=record.patient_id,
            actions=_DISMISS,
        )


def _unreachable_contacts(practice_id: str) -> Iterator[AttentionItem]:
    for record, account in unreachable_of(practice_id):
        state = account.mobile_state if record.channel == "text" else account.email_state
        yield AttentionItem(
            item_id=f"{CONTACT}{record.item_id}",
            kind=AttentionKind.UNREACHABLE_CONTACT,
            reason=str(state),
            at=record.since,
            patient_id=record.patient_id,
            actions=_DISMISS,
            channel=record.channel,
        )
