"""Stored items as the second opinion reads them: by their bare attributes, not by the records."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from tests.simulation import second_opinion as second
from tests.simulation.dynamo.expressions import Item

NEVER = date(1, 1, 1)


def text(item: Item, name: str) -> str | None:
    """A text, None where there is none."""
    return item[name]["S"] if name in item else None


def number(item: Item, name: str) -> int:
    """A number, 0 where there is none."""
    return int(item[name]["N"]) if name in item else 0


def instant(item: Item, name: str) -> datetime | None:
    """An instant."""
    found = text(item, name)
    return None if found is None else datetime.fromisoformat(found)


def day(item: Item, name: str) -> date | None:
    """A local date."""
    found = text(item, name)
    return None if found is None else date.fromisoformat(found)


def entries_of(items: Iterable[Item]) -> list[second.Entry]:
    """The ledger among the items of an account."""
    return [
        second.Entry(
            entry_id=item["entry_id"]["S"],
            kind=item["kind"]["S"],
            cents=number(item, "amount_cents"),
            recorded_at=datetime.fromisoformat(item["recorded_at"]["S"]),
            reverses=text(item, "reverses"),
        )
        for item in items
        if item["sk"]["S"].startswith("ENTRY#")
    ]


def channel(item: Item, name: str, contact: str) -> tuple[bool, str | None]:
    """Whether a channel is switched on, and the account's copy of its contact's state."""
    on = item.get(f"{name}_subscribed", {}).get("BOOL") is True
    return on, text(item, f"{contact}_state")


def patient_of(account: Item, entries: list[second.Entry]) -> second.Patient:
    """An account and its ledger."""
    holds: dict[str, Any] = json.loads(text(account, "holds") or "{}")
    last = day(account, "last_alert_on")
    return second.Patient(
        time_zone=text(account, "time_zone"),
        channels={
            "text": channel(account, "text", "mobile"),
            "email": channel(account, "email", "email"),
        },
        entries=entries,
        holds={
            name: None if until is None else date.fromisoformat(until)
            for name, until in holds.items()
        },
        payment_open="open_attempt" in account,
        last_alert=None if last == NEVER else last,
    )


def pilots_of(practice: Item) -> set[str] | None:
    """The contacts that a practice tries its alerts out on, in lower case; None for everybody."""
    if "pilot_contacts" not in practice:
        return None
    return {each["S"].casefold() for each in practice["pilot_contacts"]["L"]}


def clinic_of(practice: Item, brake: Item | None) -> second.Clinic:
    """A practice's settings; the operator's brake pauses it as well."""
    return second.Clinic(
        time_zone=practice["time_zone"]["S"],
        frequency=practice["frequency"]["S"],
        paused=practice["paused"]["BOOL"] or brake is not None,
        opens=time.fromisoformat(practice["opens"]["S"]),
        closes=time.fromisoformat(practice["closes"]["S"]),
        send_days=frozenset(practice["send_days"]["SS"]),
        minimum_cents=number(practice, "minimum_balance_cents"),
        first_after=number(practice, "first_alert_after_days"),
    )
