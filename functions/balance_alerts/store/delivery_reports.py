"""What providers told of messages, each in an item of its own.

So neither the sender's record nor a report can overwrite the other, whichever comes first, and a
report of a message that nobody has recorded yet waits here until it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import PutError

from balance_alerts.domain.contact import Channel
from balance_alerts.domain.delivery import ChannelStatus, Report
from balance_alerts.store import keys, races, table
from balance_alerts.store.alerts import KEPT
from balance_alerts.store.attributes import InstantAttribute, instant_text
from balance_alerts.store.table import Record


class DeliveryReportRecord(Record, discriminator="delivery_report"):
    """The heaviest report of one message; `weight` is its weight as text that sorts alike."""

    status = UnicodeAttribute()
    reported_at = InstantAttribute()
    detail = UnicodeAttribute()
    weight = UnicodeAttribute()

    def to_domain(self) -> Report:
        """As it was told."""
        return Report(ChannelStatus(self.status), self.reported_at, self.detail)


class DeliveryReports:
    """The reports of the stack's messages, each kept as long as its alert."""

    def __init__(self, kept_for: timedelta = KEPT) -> None:
        self._kept_for = kept_for

    def take(self, channel: Channel, reference: str, report: Report) -> bool:
        """Keep a report, unless a heavier one of the same message is kept; says whether it was.

        One conditional write: reports may come twice, late and in any order.
        """
        rank, at, detail = report.weight
        record = DeliveryReportRecord(
            *keys.delivery_report(channel.value, reference),
            status=report.status.value,
            reported_at=at,
            detail=detail,
            weight=f"{rank:02d} {instant_text(at)} {detail}",
            expires_at=report.at + self._kept_for,
        )
        weight = DeliveryReportRecord.weight
        try:
            record.save(weight.does_not_exist() | (weight < record.weight))
        except PutError as error:
            if not races.lost_a_race(error):
                raise
            return False
        return True


def reports_of(
    messages: Iterable[tuple[Channel, str]], now: datetime
) -> dict[tuple[Channel, str], Report]:
    """What was reported of these messages, by channel and reference; 100 a call."""
    wanted = {keys.delivery_report(each[0].value, each[1]): each for each in messages}
    found: dict[keys.Key, DeliveryReportRecord] = table.read(wanted)
    return {
        wanted[key]: record.to_domain() for key, record in found.items() if not record.expired(now)
    }
