"""What is on file of one patient beside the ledger, for the patient to have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from balance_alerts.alerts.history import alert_history
from balance_alerts.domain.contact import Channel, ContactState
from balance_alerts.office.alert_view import AlertView, alert_view
from balance_alerts.office.patient_file import PatientFile
from balance_alerts.office.questions import QuestionView, question_view
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.alerts import Alerts
from balance_alerts.store.consents import ConsentRecord, consents_of
from balance_alerts.store.contacts import ContactRecord, contacts_on_file
from balance_alerts.store.questions import newest_questions

_SOME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownContact:
    """A contact on file, and what is known of it; `subscribed` is null where nobody ever set it."""

    channel: Channel
    contact: str | None
    state: ContactState | None
    state_since: datetime | None
    state_source: str | None
    subscribed: bool | None
    withdrawn_by_patient_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptConsent:
    """One consent or, if `withdrawn`, its end; written down by whom."""

    channel: Channel
    contact: str | None
    source: str
    at: datetime
    recorded_by: str
    withdrawn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientExport:
    """One patient. The ledger is the patient's to see in the portal, and in statements."""

    exported_at: datetime
    practice_id: str
    patient_id: str
    first_name: str
    last_name: str
    date_of_birth: date
    language: str
    time_zone: str | None
    member_ids: list[str]
    other_coverage: bool | None
    contacts: list[KnownContact]
    consents: list[KeptConsent]
    alerts: list[AlertView]
    questions: list[QuestionView]


def patient_export(file: PatientFile, alerts: Alerts) -> PatientExport:
    """All of it; alerts and questions as long as they are kept, newest first."""
    account = file.account
    history = alert_history(alerts, account, file.now)
    known = contacts_on_file(account)
    return PatientExport(
        exported_at=file.now,
        practice_id=file.practice_id,
        patient_id=file.patient_id,
        first_name=account.first_name,
        last_name=account.last_name,
        date_of_birth=account.date_of_birth,
        language=account.language,
        time_zone=account.time_zone,
        member_ids=sorted(account.member_ids or ()),
        other_coverage=account.other_coverage,
        contacts=[_contact(account, channel, known.get(channel)) for channel in Channel],
        consents=[_consent(each) for each in consents_of(file.practice_id, file.patient_id)],
        alerts=[alert_view(alert) for alert in history],
        questions=_questions(file),
    )


def _contact(
    account: AccountRecord, channel: Channel, record: ContactRecord | None
) -> KnownContact:
    return KnownContact(
        channel=channel,
        contact=account.contact(channel),
        state=None if record is None else ContactState(record.state),
        state_since=None if record is None else record.changed_at,
        state_source=None if record is None else record.source,
        subscribed=account.subscribed(channel),
        withdrawn_by_patient_at=account.withdrawn_at(channel),
    )


def _consent(record: ConsentRecord) -> KeptConsent:
    return KeptConsent(
        channel=Channel(record.channel),
        contact=record.contact,
        source=record.source,
        at=record.given_at,
        recorded_by=record.recorded_by_name or record.recorded_by,
        withdrawn=bool(record.withdrawn),
    )


def _questions(file: PatientFile) -> list[QuestionView]:
    found: list[QuestionView] = []
    after: str | None = None
    while True:
        page, after = newest_questions(
            file.practice_id, file.patient_id, file.now, after=after, limit=_SOME
        )
        found += [question_view(file.patient_id, record, file.account.mobile) for record in page]
        if after is None:
            return found
