"""The due index, read page by page for scans.

Its items are turned into accounts by hand: a scan reads every account that may be due, and
PynamoDB's models take several times as long an item.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from balance_alerts.domain.account import Account, HoldReason, Subscription
from balance_alerts.domain.contact import ContactState
from balance_alerts.domain.ledger import Window
from balance_alerts.store import table
from balance_alerts.store.account_record import NEVER_ALERTED

DUE_INDEX = "due_accounts"
_NEVER_ALERTED = NEVER_ALERTED.isoformat()
_STATES = {state.value: state for state in ContactState}


def due_items(practice_id: str, *, alerted_up_to: date) -> Iterator[dict[str, Any]]:
    """The practice's accounts in the due index, last alerted on or before a local date.

    They come raw, for `account_of`, those waiting longest first. The index lags behind the
    accounts by a moment; what is read here is decided on again before anything is sent.
    """
    return table.index_items(
        DUE_INDEX,
        "due_practice = :practice AND last_alert_on <= :day",
        {":practice": {"S": practice_id}, ":day": {"S": alerted_up_to.isoformat()}},
    )


def account_of(item: dict[str, Any]) -> Account:
    """An item of the index as the rules see it."""
    last_alert_on = item["last_alert_on"]["S"]
    return Account(
        practice_id=item["practice_id"]["S"],
        patient_id=item["patient_id"]["S"],
        time_zone=item["time_zone"]["S"] if "time_zone" in item else None,
        text=_subscription(item.get("text_subscribed"), item.get("mobile_state")),
        email=_subscription(item.get("email_subscribed"), item.get("email_state")),
        balance_cents=int(item["balance_cents"]["N"]),
        window=_window(item),
        holds=_holds(item["holds"]["S"]) if "holds" in item else {},
        payment_open="open_attempt" in item,
        last_alert_on=None
        if last_alert_on == _NEVER_ALERTED
        else date.fromisoformat(last_alert_on),
        version=int(item["version"]["N"]),
    )


def _subscription(subscribed: dict[str, bool] | None, state: dict[str, str] | None) -> Subscription:
    return Subscription(
        None if subscribed is None else subscribed["BOOL"],
        None if state is None else _STATES[state["S"]],
    )


def _window(item: dict[str, Any]) -> Window | None:
    if "window_opened_at" not in item or "newest_responsibility_at" not in item:
        return None
    return Window(
        datetime.fromisoformat(item["window_opened_at"]["S"]),
        datetime.fromisoformat(item["newest_responsibility_at"]["S"]),
    )


def _holds(stored: str) -> dict[HoldReason, date | None]:
    return {
        HoldReason(reason): None if until is None else date.fromisoformat(until)
        for reason, until in json.loads(stored).items()
    }
