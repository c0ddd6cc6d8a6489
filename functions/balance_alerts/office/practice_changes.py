"""A practice's director changes its profile and its alert settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from balance_alerts.channels import addresses
from balance_alerts.domain.audit import Who
from balance_alerts.domain.calendar import Clock, Weekday
from balance_alerts.domain.contact import mask_contact
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.practice import AlertSettings, Practice
from balance_alerts.practices.set_up import check_name, check_short_name, checked_phone
from balance_alerts.store.audit import audit_record
from balance_alerts.store.practices import PROFILE, Practices

_SUBJECT = "practice"


@dataclass(frozen=True, slots=True)
class PracticeChanges:
    """Changes settings, each together with its note in the audit trail."""

    practices: Practices
    clock: Clock

    def profile(self, practice_id: str, changes: Mapping[str, Any], *, by: Who) -> Practice:
        """Change who the practice is to its patients; the rest stays.

        Raises:
            RuleError: `invalid_name`, `invalid_phone`, `short_name_too_long`,
                `unknown_time_zone`, `invalid_value`; `unknown_practice`, `changed_meanwhile`.
        """
        before = self.practices.get(practice_id)
        after = replace(before, **_checked_profile(changes))
        check_short_name(after)
        note = audit_record(
            practice_id,
            by,
            self.clock(),
            action="profile_changed",
            subject=_SUBJECT,
            before=_profile_told(before),
            after=_profile_told(after),
        )
        return self.practices.save_profile(before, after, with_it=[note])

    def alerts(self, practice_id: str, changes: Mapping[str, Any], *, by: Who) -> Practice:
        """Change when alerts go out; the rest stays.

        Raises:
            RuleError: what `changed_settings` raises; `unknown_practice`, `changed_meanwhile`.
        """
        practice = self.practices.get(practice_id)
        settings = changed_settings(practice.alerts, changes)
        note = audit_record(
            practice_id,
            by,
            self.clock(),
            action="balance_alerts_changed",
            subject=_SUBJECT,
            before=settings_told(practice.alerts),
            after=settings_told(settings),
        )
        return self.practices.save_settings(practice, settings, with_it=[note])


def changed_settings(settings: AlertSettings, changes: Mapping[str, Any]) -> AlertSettings:
    """The settings with these changes; `send_window` may hold only one end of it.

    Raises:
        RuleError: `no_send_days`, `send_window_out_of_hours`, `send_window_too_short`,
            `invalid_value` (a pilot contact), or another setting that no practice can mean.
    """
    wanted = dict(changes)
    if "send_window" in wanted:
        wanted["send_window"] = replace(settings.send_window, **wanted["send_window"])
    if "send_days" in wanted:
        wanted["send_days"] = frozenset(wanted["send_days"])
    if wanted.get("pilot_contacts") is not None:
        contacts = [_pilot_contact(contact) for contact in wanted["pilot_contacts"]]
        wanted["pilot_contacts"] = tuple(dict.fromkeys(contacts))
    return replace(settings, **wanted)


def settings_told(settings: AlertSettings) -> dict[str, object]:
    """The settings as the audit trail tells them, contacts masked."""
    window, pilots = settings.send_window, settings.pilot_contacts
    return {
        "frequency": settings.frequency.value,
        "paused": settings.paused,
        "send_window": f"{window.opens:%H:%M} to {window.closes:%H:%M}",
        "send_days": " ".join(day for day in Weekday if day in settings.send_days),
        "minimum_balance_cents": settings.minimum_balance_cents,
        "first_alert_after_days": settings.first_alert_after_days,
        "daily_limit": settings.daily_limit,
        "include_amount": settings.include_amount,
        "pilot_contacts": None if pilots is None else [mask_contact(contact) for contact in pilots],
    }


def _checked_profile(changes: Mapping[str, Any]) -> dict[str, Any]:
    wanted = dict(changes)
    if "display_name" in wanted:
        check_name(wanted["display_name"])
    if "phone" in wanted:
        wanted["phone"] = checked_phone(wanted["phone"])
    if "hours" in wanted:
        wanted["hours"] = _one_line(wanted["hours"] or "", "hours")
    if wanted.get("website") is not None:
        wanted["website"] = _web_address(wanted["website"])
    if wanted.get("reply_to") is not None:
        wanted["reply_to"] = _email(wanted["reply_to"], "reply_to")
    return wanted


def _one_line(text: str, field: str) -> str:
    if not text.isprintable():
        raise RuleError("invalid_value", f"{field} must be one line of text.")
    return text.strip()


def _web_address(text: str) -> str:
    try:
        address = urlsplit(_one_line(text, "website"))
        good = address.scheme in ("http", "https") and bool(address.hostname)
    except ValueError:
        good = False
    if not good or " " in text.strip():
        raise RuleError("invalid_value", "website must be an address such as https://example.org.")
    return text.strip()


def _email(text: str, field: str) -> str:
    try:
        return addresses.normalise_email(text)
    except RuleError as error:
        raise RuleError("invalid_value", f"{field}: {error.message}") from error


def _pilot_contact(text: str) -> str:
    if "@" in text:
        return _email(text, "pilot_contacts")
    try:
        return addresses.normalise_mobile(text)
    except RuleError as error:
        raise RuleError("invalid_value", f"pilot_contacts: {error.message}") from error


def _profile_told(practice: Practice) -> dict[str, object]:
    return {name: getattr(practice, name) for name in PROFILE}
