"""The practice's staff accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, ClassVar

from balance_alerts.access.staff import StaffMember
from balance_alerts.domain.permissions import Level
from balance_alerts.domain.team import TeamMember
from balance_alerts.http_api.exchange import Answer, Request
from balance_alerts.http_api.paging import PAGE_SIZE, cursor_of, sort_key_of
from balance_alerts.http_api.shapes import UNSET, Length, Unset, sent
from staff.operation import StaffOperation

if TYPE_CHECKING:
    from balance_alerts.wiring import Wiring


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A colleague to be invited."""

    name: Annotated[str, Length(1, 80)]
    email: Annotated[str, Length(3, 254)]
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMemberChange:
    """What is to change of a staff account; what is not sent stays."""

    name: Annotated[str, Length(1, 80)] | Unset = UNSET
    email: Annotated[str, Length(3, 254)] | Unset = UNSET
    level: Level | Unset = UNSET
    disabled: bool | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMemberView:
    """A staff account."""

    staff_id: str
    name: str
    email: str
    level: Level
    disabled: bool
    invited_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamView:
    """Some of the staff accounts."""

    staff: list[TeamMemberView]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class TeamSubject:
    """The colleagues of whoever asks."""

    wiring: Wiring
    operations: ClassVar[tuple[StaffOperation, ...]] = (
        StaffOperation(
            name="list_staff",
            method="GET",
            path="/staff",
            summary="The practice's staff accounts",
            least=Level.PRACTICE_ADMINISTRATOR,
            query={"cursor": "next_cursor of the page before"},
            answers={200: TeamView},
            problems=("invalid_value",),
        ),
        StaffOperation(
            name="invite_staff",
            method="POST",
            path="/staff",
            summary="Invite a colleague by email; once more sends the email again",
            least=Level.PRACTICE_ADMINISTRATOR,
            body=Invitation,
            answers={200: TeamMemberView, 201: TeamMemberView},
            problems=("staff_exists", "changed_meanwhile"),
        ),
        StaffOperation(
            name="change_staff",
            method="PUT",
            path="/staff/{staff_id}",
            summary="Change a colleague's account, or whether they may sign in",
            least=Level.PRACTICE_ADMINISTRATOR,
            body=TeamMemberChange,
            answers={200: TeamMemberView},
            problems=("unknown_staff", "own_account", "staff_exists", "changed_meanwhile"),
        ),
        StaffOperation(
            name="remove_staff",
            method="DELETE",
            path="/staff/{staff_id}",
            summary="Remove a colleague's account for good",
            least=Level.PRACTICE_ADMINISTRATOR,
            answers={204: None},
            problems=("unknown_staff", "own_account", "changed_meanwhile"),
        ),
    )

    def list_staff(self, member: StaffMember, request: Request) -> Answer:
        """List them."""
        cursor = request.cursor
        after = None if cursor is None else sort_key_of(cursor, prefix="TEAM#")
        found, going_on = self.wiring.team.page(member.practice_id, after=after, limit=PAGE_SIZE)
        view = TeamView(
            staff=[_view(each) for each in found],
            next_cursor=None if going_on is None else cursor_of(going_on),
        )
        return Answer(content=view)

    def invite_staff(self, member: StaffMember, request: Request) -> Answer:
        """Invite one more."""
        body = request.read(Invitation)
        invited, is_new = self.wiring.team_desk.invite(
            member.practice_id, name=body.name, email=body.email, level=body.level, by=member.who
        )
        return Answer(status=201 if is_new else 200, content=_view(invited))

    def change_staff(self, member: StaffMember, request: Request) -> Answer:
        """Change one."""
        changes = sent(request.read(TeamMemberChange))
        changed = self.wiring.team_desk.change(
            member.practice_id, request.parameters["staff_id"], changes, by=member.who
        )
        return Answer(content=_view(changed))

    def remove_staff(self, member: StaffMember, request: Request) -> Answer:
        """Remove one."""
        staff_id = request.parameters["staff_id"]
        self.wiring.team_desk.remove(member.practice_id, staff_id, by=member.who)
        return Answer(status=204)


def _view(member: TeamMember) -> TeamMemberView:
    return TeamMemberView(
        staff_id=member.staff_id,
        name=member.name,
        email=member.email,
        level=member.level,
        disabled=member.disabled,
        invited_at=member.invited_at,
    )
