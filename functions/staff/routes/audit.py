"""The audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from balance_alerts.access.staff import StaffMember
from balance_alerts.domain.audit import Change
from balance_alerts.domain.permissions import Level
from balance_alerts.http_api.exchange import Answer, Request
from balance_alerts.http_api.paging import PAGE_SIZE, cursor_of, sort_key_of
from balance_alerts.store.audit import changes_of
from staff.operation import StaffOperation

if TYPE_CHECKING:
    from balance_alerts.wiring import Wiring

_CENTURY = "20"
"""What the sort keys of all changes begin with: the instant comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoView:
    """Who made a change; without a level it was the operator."""

    id: str
    name: str
    level: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """One change: `before` and `after` hold what differs, by name; contacts in them are masked."""

    at: datetime
    by: WhoView
    action: str
    subject: str
    before: dict[str, object]
    after: dict[str, object]
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditView:
    """Some of the changes, newest first."""

    changes: list[ChangeView]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class AuditSubject:
    """What was changed at the practice."""

    wiring: Wiring
    operations: ClassVar[tuple[StaffOperation, ...]] = (
        StaffOperation(
            name="show_audit",
            method="GET",
            path="/audit",
            summary="Every change made at the practice, newest first: who, when, from what to what",
            least=Level.FRONT_DESK,
            query={"cursor": "next_cursor of the page before"},
            answers={200: AuditView},
            problems=("invalid_value",),
        ),
    )

    def show_audit(self, member: StaffMember, request: Request) -> Answer:
        """Show some of it."""
        cursor = request.cursor
        after = None if cursor is None else sort_key_of(cursor, prefix=_CENTURY)
        changes, going_on = changes_of(member.practice_id, after=after, limit=PAGE_SIZE)
        view = AuditView(
            changes=[_view(change) for change in changes],
            next_cursor=None if going_on is None else cursor_of(going_on),
        )
        return Answer(content=view)


def _view(change: Change) -> ChangeView:
    return ChangeView(
        at=change.at,
        by=WhoView(id=change.by.id, name=change.by.name, level=change.by.level),
        action=change.action,
        subject=change.subject,
        before=dict(change.before),
        after=dict(change.after),
        note=change.note,
    )
