"""Where reading the provider's list of opt-outs was broken off for want of time."""

from __future__ import annotations

from pynamodb.attributes import UnicodeAttribute

from balance_alerts.store import keys, table
from balance_alerts.store.table import Record


class OptOutPlaceRecord(Record, discriminator="opt_out_place"):
    """The place in the provider's own words; none if the list was read to its end."""

    goes_on_at = UnicodeAttribute(null=True)


def place() -> str | None:
    """Where to go on; None at the beginning."""
    key = keys.opt_out_place()
    record: OptOutPlaceRecord | None = table.read([key]).get(key)
    return None if record is None else record.goes_on_at


def keep_place(goes_on_at: str | None) -> None:
    """Remember where to go on."""
    OptOutPlaceRecord(*keys.opt_out_place(), goes_on_at=goes_on_at).save()
