"""What a source tells of a patient, and the consent that comes with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from balance_alerts.domain.contact import Channel
from balance_alerts.domain.personal import Contact, MemberId, Name


@dataclass(frozen=True, slots=True)
class Consent:
    """How and when a patient agreed to alerts, as the practice recorded it."""

    source: str
    at: datetime


CLEARABLE = frozenset({"language", "time_zone", "member_ids", "other_coverage", "mobile", "email"})
"""What of a patient's details may be taken off again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientDetails:
    """A patient as a source gives it; None changes nothing, what `clears` names is taken off.

    `mobile` is in E.164, `email` normalised. `text` and `email_alerts` ask to switch a channel
    on, which takes `consent`. Where the consent is given to the very contacts that come with it
    (`consent_to_contacts`), a channel that is on stays on with another contact.
    """

    patient_id: str
    first_name: Name | None = None
    last_name: Name | None = None
    date_of_birth: date | None = field(default=None, repr=False)
    mobile: Contact | None = None
    email: Contact | None = None
    language: str | None = None
    time_zone: str | None = None
    member_ids: frozenset[MemberId] | None = None
    other_coverage: bool | None = None
    text: bool = False
    email_alerts: bool = False
    consent: Consent | None = None
    consent_to_contacts: bool = False
    clears: frozenset[str] = frozenset()

    def contact(self, channel: Channel) -> Contact | None:
        """The contact given for one channel."""
        return self.mobile if channel is Channel.TEXT else self.email

    def clears_contact(self, channel: Channel) -> bool:
        """Whether the contact on file for one channel is to be taken off."""
        return ("mobile" if channel is Channel.TEXT else "email") in self.clears

    def wants(self, channel: Channel) -> bool:
        """Whether one channel shall be switched on."""
        return self.text if channel is Channel.TEXT else self.email_alerts
