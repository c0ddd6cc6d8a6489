"""Alerts that staff sent by a click: what makes one click one alert."""

from __future__ import annotations

from datetime import datetime, timedelta

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition, Or

from balance_alerts.store import keys, table
from balance_alerts.store.attributes import InstantAttribute
from balance_alerts.store.table import Record

A_KEY_LASTS = timedelta(days=30)


class SentNowRecord(Record, discriminator="sent_now"):
    """The alert that a click's key was used for; given back where certainly nothing was sent."""

    alert_id = UnicodeAttribute()
    claimed_at = InstantAttribute()
    given_back = BooleanAttribute(default=False)


def sent_now_record(key: keys.Key, alert_id: str, now: datetime) -> SentNowRecord:
    """That a click has become this alert."""
    return SentNowRecord(*key, alert_id=alert_id, claimed_at=now, expires_at=now + A_KEY_LASTS)


def alert_of(key: keys.Key, now: datetime) -> str | None:
    """The alert that this click has become; None where it may still become one."""
    found: SentNowRecord | None = table.read([key]).get(key)
    if found is None or found.given_back or now - found.claimed_at >= A_KEY_LASTS:
        return None
    return str(found.alert_id)


def is_free(now: datetime) -> Condition:
    """The condition that a click has not become an alert yet."""
    unknown: Condition = SentNowRecord.pk.does_not_exist()
    given_back: Condition = SentNowRecord.given_back == True  # noqa: E712
    over: Condition = SentNowRecord.claimed_at <= now - A_KEY_LASTS
    return Or(Or(unknown, given_back), over)
