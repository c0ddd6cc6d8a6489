"""One fresh link an account, channel and day: whoever writes first sends it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from pynamodb.attributes import BooleanAttribute
from pynamodb.exceptions import PutError

from balance_alerts.domain.contact import Channel
from balance_alerts.store import keys, races
from balance_alerts.store.attributes import InstantAttribute
from balance_alerts.store.keys import Key
from balance_alerts.store.table import Record

_KEPT_FOR = timedelta(days=46)
"""As long as the link works, which staff see."""


class FreshLinkRecord(Record, discriminator="fresh_link"):
    """That a fresh link was sent, or is being sent, on a day."""

    claimed_at = InstantAttribute()
    given_back = BooleanAttribute(default=False)


def claim_day(key: Key, now: datetime) -> bool:
    """Whether this caller is the one that may send on the day."""
    free = FreshLinkRecord.pk.does_not_exist() | (FreshLinkRecord.given_back == True)  # noqa: E712
    try:
        _record(key, now).save(condition=free)
    except PutError as error:
        if not races.lost_a_race(error):
            raise
        return False
    return True


def give_day_back(key: Key, now: datetime) -> None:
    """Nothing was sent: the day is free again."""
    record = _record(key, now)
    record.given_back = True
    record.save()


def fresh_links_of(practice_id: str, patient_id: str) -> Iterator[tuple[Channel, datetime]]:
    """The fresh links of an account: where each went, and when."""
    pk, _ = keys.account(practice_id, patient_id)
    beginning = FreshLinkRecord.sk.startswith("FRESHLINK#")
    for record in FreshLinkRecord.query(pk, beginning, consistent_read=True):
        if not record.given_back:
            yield Channel(record.sk.split("#")[1]), record.claimed_at


def _record(key: Key, now: datetime) -> FreshLinkRecord:
    return FreshLinkRecord(*key, claimed_at=now, expires_at=now + _KEPT_FOR)
