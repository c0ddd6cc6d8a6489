"""What a patient owes and paid, and what they asked about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from balance_alerts.access.staff import StaffMember
from balance_alerts.domain.permissions import Level
from balance_alerts.http_api.exchange import Answer, Request
from balance_alerts.office.ledger_desk import EntryPage, EntryView, entry_view
from balance_alerts.office.payment_list import PaymentsView, payments_view
from balance_alerts.office.questions import QuestionsView, questions_of
from staff.operation import StaffOperation
from staff.requests.patients import NewEntry
from staff.routes.patients import CURSOR, UNKNOWN, about, file_of, patient_of

if TYPE_CHECKING:
    from balance_alerts.wiring import Wiring


@dataclass(frozen=True, slots=True)
class PatientLedgerSubject:
    """The ledger, the payments and the questions of one patient."""

    wiring: Wiring
    operations: ClassVar[tuple[StaffOperation, ...]] = (
        StaffOperation(
            name="record_entry",
            method="POST",
            path="/patients/{patient_id}/entries",
            summary="Record a ledger entry; the same entry again adds nothing",
            least=Level.FRONT_DESK,
            body=NewEntry,
            answers={200: EntryView, 201: EntryView},
            problems=(
                *UNKNOWN,
                "entry_conflict",
                "invalid_id",
                "recorded_in_the_future",
                "amount_zero",
                "amount_not_positive",
                "amount_too_large",
                "reverses_not_adjustment",
                "reverses_itself",
                "reverses_unknown_entry",
                "reverses_a_reversal",
                "reverses_other_case",
                "already_reversed",
                "reversal_not_in_full",
            ),
        ),
        StaffOperation(
            name="list_entries",
            method="GET",
            path="/patients/{patient_id}/entries",
            summary="Every ledger entry, newest first",
            least=Level.FRONT_DESK,
            query=CURSOR,
            answers={200: EntryPage},
            problems=(*UNKNOWN, "invalid_value"),
        ),
        StaffOperation(
            name="list_patient_payments",
            method="GET",
            path="/patients/{patient_id}/payments",
            summary="Payments, refunds and chargebacks, newest first, one row each",
            least=Level.FRONT_DESK,
            query=CURSOR,
            answers={200: PaymentsView},
            problems=(*UNKNOWN, "invalid_value"),
        ),
        StaffOperation(
            name="list_patient_questions",
            method="GET",
            path="/patients/{patient_id}/questions",
            summary="What the patient asked, newest first",
            least=Level.FRONT_DESK,
            query=CURSOR,
            answers={200: QuestionsView},
            problems=(*UNKNOWN, "invalid_value"),
        ),
    )

    def record_entry(self, member: StaffMember, request: Request) -> Answer:
        """Post one entry."""
        patient_id = patient_of(request)
        entry = request.read(NewEntry).to_domain()
        added = self.wiring.ledger_desk.post(member.practice_id, patient_id, entry, by=member.who)
        return about(member, patient_id, entry_view(entry), status=201 if added else 200)

    def list_entries(self, member: StaffMember, request: Request) -> Answer:
        """List the ledger."""
        patient_id = patient_of(request)
        page = self.wiring.ledger_desk.page(member.practice_id, patient_id, request.cursor)
        return about(member, patient_id, page)

    def list_patient_payments(self, member: StaffMember, request: Request) -> Answer:
        """List the payments."""
        file = file_of(self.wiring, member, request)
        page = payments_view(file, self.wiring.attempts, request.cursor)
        return about(member, file.patient_id, page)

    def list_patient_questions(self, member: StaffMember, request: Request) -> Answer:
        """List the questions."""
        file = file_of(self.wiring, member, request)
        return about(member, file.patient_id, questions_of(file, request.cursor))
