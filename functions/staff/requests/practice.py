"""What a practice's profile and settings are changed by; what is not sent stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Annotated, Any

from balance_alerts.domain.calendar import Weekday
from balance_alerts.domain.practice import Frequency
from balance_alerts.http_api.shapes import UNSET, Length, Range, Unset, sent

_MOST_PILOTS = 50
_MOST_CENTS = 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChange:
    """Who the practice is to its patients; null clears hours, website and reply_to."""

    display_name: Annotated[str, Length(1, 80)] | Unset = UNSET
    short_name: Annotated[str, Length(1, 80)] | Unset = UNSET
    phone: Annotated[str, Length(1, 40)] | Unset = UNSET
    hours: Annotated[str, Length(0, 200)] | Unset | None = UNSET
    website: Annotated[str, Length(1, 200)] | Unset | None = UNSET
    reply_to: Annotated[str, Length(1, 254)] | Unset | None = UNSET
    time_zone: Annotated[str, Length(1, 64)] | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class SendWindowChange:
    """Between which wall times alerts go out: 08:00 to 21:00, for two hours or more."""

    opens: time | Unset = UNSET
    closes: time | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettingsChange:
    """When alerts go out. Where there are pilot_contacts, nobody else is sent to."""

    frequency: Frequency | Unset = UNSET
    paused: bool | Unset = UNSET
    send_window: SendWindowChange | Unset = UNSET
    send_days: Annotated[list[Weekday], Length(1, 7)] | Unset = UNSET
    minimum_balance_cents: Annotated[int, Range(1, _MOST_CENTS)] | Unset = UNSET
    first_alert_after_days: Annotated[int, Range(0, 30)] | Unset = UNSET
    daily_limit: Annotated[int, Range(1, 1000000)] | Unset | None = UNSET
    pilot_contacts: (
        Annotated[list[Annotated[str, Length(1, 254)]], Length(0, _MOST_PILOTS)] | Unset | None
    ) = UNSET
    include_amount: bool | Unset = UNSET


def alert_changes(body: AlertSettingsChange) -> dict[str, Any]:
    """What of the alert settings is to change, by name."""
    changes = sent(body)
    if body.send_window is not UNSET:
        changes["send_window"] = sent(body.send_window)
    return changes
