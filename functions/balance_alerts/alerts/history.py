"""The alerts of an account as staff see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from balance_alerts.domain.contact import Channel
from balance_alerts.domain.delivery import REPORTED_WITHIN, ChannelStatus, Report, may_follow
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.alerts import KEPT_AT_LEAST, Alert, Alerts, ChannelResult, lost_claim
from balance_alerts.store.delivery_reports import reports_of

CLAIM_SETTLES_AFTER = timedelta(minutes=15)
"""Longer than any worker lives: by then a claim without a record has lost its worker."""


def alert_history(alerts: Alerts, account: AccountRecord, now: datetime) -> list[Alert]:
    """Every alert that counts, newest first, as far as it is known to have come.

    A claim whose worker was killed before it recorded anything is an alert of which nobody knows
    whether it went out.
    """
    recorded = alerts.of_account(account.practice_id, account.patient_id)
    return as_they_stand(with_lost_claim(recorded, account, now), now)


def as_they_stand(alerts: Sequence[Alert], now: datetime) -> list[Alert]:
    """Alerts with what providers reported of their messages since they were sent."""
    referred = [
        (channel, reference)
        for alert in alerts
        for channel in alert.channels
        if (reference := alert.reference(channel)) is not None
    ]
    reports = reports_of(referred, now)

    def standing(alert: Alert, channel: Channel) -> ChannelResult:
        report = reports.get((channel, alert.reference(channel) or ""))
        return _standing(alert.channels[channel], report, age=now - alert.claimed_at)

    return [
        replace(alert, channels={channel: standing(alert, channel) for channel in alert.channels})
        for alert in alerts
    ]


def _standing(recorded: ChannelResult, report: Report | None, *, age: timedelta) -> ChannelResult:
    if report is not None and may_follow(report.status, recorded.status):
        return replace(recorded, status=report.status, detail=report.detail)
    if recorded.status is ChannelStatus.ACCEPTED and age >= REPORTED_WITHIN:
        return replace(recorded, status=ChannelStatus.UNDETERMINED, detail="no_report")
    return recorded


def with_lost_claim(recorded: list[Alert], account: AccountRecord, now: datetime) -> list[Alert]:
    """An account's recorded alerts, newest first, and its last claim if that lost its worker."""
    if account.claim_id is None or account.claimed_at is None:
        return recorded
    if any(alert.alert_id == account.claim_id for alert in recorded):
        return recorded
    if CLAIM_SETTLES_AFTER <= now - account.claimed_at < KEPT_AT_LEAST:
        return [lost_claim(account), *recorded]
    return recorded  # not settled yet, or so old that its record may be forgotten
