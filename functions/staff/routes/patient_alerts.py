"""A patient's alerts: subscription, history, contacts, holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from balance_alerts.access.staff import StaffMember
from balance_alerts.domain.account import HoldReason
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.permissions import Level
from balance_alerts.http_api.exchange import Answer, Request
from balance_alerts.http_api.shapes import sent
from balance_alerts.office.alert_view import AlertHistoryView, alert_history_view
from balance_alerts.office.patient_list import SubscriptionView
from balance_alerts.office.patient_view import ContactView, HoldView, contacts_view, holds_view
from balance_alerts.office.send_now_desk import SentNow
from staff.operation import StaffOperation
from staff.requests.patients import HoldChange, SubscriptionChange, note
from staff.routes.patients import UNKNOWN, about, file_of, patient_of

if TYPE_CHECKING:
    from balance_alerts.wiring import Wiring


@dataclass(frozen=True, slots=True)
class PatientAlertsSubject:
    """Whether, why and where alerts go out to one patient."""

    wiring: Wiring
    operations: ClassVar[tuple[StaffOperation, ...]] = (
        StaffOperation(
            name="switch_patient_alerts",
            method="PUT",
            path="/patients/{patient_id}/balance-alerts",
            summary="Switch text and email alerts on or off; on records consent",
            least=Level.FRONT_DESK,
            body=SubscriptionChange,
            answers={200: SubscriptionView},
            problems=("unknown_patient", "no_contact", "contact_opted_out", "contact_unreachable"),
        ),
        StaffOperation(
            name="show_patient_alerts",
            method="GET",
            path="/patients/{patient_id}/alerts",
            summary="Why the next alert is or is not coming, and all before, newest first",
            least=Level.FRONT_DESK,
            answers={200: AlertHistoryView},
            problems=UNKNOWN,
        ),
        StaffOperation(
            name="alert_patient_now",
            method="POST",
            path="/patients/{patient_id}/alerts",
            summary="Send an alert now, whatever the rhythm; once a local day",
            least=Level.FRONT_DESK,
            headers={"Idempotency-Key": "a value of your own, the same for the same click"},
            answers={201: SentNow},
            problems=(
                *UNKNOWN,
                "missing_field",
                "invalid_value",
                "not_due",
                "alert_not_sent",
                "try_again",
            ),
        ),
        StaffOperation(
            name="confirm_patient_contact",
            method="POST",
            path="/patients/{patient_id}/contacts/{channel}/confirm",
            summary="Say that the contact for `text` or `email` is right although messages failed",
            least=Level.FRONT_DESK,
            answers={200: ContactView},
            problems=(*UNKNOWN, "not_found", "no_contact", "contact_opted_out"),
        ),
        StaffOperation(
            name="hold_patient_alerts",
            method="PUT",
            path="/patients/{patient_id}/holds/{reason}",
            summary="Pause alerts; deceased and bankruptcy also revoke links and online payment",
            least=Level.FRONT_DESK,
            body=HoldChange,
            answers={200: HoldView},
            problems=(*UNKNOWN, "hold_needs_end", "hold_in_the_past"),
        ),
        StaffOperation(
            name="release_patient_alerts",
            method="DELETE",
            path="/patients/{patient_id}/holds/{reason}",
            summary="End a pause of alerts; where there is none, nothing changes",
            least=Level.FRONT_DESK,
            answers={204: None},
            problems=("unknown_patient", "invalid_value"),
        ),
    )

    def switch_patient_alerts(self, member: StaffMember, request: Request) -> Answer:
        """Subscribe or unsubscribe."""
        patient_id = patient_of(request)
        wanted = {Channel(name): on for name, on in sent(request.read(SubscriptionChange)).items()}
        account = self.wiring.subscription_desk.switch(
            member.practice_id, patient_id, wanted, by=member.who
        )
        switches = SubscriptionView(
            text=bool(account.text_subscribed), email=bool(account.email_subscribed)
        )
        return about(member, patient_id, switches)

    def show_patient_alerts(self, member: StaffMember, request: Request) -> Answer:
        """Show decision and history."""
        file = file_of(self.wiring, member, request)
        return about(member, file.patient_id, alert_history_view(file, self.wiring.alerts))

    def alert_patient_now(self, member: StaffMember, request: Request) -> Answer:
        """Send now."""
        patient_id, key = patient_of(request), request.idempotency_key
        sent_now = self.wiring.send_now_desk.send(
            member.practice_id, patient_id, key, by=member.who
        )
        return about(member, patient_id, sent_now, status=201)

    def confirm_patient_contact(self, member: StaffMember, request: Request) -> Answer:
        """Clear what is held against a contact."""
        name, patient_id = request.parameters["channel"], patient_of(request)
        if name not in set(Channel):
            raise RuleError("not_found", "There are contacts for text and for email.")
        channel = Channel(name)
        self.wiring.contact_desk.confirm(member.practice_id, patient_id, channel, by=member.who)
        views = contacts_view(file_of(self.wiring, member, request))
        [view] = [each for each in views if each.channel is channel]
        return about(member, patient_id, view)

    def hold_patient_alerts(self, member: StaffMember, request: Request) -> Answer:
        """Set a hold."""
        patient_id, reason = patient_of(request), _reason(request)
        wanted = request.read(HoldChange)
        self.wiring.hold_desk.put(
            member.practice_id,
            patient_id,
            reason,
            until=wanted.until,
            note=note(wanted.note),
            by=member.who,
        )
        holds = holds_view(file_of(self.wiring, member, request))
        [view] = [each for each in holds if each.reason is reason]
        return about(member, patient_id, view)

    def release_patient_alerts(self, member: StaffMember, request: Request) -> Answer:
        """Release a hold."""
        patient_id, reason = patient_of(request), _reason(request)
        self.wiring.hold_desk.release(member.practice_id, patient_id, reason, by=member.who)
        return about(member, patient_id, None, status=204)


def _reason(request: Request) -> HoldReason:
    name = request.parameters["reason"]
    if name not in set(HoldReason):
        raise RuleError("invalid_value", f"reason must be one of {', '.join(HoldReason)}.")
    return HoldReason(name)
