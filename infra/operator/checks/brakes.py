"""What keeps alerts back on purpose or by need: the operator's brake, and channels that rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from balance_alerts.domain.contact import Channel
from balance_alerts.store.brake import brake_now
from balance_alerts.store.channel_stops import stops_now
from infra.operator.channels import told
from infra.operator.checks.finding import Finding, attention, broken, ok
from infra.operator.words import brake_told

if TYPE_CHECKING:
    from balance_alerts.domain.brake import Brake
    from balance_alerts.domain.channel_stop import ChannelStop
    from infra.operator.stack import Stack


def held_back(stack: Stack) -> Iterator[Finding]:
    """Whether all alerts are paused, and whether texts and emails go out."""
    resting = {stop.channel: stop for stop in stops_now(stack.wiring.now())}
    yield of_brake(brake_now())
    for channel in Channel:
        yield of_channel(channel, resting.get(channel))


def of_brake(brake: Brake | None) -> Finding:
    """What the operator's brake means."""
    if brake is None:
        return ok("alerts are not paused as a whole")
    return attention(brake_told(brake, "UTC"), "balance-alerts resume --all, once all is well")


def of_channel(channel: Channel, stop: ChannelStop | None) -> Finding:
    """What it means that a channel rests, or does not."""
    if stop is None:
        return ok(f"{channel.value} goes out")
    return broken(
        f"{channel.value} {told(stop)}",
        f"then balance-alerts channels --lift {channel.value}",
    )
