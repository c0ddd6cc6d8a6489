"""What a source tells of a patient, and the consent that comes with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from balance_alerts.domain.contact import Channel


@dataclass(frozen=True, slots=True)
class Consent:
    """How and when a patient agreed to alerts, as the practice recorded it."""

    source: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientDetails:
    """A patient as an import gives it; None changes nothing.

    `mobile` is in E.164, `email` normalised. `text` and `email_alerts` ask to switch a channel
    on, which takes `consent`.
    """

    patient_id: str
    first_name: str | None = None
    last_name: str | None = None
    date_of_birth: date | None = None
    mobile: str | None = None
    email: str | None = None
    language: str | None = None
    time_zone: str | None = None
    member_ids: frozenset[str] | None = None
    other_coverage: bool | None = None
    text: bool = False
    email_alerts: bool = False
    consent: Consent | None = None

    def contact(self, channel: Channel) -> str | None:
        """The contact given for one channel."""
        return self.mobile if channel is Channel.TEXT else self.email

    def wants(self, channel: Channel) -> bool:
        """Whether one channel shall be switched on."""
        return self.text if channel is Channel.TEXT else self.email_alerts
