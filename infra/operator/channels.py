"""Channels on which nothing goes out, for a condition of the AWS account: `channels`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from balance_alerts.domain.channel_stop import NO_QUOTA, ChannelStop
from balance_alerts.domain.contact import Channel
from balance_alerts.store.channel_stops import lift_stop, stops_now
from infra.operator.stack import Stack
from infra.operator.words import local_time

if TYPE_CHECKING:
    from infra.operator.arguments import Commands

_WHAT_TO_DO = {
    NO_QUOTA: "raise the monthly spending limit of SNS, or wait for the next month",
    "daily_quota_exceeded": "raise the daily sending quota of SES, or wait until tomorrow",
    "sending_paused": "SES paused sending: look at its reputation metrics and open its case",
    "account_suspended": "SES suspended the account: answer its case",
    "not_verified": "verify the sender with SES, and leave its sandbox",
}


def add(commands: Commands) -> None:
    """Tell argparse about this command."""
    channels = commands.add_parser(
        "channels",
        help="show whether texts and emails go out; --lift tries one again at once",
        description="A channel rests where the AWS account keeps every message from going out. "
        "Alerts that are due wait. Most conditions are tried again after ten minutes; the monthly "
        "limit for texts only with the next month, or once it is lifted here.",
    )
    channels.add_argument("--lift", choices=[channel.value for channel in Channel])
    channels.set_defaults(run=_run)


def _run(stack: Stack, options: argparse.Namespace) -> int:
    now = stack.wiring.now()
    if options.lift is not None:
        lifted = lift_stop(Channel(options.lift), now)
        print(f"{options.lift}: {'tried again from now on' if lifted else 'did not rest'}")
        return 0
    resting = {stop.channel: stop for stop in stops_now(now)}
    for channel in Channel:
        stop = resting.get(channel)
        print(f"{channel.value}: {'goes out' if stop is None else told(stop)}")
    return 0


def told(stop: ChannelStop) -> str:
    """Since when a channel rests, why, and what to do."""
    since, until = local_time(stop.since, "UTC"), local_time(stop.until, "UTC")
    what = _WHAT_TO_DO.get(stop.reason, "look at the sender's log for the provider's words")
    return f"rests since {since} ({stop.reason}), tried again {until}; {what}"
