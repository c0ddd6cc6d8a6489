"""Channels that rest: one item each, read together with what is decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pynamodb.attributes import UnicodeAttribute, VersionAttribute

from balance_alerts.domain.channel_stop import ChannelStop, rests_until
from balance_alerts.domain.contact import Channel
from balance_alerts.store import keys, races, table
from balance_alerts.store.attributes import InstantAttribute
from balance_alerts.store.table import Record

KEYS = tuple(keys.channel_stop(channel.value) for channel in Channel)
"""What to read to know of every channel whether it rests."""


class ChannelStopRecord(Record, discriminator="channel_stop"):
    """The last condition that a channel met; `lifted_at` is when the operator said it is over."""

    reason = UnicodeAttribute()
    since = InstantAttribute()
    until = InstantAttribute()
    lifted_at = InstantAttribute(null=True)
    version = VersionAttribute()


def stops_in(found: Mapping[keys.Key, Any], now: datetime) -> list[ChannelStop]:
    """The channels that rest at an instant, among what was read together."""
    records = {channel: found.get(keys.channel_stop(channel.value)) for channel in Channel}
    stops = [
        ChannelStop(channel, record.reason, record.since, record.until)
        for channel, record in records.items()
        if record is not None
    ]
    return [stop for stop in stops if stop.holds_at(now)]


def stops_now(now: datetime) -> list[ChannelStop]:
    """The channels that rest at an instant."""
    return stops_in(table.read(KEYS), now)


def note_stop(channel: Channel, reason: str, at: datetime) -> bool:
    """Let a channel rest that met a condition at an instant; says whether that is news.

    A condition that is still met goes on; one from before the operator lifted it is over. None ends
    a rest before another one that is longer, nor does one that is told of late.
    """
    key, until = keys.channel_stop(channel.value), rests_until(reason, at)

    def write() -> bool:
        record: ChannelStopRecord | None = table.read([key]).get(key)
        if record is None:
            ChannelStopRecord(*key, reason=reason, since=at, until=until).save()
            return True
        if record.lifted_at is not None and at <= record.lifted_at:
            return False
        if until <= record.until:
            return False
        goes_on = record.reason == reason and at <= record.until
        if not goes_on:
            record.reason, record.since = reason, at
        record.until = until
        record.update(record.changes())
        return not goes_on

    return races.retrying(write)


def lift_stop(channel: Channel, now: datetime) -> bool:
    """Let a channel be tried again; says whether it rested."""
    key = keys.channel_stop(channel.value)

    def write() -> bool:
        record: ChannelStopRecord | None = table.read([key]).get(key)
        if record is None or now >= record.until:
            return False
        record.until = record.lifted_at = now
        record.update(record.changes())
        return True

    return races.retrying(write)
