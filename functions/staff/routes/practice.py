"""The practice itself: profile and settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from balance_alerts.access.staff import StaffMember
from balance_alerts.domain.permissions import Level
from balance_alerts.http_api.exchange import Answer, Request
from balance_alerts.office.practice import PracticeView, practice_view
from staff.operation import StaffOperation

if TYPE_CHECKING:
    from balance_alerts.wiring import Wiring


@dataclass(frozen=True, slots=True)
class PracticeSubject:
    """The practice of whoever asks."""

    wiring: Wiring
    operations: ClassVar[tuple[StaffOperation, ...]] = (
        StaffOperation(
            name="show_practice",
            method="GET",
            path="/practice",
            summary="Profile, alert settings and card payments of the practice",
            least=Level.FRONT_DESK,
            answers={200: PracticeView},
        ),
    )

    def show_practice(self, member: StaffMember, _: Request) -> Answer:
        """Show it."""
        return Answer(content=practice_view(self.wiring.practices.get(member.practice_id)))
