"""Practices as stored."""

from __future__ import annotations

from datetime import time

from pynamodb.attributes import (
    BooleanAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    VersionAttribute,
)
from pynamodb.expressions.condition import And, Condition
from pynamodb.expressions.operand import Path

from balance_alerts.domain.calendar import SendWindow, Weekday
from balance_alerts.domain.practice import AlertSettings, Frequency, GatewayConnection, Practice
from balance_alerts.store.attributes import ContactsAttribute, InstantAttribute
from balance_alerts.store.table import Record

SENDING = "yes"
"""What practices that send hold in `sending`; the others are not in that index at all."""


class GatewayAttribute(MapAttribute[str, object]):
    """The practice's merchant account; its secrets are elsewhere."""

    connection_id = UnicodeAttribute()
    api_login_id = UnicodeAttribute()
    client_key = UnicodeAttribute()
    has_signature_key = BooleanAttribute(default=False)
    suspended_at = InstantAttribute(null=True)

    @classmethod
    def of(cls, connection: GatewayConnection) -> GatewayAttribute:
        """As stored."""
        return cls(
            connection_id=connection.connection_id,
            api_login_id=connection.api_login_id,
            client_key=connection.client_key,
            has_signature_key=connection.has_signature_key,
            suspended_at=connection.suspended_at,
        )

    def to_domain(self) -> GatewayConnection:
        """As the rules see it."""
        return GatewayConnection(
            connection_id=self.connection_id,
            api_login_id=self.api_login_id,
            client_key=self.client_key,
            has_signature_key=self.has_signature_key,
            suspended_at=self.suspended_at,
        )


class PracticeRecord(Record, discriminator="practice"):
    """A practice as stored."""

    practice_id = UnicodeAttribute()
    code = UnicodeAttribute()
    display_name = UnicodeAttribute()
    short_name = UnicodeAttribute()
    phone = UnicodeAttribute()
    hours = UnicodeAttribute(default="")
    website = UnicodeAttribute(null=True)
    reply_to = UnicodeAttribute(null=True)
    time_zone = UnicodeAttribute()
    account_time_zones = UnicodeSetAttribute(null=True)
    frequency = UnicodeAttribute()
    paused = BooleanAttribute(default=False)
    opens = UnicodeAttribute()
    closes = UnicodeAttribute()
    send_days = UnicodeSetAttribute()
    minimum_balance_cents = NumberAttribute()
    first_alert_after_days = NumberAttribute()
    daily_limit = NumberAttribute(null=True)
    include_amount = BooleanAttribute(default=False)
    pilot_contacts = ContactsAttribute(null=True)
    sending = UnicodeAttribute(null=True)
    gateway = GatewayAttribute(null=True)  # type: ignore[no-untyped-call]  # PynamoDB's maps are
    version = VersionAttribute()

    def to_domain(self) -> Practice:
        """As the rules see it."""
        return Practice(
            practice_id=self.practice_id,
            code=self.code,
            display_name=self.display_name,
            short_name=self.short_name,
            phone=self.phone,
            time_zone=self.time_zone,
            hours=self.hours,
            website=self.website,
            reply_to=self.reply_to,
            alerts=AlertSettings(
                frequency=Frequency(self.frequency),
                paused=self.paused,
                send_window=SendWindow(
                    time.fromisoformat(self.opens), time.fromisoformat(self.closes)
                ),
                send_days=frozenset(Weekday(day) for day in self.send_days),
                minimum_balance_cents=int(self.minimum_balance_cents),
                first_alert_after_days=int(self.first_alert_after_days),
                daily_limit=None if self.daily_limit is None else int(self.daily_limit),
                include_amount=self.include_amount,
                pilot_contacts=(
                    None if self.pilot_contacts is None else tuple(self.pilot_contacts)
                ),
            ),
            account_time_zones=frozenset(self.account_time_zones or ()),
            gateway=None if self.gateway is None else self.gateway.to_domain(),
            version=int(self.version),
        )

    def take_settings(self, settings: AlertSettings) -> None:
        """Set every attribute that the settings hold."""
        self.frequency = settings.frequency.value
        self.paused = settings.paused
        self.opens = settings.send_window.opens.isoformat("minutes")
        self.closes = settings.send_window.closes.isoformat("minutes")
        self.send_days = {day.value for day in settings.send_days}
        self.minimum_balance_cents = settings.minimum_balance_cents
        self.first_alert_after_days = settings.first_alert_after_days
        self.daily_limit = settings.daily_limit
        self.include_amount = settings.include_amount
        pilot = settings.pilot_contacts
        self.pilot_contacts = None if pilot is None else list(pilot)
        self.sending = SENDING if settings.sending else None


def takes_cards_by(connection_id: str) -> Condition:
    """That a practice still has this connection, and it is not suspended."""
    connection: Condition = Path(["gateway", "connection_id"]) == connection_id
    active: Condition = Path(["gateway", "suspended_at"]).does_not_exist()
    return And(connection, active)


class PracticeCodeRecord(Record, discriminator="practice_code"):
    """Which practice a link's first six characters belong to."""

    practice_id = UnicodeAttribute()


class AlertsSentRecord(Record, discriminator="alerts_sent"):
    """How many alerts of a practice were sent, or are being sent, on one local day."""

    alerts = NumberAttribute()
