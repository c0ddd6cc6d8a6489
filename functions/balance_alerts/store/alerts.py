"""What became of each alert, a status a channel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.delivery import ChannelStatus
from balance_alerts.store import keys, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.attributes import DateAttribute, InstantAttribute
from balance_alerts.store.table import Record

KEPT = timedelta(days=1095)
"""How long alerts are kept where a deployment chooses nothing else."""

KEPT_AT_LEAST = timedelta(days=90)
"""The shortest that a deployment may choose."""


class AlertRecord(Record, discriminator="alert"):
    """An alert that counts for the rhythm. Written once, after its provider calls."""

    alert_id = UnicodeAttribute()
    claimed_at = InstantAttribute()
    sent_on = DateAttribute()
    previous_on = DateAttribute(null=True)
    channels = JSONAttribute()

    def to_domain(self, practice_id: str, patient_id: str) -> Alert:
        """As staff read it, with whose it is."""
        return Alert(
            practice_id=practice_id,
            patient_id=patient_id,
            alert_id=self.alert_id,
            claimed_at=self.claimed_at,
            sent_on=self.sent_on,
            previous_on=self.previous_on,
            channels={
                Channel(name): ChannelResult(
                    ChannelStatus(stored["status"]), stored["message_id"], stored["detail"]
                )
                for name, stored in self.channels.items()
            },
        )


@dataclass(frozen=True, slots=True)
class ChannelResult:
    """What became of an alert on one channel; `detail` is a stable code, empty if all is well."""

    status: ChannelStatus
    message_id: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert: the local date it counts for, and what became of it on each channel.

    `previous_on` is the date of the alert before it, as the account holds it: what counts again
    should this one turn out not to have been sent. None where nobody knows.
    """

    practice_id: str
    patient_id: str
    alert_id: str
    claimed_at: datetime
    sent_on: date
    channels: Mapping[Channel, ChannelResult]
    previous_on: date | None = None

    def reference(self, channel: Channel) -> str | None:
        """What the provider's reports call this alert's message on a channel.

        Emails carry the alert's id, so that a report finds even one whose sending went unanswered;
        of texts nobody knows more than the id that the provider gave.
        """
        return self.alert_id if channel is Channel.EMAIL else self.channels[channel].message_id


class Alerts:
    """The history of alerts, each kept for a while."""

    def __init__(self, clock: Clock, kept_for: timedelta = KEPT) -> None:
        self._clock = clock
        self._kept_for = kept_for

    def keep(self, alerts: Iterable[Alert]) -> None:
        """Record alerts, 25 a call."""
        table.write_many(_as_stored(alert, self._kept_for) for alert in alerts)

    def of_account(self, practice_id: str, patient_id: str) -> list[Alert]:
        """Every alert of an account that is kept, newest first, read consistently."""
        pk, _ = keys.account(practice_id, patient_id)
        found = AlertRecord.query(
            pk,
            AlertRecord.sk.startswith("ALERT#"),
            consistent_read=True,
            scan_index_forward=False,
        )
        now = self._clock()
        return [
            record.to_domain(practice_id, patient_id) for record in found if not record.expired(now)
        ]


def claim_key(account: AccountRecord) -> keys.Key | None:
    """Where the record of the account's last claim lies; None where nothing was ever claimed."""
    if account.claim_id is None or account.claimed_at is None:
        return None
    return keys.alert(account.practice_id, account.patient_id, account.claimed_at, account.claim_id)


def lost_claim(account: AccountRecord) -> Alert:
    """The account's last claim as an alert of which nobody knows whether it went out.

    Its worker was killed between the claim and the record.
    """
    assert account.claim_id is not None
    assert account.claimed_at is not None
    unknown = ChannelResult(ChannelStatus.UNKNOWN, detail="worker_lost")
    return Alert(
        practice_id=account.practice_id,
        patient_id=account.patient_id,
        alert_id=account.claim_id,
        claimed_at=account.claimed_at,
        sent_on=account.last_alert_on,
        channels={Channel(name): unknown for name in sorted(account.claim_channels or ())},
    )


def _as_stored(alert: Alert, kept_for: timedelta) -> AlertRecord:
    return AlertRecord(
        *keys.alert(alert.practice_id, alert.patient_id, alert.claimed_at, alert.alert_id),
        alert_id=alert.alert_id,
        claimed_at=alert.claimed_at,
        sent_on=alert.sent_on,
        previous_on=alert.previous_on,
        expires_at=alert.claimed_at + kept_for,
        channels={
            channel.value: {
                "status": result.status.value,
                "message_id": result.message_id,
                "detail": result.detail,
            }
            for channel, result in alert.channels.items()
        },
    )
