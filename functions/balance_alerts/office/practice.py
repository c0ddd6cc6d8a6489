"""The practice as its staff see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from balance_alerts.domain.calendar import Weekday
from balance_alerts.domain.channel_stop import ChannelStop
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.practice import Frequency, Practice


@dataclass(frozen=True, slots=True, kw_only=True)
class SendWindowView:
    """Between which wall times alerts go out."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettingsView:
    """When alerts go out."""

    frequency: Frequency
    paused: bool
    send_window: SendWindowView
    send_days: list[Weekday]
    minimum_balance_cents: int
    first_alert_after_days: int
    daily_limit: int | None
    pilot_contacts: list[str] | None
    include_amount: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPaymentsView:
    """The merchant account that patients pay to; `suspended_at` is since when they cannot."""

    api_login_id: str
    has_signature_key: bool
    suspended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PausedByOperatorView:
    """The operator's pause of all alerts of this installation; `note` says why, if anything."""

    since: datetime
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedChannelView:
    """A channel on which nothing goes out at present, for no practice; `reason` is a stable code.

    Alerts that are due wait, or go out on the other channel alone.
    """

    channel: Channel
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeView:
    """Profile, alert settings and card payments; null where it takes none.

    `paused_by_operator` is null unless the operator paused the alerts of all practices: then none
    go out whatever the settings say. `stopped_channels` are what Amazon does not send at present.
    """

    practice_id: str
    display_name: str
    short_name: str
    phone: str
    hours: str
    website: str | None
    reply_to: str | None
    time_zone: str
    balance_alerts: AlertSettingsView
    authorize_net: CardPaymentsView | None
    paused_by_operator: PausedByOperatorView | None
    stopped_channels: list[StoppedChannelView]


def practice_view(practice: Practice, stops: Iterable[ChannelStop]) -> PracticeView:
    """The practice for its staff; nothing secret is in it."""
    alerts, gateway = practice.alerts, practice.gateway
    return PracticeView(
        practice_id=practice.practice_id,
        display_name=practice.display_name,
        short_name=practice.short_name,
        phone=practice.phone,
        hours=practice.hours,
        website=practice.website,
        reply_to=practice.reply_to,
        time_zone=practice.time_zone,
        balance_alerts=AlertSettingsView(
            frequency=alerts.frequency,
            paused=alerts.paused,
            send_window=SendWindowView(
                opens=alerts.send_window.opens, closes=alerts.send_window.closes
            ),
            send_days=[day for day in Weekday if day in alerts.send_days],
            minimum_balance_cents=alerts.minimum_balance_cents,
            first_alert_after_days=alerts.first_alert_after_days,
            daily_limit=alerts.daily_limit,
            pilot_contacts=None if alerts.pilot_contacts is None else list(alerts.pilot_contacts),
            include_amount=alerts.include_amount,
        ),
        authorize_net=None
        if gateway is None
        else CardPaymentsView(
            api_login_id=gateway.api_login_id,
            has_signature_key=gateway.has_signature_key,
            suspended_at=gateway.suspended_at,
        ),
        paused_by_operator=None
        if practice.brake is None
        else PausedByOperatorView(since=practice.brake.since, note=practice.brake.note),
        stopped_channels=[
            StoppedChannelView(channel=stop.channel, reason=stop.reason, since=stop.since)
            for stop in stops
        ],
    )
