"""What staff send about a patient; of partial bodies, what is not sent stays as it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from balance_alerts.domain.card_numbers import without_card_numbers
from balance_alerts.domain.ledger import LARGEST_ENTRY_CENTS, EntryKind, LedgerEntry
from balance_alerts.domain.personal import Contact, MemberId, Name
from balance_alerts.http_api.shapes import UNSET, Length, Range, Unset

GivenName = Annotated[Name, Length(1, 100)]
Id = Annotated[str, Length(1, 64)]
Line = Annotated[str, Length(0, 500)]


class Language(StrEnum):
    """What alerts are written in."""

    EN = "en"
    ES = "es"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenConsent:
    """How and when the patient agreed to alerts to the contacts in the same request."""

    source: Annotated[str, Length(1, 200)]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientChange:
    """A patient's details; null takes off what a patient can be without.

    Another contact switches its channel off, unless consent to it comes along.
    """

    first_name: GivenName | Unset = UNSET
    last_name: GivenName | Unset = UNSET
    date_of_birth: date | Unset = field(default=UNSET, repr=False)
    mobile: Annotated[Contact, Length(1, 40)] | Unset | None = UNSET
    email: Annotated[Contact, Length(1, 254)] | Unset | None = UNSET
    language: Language | Unset | None = UNSET
    time_zone: Annotated[str, Length(1, 64)] | Unset | None = UNSET
    member_ids: (
        Annotated[list[Annotated[MemberId, Length(1, 80)]], Length(0, 20)] | Unset | None
    ) = UNSET
    other_coverage: bool | Unset | None = UNSET
    consent: GivenConsent | Unset | None = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionChange:
    """Which alerts shall go out; a channel that is not sent stays as it is."""

    text: bool | Unset = UNSET
    email: bool | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldChange:
    """Through which local day alerts pause; null for no end, where the reason may have none."""

    until: date | None = None
    note: Annotated[str, Length(0, 500)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """A ledger entry. `amount_cents` is positive but for an adjustment, which is signed."""

    entry_id: Id
    kind: EntryKind
    amount_cents: Annotated[int, Range(-LARGEST_ENTRY_CENTS, LARGEST_ENTRY_CENTS)]
    case_id: Id
    recorded_at: datetime
    case_label: Line | None = None
    service_date: date | None = None
    cause: Line | None = None
    payer: Line | None = None
    method: Line | None = None
    external_ref: Line | None = None
    reverses: Id | None = None
    description: Line | None = None

    def to_domain(self) -> LedgerEntry:
        """As the rules see it: texts of one line, blank ones left out."""
        return LedgerEntry(
            entry_id=self.entry_id,
            kind=self.kind,
            amount_cents=self.amount_cents,
            case_id=self.case_id,
            recorded_at=self.recorded_at,
            case_label=note(self.case_label),
            service_date=self.service_date,
            cause=one_line(self.cause),
            payer=one_line(self.payer),
            method=one_line(self.method),
            external_ref=one_line(self.external_ref),
            reverses=self.reverses,
            description=note(self.description),
        )


def one_line(text: str | None) -> str | None:
    """A text without line breaks and needless spaces; None where nothing is left."""
    return " ".join((text or "").split()) or None


def note(text: str | None) -> str | None:
    """What somebody typed in their own words, in one line and without card numbers."""
    return without_card_numbers(one_line(text) or "") or None
