"""A patient's links to the portal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from balance_alerts.access.staff import StaffMember
from balance_alerts.domain.permissions import Level
from balance_alerts.http_api.exchange import Answer, Request
from balance_alerts.office.link_desk import IssuedLink
from staff.operation import StaffOperation
from staff.routes.patients import UNKNOWN, about, patient_of

if TYPE_CHECKING:
    from balance_alerts.wiring import Wiring


@dataclass(frozen=True, slots=True)
class PatientLinksSubject:
    """The ways into one patient's account."""

    wiring: Wiring
    operations: ClassVar[tuple[StaffOperation, ...]] = (
        StaffOperation(
            name="issue_link",
            method="POST",
            path="/patients/{patient_id}/links",
            summary="A new link, for staff to hand to the patient; it is shown this once",
            least=Level.FRONT_DESK,
            answers={201: IssuedLink},
            problems=(*UNKNOWN, "links_revoked"),
        ),
        StaffOperation(
            name="revoke_links",
            method="DELETE",
            path="/patients/{patient_id}/links",
            summary="End every link, and the sessions they opened",
            least=Level.FRONT_DESK,
            answers={204: None},
            problems=("unknown_patient",),
        ),
    )

    def issue_link(self, member: StaffMember, request: Request) -> Answer:
        """Issue one."""
        patient_id = patient_of(request)
        issued = self.wiring.link_desk.issue(member.practice_id, patient_id, by=member.who)
        return about(member, patient_id, issued, status=201)

    def revoke_links(self, member: StaffMember, request: Request) -> Answer:
        """Revoke all."""
        patient_id = patient_of(request)
        self.wiring.link_desk.revoke_all(member.practice_id, patient_id, by=member.who)
        return about(member, patient_id, None, status=204)
