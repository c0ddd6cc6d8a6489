"""The alerts of a patient as staff see them, and what the rules say of the next one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from balance_alerts.alerts.history import alert_history
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.delivery import ChannelStatus
from balance_alerts.office.patient_file import DecisionView, PatientFile
from balance_alerts.store.alerts import Alert, Alerts


@dataclass(frozen=True, slots=True)
class ChannelStatusView:
    """What became of an alert on one channel; `detail` is a stable code, empty if all is well."""

    channel: Channel
    status: ChannelStatus
    detail: str


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert, on the channels it was meant for.

    `sent_on` is the patient's local day that it counts for, `sent_at` when a worker took it up to
    send it.
    """

    alert_id: str
    sent_on: date
    sent_at: datetime
    channels: list[ChannelStatusView]


@dataclass(frozen=True, slots=True)
class AlertHistoryView:
    """Why the next alert is or is not coming, and those before, newest first."""

    decision: DecisionView
    alerts: list[AlertView]


def alert_history_view(file: PatientFile, alerts: Alerts) -> AlertHistoryView:
    """The patient's alerts, and the decision of now."""
    history = alert_history(alerts, file.account, file.now)
    return AlertHistoryView(file.decision, [alert_view(alert) for alert in history])


def alert_view(alert: Alert) -> AlertView:
    """One alert; text first."""
    results = [
        ChannelStatusView(channel, alert.channels[channel].status, alert.channels[channel].detail)
        for channel in Channel
        if channel in alert.channels
    ]
    return AlertView(alert.alert_id, alert.sent_on, alert.claimed_at, results)
