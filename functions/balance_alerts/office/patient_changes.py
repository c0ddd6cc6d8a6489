"""Adding a patient or changing their details, as staff type them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from balance_alerts.channels.addresses import normalise_email, normalise_mobile
from balance_alerts.domain.audit import Who
from balance_alerts.domain.calendar import Clock, zone
from balance_alerts.domain.card_numbers import without_card_numbers
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.ids import check_id
from balance_alerts.domain.patient import CLEARABLE, Consent, PatientDetails
from balance_alerts.domain.patient_match import member_key
from balance_alerts.domain.personal import Name
from balance_alerts.store.practices import Practices
from balance_alerts.store.registration import Registered, Registration

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
AHEAD_OF_US = timedelta(days=1)
"""Somewhere it is tomorrow already."""


@dataclass(frozen=True, slots=True)
class PatientChanges:
    """Takes in what staff tell of a patient."""

    practices: Practices
    registration: Registration
    clock: Clock

    def save(
        self, practice_id: str, patient_id: str, changes: Mapping[str, Any], *, by: Who
    ) -> Registered:
        """Add a patient, or change what `changes` names; None in it takes something off.

        Another contact switches its channel off and revokes the links sent to the old one. With
        consent in the same changes the channel stays on, if it was.

        Raises:
            RuleError: `invalid_id`, `invalid_value`, `unknown_time_zone`, the problems of
                contacts, and what `Registration.register` raises.
        """
        check_id(patient_id)
        now = self.clock()
        return self.registration.register(
            self.practices.get(practice_id),
            _details(patient_id, changes, now),
            recorded_by=f"staff {by.id}",
            now=now,
            by=by,
        )


def check_plausible(name: str, instant: datetime, now: datetime) -> None:
    """Refuse a time that lies ahead, or over a century back.

    Raises:
        RuleError: `invalid_value`.
    """
    if not EARLIEST <= instant <= now + AHEAD_OF_US:
        raise RuleError(
            "invalid_value", f"{name} must not lie ahead, or over a century back; check it."
        )


def check_plausible_day(name: str, day: date, now: datetime) -> None:
    """Refuse a day that lies ahead, or over a century back.

    Raises:
        RuleError: `invalid_value`.
    """
    check_plausible(name, datetime(day.year, day.month, day.day, tzinfo=UTC), now)


def _details(patient_id: str, changes: Mapping[str, Any], now: datetime) -> PatientDetails:
    values = {name: value for name, value in changes.items() if value is not None}
    consent = values.pop("consent", None)
    if consent is not None:
        check_plausible("consent.at", consent.at, now)
        source = without_card_numbers(_one_line("consent.source", consent.source))
        consent = Consent(source, consent.at)
    if "date_of_birth" in values:
        check_plausible_day("date_of_birth", values["date_of_birth"], now)
    given = {
        name: _CLEANED[name](value) if name in _CLEANED else value for name, value in values.items()
    }
    cleared = {name for name, value in changes.items() if value is None}
    return PatientDetails(
        patient_id=patient_id,
        **given,
        clears=frozenset(cleared & CLEARABLE),
        consent=consent,
        consent_to_contacts=True,
    )


def _one_line(name: str, text: str) -> str:
    line = " ".join(text.split())
    if not line:
        raise RuleError("invalid_value", f"{name} must not be blank.")
    return line


def _time_zone(name: str) -> str:
    zone(name)
    return name


_CLEANED: Mapping[str, Callable[[Any], Any]] = {
    "first_name": lambda name: Name(_one_line("first_name", name)),
    "last_name": lambda name: Name(_one_line("last_name", name)),
    "mobile": normalise_mobile,
    "email": normalise_email,
    "time_zone": _time_zone,
    "member_ids": lambda ids: frozenset(filter(None, map(member_key, ids))),
}
