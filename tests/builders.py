"""Accounts, practices and entries for tests: everything in order but for what a test changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from balance_alerts.domain.account import Account, HoldReason, Subscription
from balance_alerts.domain.attempt import Attempt, AttemptState
from balance_alerts.domain.contact import ContactState
from balance_alerts.domain.ledger import EntryKind, LedgerEntry, Window
from balance_alerts.domain.patient import Consent, PatientDetails
from balance_alerts.domain.personal import Contact, Name
from balance_alerts.domain.practice import AlertSettings, Frequency, Practice

NEW_YORK = "America/New_York"
DAY_0 = date(2026, 3, 2)
"""A Monday, six days before clocks go forward in the United States."""

ON = Subscription(subscribed=True, contact=ContactState.REACHABLE)


def at(day: int | date, wall_time: str = "10:00", time_zone: str = NEW_YORK) -> datetime:
    """An instant by local day (a date, or days after `DAY_0`) and wall time."""
    on = DAY_0 + timedelta(days=day) if isinstance(day, int) else day
    local = datetime.combine(on, time.fromisoformat(wall_time), ZoneInfo(time_zone))
    return local.astimezone(UTC)


def practice(frequency: Frequency = Frequency.TWO_WEEKS, **settings: Any) -> Practice:
    """A practice in New York that sends, with the default settings but for those given."""
    return Practice(
        practice_id="harbor",
        code="hrbr23",
        display_name="Harbor Point Physical Therapy",
        short_name="Harbor Point PT",
        phone="+12025550100",
        time_zone=NEW_YORK,
        alerts=replace(AlertSettings(frequency=frequency), **settings),
    )


def account(
    *,
    owes: int = 5_000,
    opened: int = 0,
    newest: int | None = None,
    last_alert: int | None = None,
    holds: Mapping[HoldReason, date | None] | None = None,
    **changes: Any,
) -> Account:
    """An account subscribed to texts that owes 50 dollars since `DAY_0`; days count from there."""
    return replace(
        Account(
            practice_id="harbor",
            patient_id="p-1",
            text=ON,
            balance_cents=owes,
            window=Window(at(opened, "09:30"), at(opened if newest is None else newest, "09:30")),
            holds=holds or {},
            last_alert_on=None if last_alert is None else DAY_0 + timedelta(days=last_alert),
        ),
        **changes,
    )


def entry(
    entry_id: str,
    kind: EntryKind = EntryKind.RESPONSIBILITY,
    cents: int = 5_000,
    *,
    recorded_at: datetime | None = None,
    **changes: Any,
) -> LedgerEntry:
    """A ledger entry of 50 dollars on `DAY_0`."""
    return replace(
        LedgerEntry(
            entry_id=entry_id,
            kind=kind,
            amount_cents=cents,
            case_id="knee",
            recorded_at=recorded_at or at(0),
        ),
        **changes,
    )


def attempt(
    attempt_id: str = "ba-1", state: AttemptState = AttemptState.SENDING, **changes: Any
) -> Attempt:
    """An attempt to pay 20 dollars, begun on day 1."""
    begun: dict[str, Any] = {"begun_at": at(1), "news_at": at(1), **changes}
    return Attempt(
        practice_id="practice-1",
        patient_id="p-1",
        attempt_id=attempt_id,
        amount_cents=2_000,
        case_id=None,
        state=state,
        **begun,
    )


CONSENT = Consent(source="intake form", at=at(-10))


def patient(patient_id: str = "p-1", **changes: Any) -> PatientDetails:
    """A patient who agreed to texts, as an import gives it."""
    return replace(
        PatientDetails(
            patient_id=patient_id,
            first_name=Name("Maya"),
            last_name=Name("Okafor"),
            date_of_birth=date(1984, 7, 9),
            mobile=Contact("+12025550123"),
            text=True,
            consent=CONSENT,
        ),
        **changes,
    )
