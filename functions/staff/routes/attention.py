"""What waits for somebody, and the patients' questions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, ClassVar

from balance_alerts.access.staff import StaffMember
from balance_alerts.domain.attempt import AttemptState
from balance_alerts.domain.card_numbers import without_card_numbers
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.ids import ID
from balance_alerts.domain.permissions import Level
from balance_alerts.http_api.exchange import Answer, Request
from balance_alerts.http_api.paging import PAGE_SIZE, cursor_of, sort_key_of
from balance_alerts.http_api.shapes import Length
from balance_alerts.office.attention import AttentionItem, Decision
from staff.operation import StaffOperation

if TYPE_CHECKING:
    from balance_alerts.wiring import Wiring

_AFTER = "after "


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionDecision:
    """What becomes of an item; the note says why."""

    action: Decision
    note: Annotated[str, Length(0, 500)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionView:
    """Some of what waits: money first, oldest first."""

    items: list[AttentionItem]
    next_cursor: str | None


class Outcome(StrEnum):
    """What somebody found out about a payment."""

    CHARGED = "charged"
    NOT_CHARGED = "not_charged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What came of a payment that nobody could look up; trans_id is the gateway's, if charged."""

    outcome: Outcome
    trans_id: Annotated[str, Length(1, 64)] | None = None
    note: Annotated[str, Length(1, 500)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedPayment:
    """The payment as it now stands."""

    payment_id: str
    patient_id: str
    amount_cents: int
    state: AttemptState
    trans_id: str | None
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class AttentionSubject:
    """What needs somebody at the practice."""

    wiring: Wiring
    operations: ClassVar[tuple[StaffOperation, ...]] = (
        StaffOperation(
            name="show_attention",
            method="GET",
            path="/attention",
            summary="Payments, charges, parked claims, links and contacts that need a look",
            least=Level.FRONT_DESK,
            query={"cursor": "next_cursor of the page before"},
            answers={200: AttentionView},
            problems=("invalid_value",),
        ),
        StaffOperation(
            name="decide_attention",
            method="POST",
            path="/attention/{item_id}",
            summary="Let an item count after all, or take it off the list",
            least=Level.FRONT_DESK,
            body=AttentionDecision,
            answers={204: None},
            problems=(
                "unknown_practice",
                "unknown_item",
                "unknown_patient",
                "not_decided_here",
                "dismissed_before",
                "released_before",
                "decided_meanwhile",
                "newer_adjudication",
                "several_claims",
                "entry_conflict",
            ),
        ),
        StaffOperation(
            name="resolve_payment",
            method="POST",
            path="/payments/{payment_id}/resolve",
            summary="Settle by hand a payment whose outcome nobody could look up for 24 hours",
            least=Level.THERAPY_DIRECTOR,
            body=Resolution,
            answers={200: ResolvedPayment},
            problems=(
                "unknown_payment",
                "too_early",
                "payment_settled",
                "transaction_posted_already",
            ),
        ),
    )

    def show_attention(self, member: StaffMember, request: Request) -> Answer:
        """List what waits."""
        cursor = request.cursor
        items = self.wiring.attention.waiting(member.practice_id)
        if cursor is not None:
            after = sort_key_of(cursor, prefix=_AFTER).removeprefix(_AFTER)
            items = items[_position_after(items, after) :]
        page = items[:PAGE_SIZE]
        more = len(items) > PAGE_SIZE
        view = AttentionView(
            items=page, next_cursor=cursor_of(_AFTER + page[-1].item_id) if more else None
        )
        return Answer(content=view)

    def decide_attention(self, member: StaffMember, request: Request) -> Answer:
        """Decide on an item."""
        body = request.read(AttentionDecision)
        practice = self.wiring.practices.get(member.practice_id)
        self.wiring.attention_desk.decide(
            practice,
            request.parameters["item_id"],
            body.action,
            note=without_card_numbers(body.note or ""),
            by=member.who,
        )
        return Answer(status=204)

    def resolve_payment(self, member: StaffMember, request: Request) -> Answer:
        """Settle a payment."""
        body = request.read(Resolution)
        charged = body.outcome is Outcome.CHARGED
        if charged and body.trans_id is None:
            raise RuleError("missing_field", "Add the field trans_id: the gateway's transaction.")
        if body.trans_id is not None and not (charged and ID.fullmatch(body.trans_id)):
            raise RuleError(
                "invalid_value",
                "trans_id must be the gateway's transaction id of what was charged.",
            )
        attempt = self.wiring.attention_desk.resolve(
            member.practice_id,
            request.parameters["payment_id"],
            trans_id=body.trans_id,
            note=without_card_numbers(body.note),
            by=member.who,
        )
        view = ResolvedPayment(
            payment_id=attempt.attempt_id,
            patient_id=attempt.patient_id,
            amount_cents=attempt.amount_cents,
            state=attempt.state,
            trans_id=attempt.trans_id,
            begun_at=attempt.begun_at,
        )
        return Answer(content=view)


def _position_after(items: list[AttentionItem], item_id: str) -> int:
    """Where the list goes on; from its beginning where the item left it meanwhile."""
    ids = [item.item_id for item in items]
    return ids.index(item_id) + 1 if item_id in ids else 0
