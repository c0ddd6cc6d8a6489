"""Everything that staff see of one patient beside the lists: who, how reached, owed, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from balance_alerts.alerts.history import alert_history
from balance_alerts.domain.account import HoldReason
from balance_alerts.domain.attempt import AttemptState
from balance_alerts.domain.contact import Channel, ContactState
from balance_alerts.office.alert_view import AlertView, alert_view
from balance_alerts.office.link_desk import LinksView, links_view
from balance_alerts.office.patient_file import DecisionView, PatientFile
from balance_alerts.office.patient_list import SubscriptionView
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.alerts import Alerts
from balance_alerts.store.attempts import Attempts
from balance_alerts.store.consents import ConsentRecord, latest_consents
from balance_alerts.store.contacts import ContactRecord, contacts_on_file
from balance_alerts.store.entries import cases_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentView:
    """What was last agreed to or withdrawn for a channel: by whom, when, how, for which contact."""

    source: str
    at: datetime
    contact: str | None
    recorded_by: str
    withdrawn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactView:
    """One channel: the contact on file and its state, and whether alerts go there.

    `state_since` and `state_source` are what brought the state about, null where nothing was ever
    told of the contact. `subscribed` is null until somebody set it. What the patient switched off
    in the portal (`withdrawn_by_patient_at`) only the patient turns on again.
    """

    channel: Channel
    contact: str | None
    state: ContactState | None
    state_since: datetime | None
    state_source: str | None
    subscribed: bool | None
    withdrawn_by_patient_at: datetime | None
    consent: ConsentView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldView:
    """A pause of alerts through the local day `until`; null for no end. Over, it is not active."""

    reason: HoldReason
    until: date | None
    active: bool
    note: str | None
    set_by: str | None
    set_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """What one episode of care adds to the balance, in cents; negative for a credit."""

    case_id: str
    label: str | None
    balance_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPaymentView:
    """A card payment that is being confirmed; until it is, no other can be made."""

    payment_id: str
    amount_cents: int
    status: AttemptState
    begun_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientView:
    """A patient; `decision` is what the rules say now."""

    patient_id: str
    first_name: str
    last_name: str
    date_of_birth: date = field(repr=False)
    language: str
    time_zone: str | None
    member_ids: list[str]
    other_coverage: bool | None
    mobile: str | None
    email: str | None
    subscription: SubscriptionView
    contacts: list[ContactView]
    balance_cents: int
    cases: list[CaseView]
    holds: list[HoldView]
    decision: DecisionView
    open_payment: OpenPaymentView | None
    links: LinksView
    last_alert: AlertView | None


def patient_view(file: PatientFile, *, alerts: Alerts, attempts: Attempts) -> PatientView:
    """The patient as the Patient page shows them."""
    account = file.account
    history = alert_history(alerts, account, file.now)
    cases = cases_of(file.practice_id, file.patient_id)
    return PatientView(
        patient_id=account.patient_id,
        first_name=account.first_name,
        last_name=account.last_name,
        date_of_birth=account.date_of_birth,
        language=account.language,
        time_zone=account.time_zone,
        member_ids=sorted(account.member_ids or ()),
        other_coverage=account.other_coverage,
        mobile=account.mobile,
        email=account.email,
        subscription=SubscriptionView(
            bool(account.text_subscribed), bool(account.email_subscribed)
        ),
        contacts=contacts_view(file),
        balance_cents=int(account.balance_cents),
        cases=[
            CaseView(case_id=case.case_id, label=case.label, balance_cents=int(case.balance_cents))
            for case in cases
        ],
        holds=holds_view(file),
        decision=file.decision,
        open_payment=_open_payment(file, attempts),
        links=links_view(file, history),
        last_alert=alert_view(history[0]) if history else None,
    )


def contacts_view(file: PatientFile) -> list[ContactView]:
    """Both channels of a patient; a query for what was agreed to, a read of the contacts."""
    consents = latest_consents(file.practice_id, file.patient_id)
    known = contacts_on_file(file.account)
    return [
        _contact(file.account, channel, known.get(channel), consents.get(channel))
        for channel in Channel
    ]


def holds_view(file: PatientFile) -> list[HoldView]:
    """The holds of a patient, those over by now included."""
    notes = file.account.hold_notes or {}
    return [
        HoldView(
            reason=reason,
            until=until,
            active=until is None or file.today <= until,
            note=(noted := notes.get(reason, {})).get("note"),
            set_by=noted.get("by"),
            set_at=datetime.fromisoformat(noted["at"]) if "at" in noted else None,
        )
        for reason, until in file.account.to_domain().holds.items()
    ]


def _contact(
    account: AccountRecord,
    channel: Channel,
    known: ContactRecord | None,
    consent: ConsentRecord | None,
) -> ContactView:
    state = account.to_domain().subscription(channel).contact
    # A change that the account has not followed yet is another state's.
    told = known if known is not None and known.state == state else None
    return ContactView(
        channel=channel,
        contact=account.contact(channel),
        state=state,
        state_since=told.changed_at if told else None,
        state_source=told.source if told else None,
        subscribed=account.subscribed(channel),
        withdrawn_by_patient_at=account.withdrawn_at(channel),
        consent=None
        if consent is None
        else ConsentView(
            source=consent.source,
            at=consent.given_at,
            contact=consent.contact,
            recorded_by=consent.recorded_by_name or consent.recorded_by,
            withdrawn=bool(consent.withdrawn),
        ),
    )


def _open_payment(file: PatientFile, attempts: Attempts) -> OpenPaymentView | None:
    if file.account.open_attempt is None:
        return None
    attempt = attempts.get(file.practice_id, file.patient_id, file.account.open_attempt)
    state = attempt.state_at(file.now)
    if not state.is_open:  # settled since the account was read
        return None
    return OpenPaymentView(
        payment_id=attempt.attempt_id,
        amount_cents=attempt.amount_cents,
        status=state,
        begun_at=attempt.begun_at,
    )
