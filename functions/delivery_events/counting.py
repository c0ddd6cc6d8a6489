"""Reports as metrics: one a message and status, whatever is reported twice."""

from __future__ import annotations

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

from balance_alerts.domain.delivery import ChannelStatus, Report

_NAMES = {
    ChannelStatus.DELIVERED: "Delivered",
    ChannelStatus.BOUNCED: "Bounced",
    ChannelStatus.COMPLAINED: "Complained",
    ChannelStatus.OPTED_OUT: "OptedOut",
    ChannelStatus.CARRIER_BLOCKED: "CarrierBlocked",
    ChannelStatus.NOT_SENT: "NotDelivered",
    ChannelStatus.UNDETERMINED: "Undetermined",
}


def count_report(metrics: Metrics, messages: str, report: Report, *, news: bool) -> None:
    """Count a report of `messages` ("Texts" or "Emails"), such as `TextsDelivered`."""
    if news:
        metrics.add_metric(f"{messages}{_NAMES[report.status]}", MetricUnit.Count, 1)
