"""The alerts of an account as staff see them."""

from __future__ import annotations

from datetime import datetime, timedelta

from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.alerts import Alert, Alerts, lost_claim

CLAIM_SETTLES_AFTER = timedelta(minutes=15)
"""Longer than any worker lives: by then a claim without a record has lost its worker."""


def alert_history(alerts: Alerts, account: AccountRecord, now: datetime) -> list[Alert]:
    """Every alert that counts, newest first.

    A claim whose worker was killed before it recorded anything is an alert of which nobody knows
    whether it went out.
    """
    recorded = alerts.of_account(account.practice_id, account.patient_id)
    if account.claim_id is None or account.claimed_at is None:
        return recorded
    if any(alert.alert_id == account.claim_id for alert in recorded):
        return recorded
    if now - account.claimed_at < CLAIM_SETTLES_AFTER:
        return recorded
    return [lost_claim(account), *recorded]
