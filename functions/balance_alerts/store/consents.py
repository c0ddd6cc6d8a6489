"""Consents given and withdrawn, each with who, when, how and for which contact."""

from __future__ import annotations

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from balance_alerts.store.table import InstantAttribute, Record


class ConsentRecord(Record, discriminator="consent"):
    """One consent, or its withdrawal; written down by whom. Append-only."""

    channel = UnicodeAttribute()
    contact = UnicodeAttribute(null=True)
    source = UnicodeAttribute()
    given_at = InstantAttribute()
    recorded_by = UnicodeAttribute()
    withdrawn = BooleanAttribute(null=True)
