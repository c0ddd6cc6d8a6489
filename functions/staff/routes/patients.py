"""Patients: finding them, opening one, adding one, changing details."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from balance_alerts.access.staff import StaffMember
from balance_alerts.channels.addresses import ContactProblem
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.ids import ID
from balance_alerts.domain.permissions import Level
from balance_alerts.http_api.exchange import Answer, Request
from balance_alerts.http_api.shapes import sent
from balance_alerts.office.patient_file import PatientFile, open_file
from balance_alerts.office.patient_list import PatientPage
from balance_alerts.office.patient_view import PatientView, patient_view
from balance_alerts.store.registration import Registered
from staff.operation import StaffOperation
from staff.requests.patients import PatientChange

if TYPE_CHECKING:
    from balance_alerts.wiring import Wiring

CURSOR = {"cursor": "next_cursor of the page before; leave it out for the first page"}
UNKNOWN = ("unknown_practice", "unknown_patient")


@dataclass(frozen=True, slots=True)
class PatientsSubject:
    """The patients of the practice."""

    wiring: Wiring
    operations: ClassVar[tuple[StaffOperation, ...]] = (
        StaffOperation(
            name="list_patients",
            method="GET",
            path="/patients",
            summary="Patients by name, or those that a query means; balance and next alert",
            least=Level.FRONT_DESK,
            query={
                "query": "beginning of a last or first name, a patient id, a mobile number or an "
                "email address; leave it out for all patients",
                **CURSOR,
            },
            answers={200: PatientPage},
            problems=("unknown_practice", "invalid_value"),
        ),
        StaffOperation(
            name="show_patient",
            method="GET",
            path="/patients/{patient_id}",
            summary="One patient: contacts and consent, balance, holds, links, the next alert",
            least=Level.FRONT_DESK,
            answers={200: PatientView},
            problems=UNKNOWN,
        ),
        StaffOperation(
            name="save_patient",
            method="PUT",
            path="/patients/{patient_id}",
            summary="Add a patient, or change one; what is not sent stays, null takes off",
            least=Level.FRONT_DESK,
            body=PatientChange,
            answers={200: PatientView, 201: PatientView},
            problems=(
                "unknown_practice",
                "invalid_id",
                "new_patient_incomplete",
                "unknown_time_zone",
                "contact_of_too_many",
                *(problem.value for problem in ContactProblem),
            ),
        ),
    )

    def list_patients(self, member: StaffMember, request: Request) -> Answer:
        """List or search them."""
        page = self.wiring.patient_list.page(
            member.practice_id, request.query.get("query", ""), request.cursor
        )
        return Answer(content=page, ids={"practice_id": member.practice_id})

    def show_patient(self, member: StaffMember, request: Request) -> Answer:
        """Show one."""
        return self._shown(member, patient_of(request))

    def save_patient(self, member: StaffMember, request: Request) -> Answer:
        """Add or change one."""
        patient_id, changes = request.parameters["patient_id"], sent(request.read(PatientChange))
        registered = self.wiring.patient_changes.save(
            member.practice_id, patient_id, changes, by=member.who
        )
        return self._shown(
            member, patient_id, status=201 if registered is Registered.ADDED else 200
        )

    def _shown(self, member: StaffMember, patient_id: str, *, status: int = 200) -> Answer:
        file = open_file(member.practice_id, patient_id, self.wiring.now())
        view = patient_view(file, alerts=self.wiring.alerts, attempts=self.wiring.attempts)
        return about(member, patient_id, view, status=status)


def patient_of(request: Request) -> str:
    """The patient that the path names.

    Raises:
        RuleError: `unknown_patient` for what is no id at all, and may be too long for a key.
    """
    patient_id = request.parameters["patient_id"]
    if not ID.fullmatch(patient_id):
        raise RuleError("unknown_patient", "There is no patient with this id.")
    return patient_id


def file_of(wiring: Wiring, member: StaffMember, request: Request) -> PatientFile:
    """The patient of the path, if the practice has them."""
    return open_file(member.practice_id, patient_of(request), wiring.now())


def about(member: StaffMember, patient_id: str, content: Any, *, status: int = 200) -> Answer:
    """An answer about one patient."""
    ids = {"practice_id": member.practice_id, "patient_id": patient_id}
    return Answer(status=status, content=content, ids=ids)
