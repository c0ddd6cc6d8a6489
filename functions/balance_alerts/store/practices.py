"""Practices: who they are, how they send alerts, how many they sent today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from pynamodb.attributes import (
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    VersionAttribute,
)
from pynamodb.exceptions import DoesNotExist, TransactWriteError, UpdateError

from balance_alerts.domain.calendar import SendWindow, Weekday
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.practice import AlertSettings, Frequency, Practice
from balance_alerts.store import keys, table
from balance_alerts.store.table import Record

SENDING_INDEX = "sending_practices"
"""Sparse: the practices that send at all. Those paused or switched off cost a scan nothing."""

_COUNTER_LIFE = timedelta(days=90)
_SENDING = "yes"


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
    sending = UnicodeAttribute(null=True)
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
            ),
            account_time_zones=frozenset(self.account_time_zones or ()),
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
        self.sending = _SENDING if settings.sending else None


class PracticeCodeRecord(Record, discriminator="practice_code"):
    """Which practice a link's first six characters belong to."""

    practice_id = UnicodeAttribute()


class AlertsSentRecord(Record, discriminator="alerts_sent"):
    """How many alerts of a practice were sent, or are being sent, on one local day."""

    alerts = NumberAttribute()


class Practices:
    """The practices of the stack."""

    def get(self, practice_id: str) -> Practice:
        """One practice, read consistently.

        Raises:
            RuleError: `unknown_practice`.
        """
        return self._record(practice_id).to_domain()

    def of_code(self, code: str) -> Practice | None:
        """The practice whose links begin with this code; None where there is none."""
        key = keys.practice_code(code)
        found: PracticeCodeRecord | None = table.read([key]).get(key)
        if found is None:
            return None
        key = keys.practice(found.practice_id)
        record: PracticeRecord | None = table.read([key]).get(key)
        return None if record is None else record.to_domain()

    def several(self, practice_ids: Iterable[str]) -> Iterable[PracticeRecord]:
        """These practices, read consistently; unknown ones are left out."""
        return table.read(keys.practice(practice_id) for practice_id in practice_ids).values()

    def create(self, practice: Practice) -> None:
        """Add a practice.

        Raises:
            RuleError: `practice_exists`, also where only its code is taken.
        """
        pk, sk = keys.practice(practice.practice_id)
        record = PracticeRecord(
            pk,
            sk,
            practice_id=practice.practice_id,
            code=practice.code,
            display_name=practice.display_name,
            short_name=practice.short_name,
            phone=practice.phone,
            hours=practice.hours,
            website=practice.website,
            reply_to=practice.reply_to,
            time_zone=practice.time_zone,
        )
        record.take_settings(practice.alerts)
        code = PracticeCodeRecord(
            *keys.practice_code(practice.code), practice_id=practice.practice_id
        )
        try:
            with table.transaction() as transaction:
                transaction.save(record)
                transaction.save(code, condition=PracticeCodeRecord.pk.does_not_exist())
        except TransactWriteError as error:
            if not table.lost_a_race(error):
                raise
            raise RuleError(
                "practice_exists", "There is a practice with this id already; choose another id."
            ) from error

    def save_settings(self, practice: Practice, settings: AlertSettings) -> Practice:
        """Replace the alert settings of a practice as read.

        Raises:
            RuleError: `changed_meanwhile`, where somebody else saved in between.
        """
        record = self._record(practice.practice_id)
        if int(record.version) == practice.version:
            record.take_settings(settings)
            changes = record.changes()
            if not changes:
                return practice
            try:
                record.update(changes)
                return replace(practice, alerts=settings, version=int(record.version))
            except UpdateError as error:
                if not table.lost_a_race(error):
                    raise
        raise RuleError(
            "changed_meanwhile", "Somebody changed these settings meanwhile; look again, then save."
        )

    def sending(self) -> Iterator[PracticeRecord]:
        """Every practice whose alerts are on, as the index has it.

        As records, so that one that cannot be read keeps no other from being seen.
        """
        found = table.index_items(
            SENDING_INDEX, "sending = :sending", {":sending": {"S": _SENDING}}
        )
        for item in found:
            yield PracticeRecord.from_raw_data(item)

    def know_time_zone(self, practice: Practice, time_zone: str) -> None:
        """Let scans look at the practice also while a patient's own zone is in its window."""
        if time_zone in practice.time_zones:
            return
        self._record(practice.practice_id).update(
            [PracticeRecord.account_time_zones.add({time_zone})], add_version_condition=False
        )

    def alerts_sent(self, practice_id: str, day: date) -> int:
        """How many alerts the practice sent, or is sending, on a local day."""
        try:
            record = AlertsSentRecord.get(*keys.alerts_sent(practice_id, day), consistent_read=True)
        except DoesNotExist:
            return 0
        return int(record.alerts)

    def reserve_alerts(self, practice: Practice, *, day: date, wanted: int, now: datetime) -> int:
        """Count up to `wanted` alerts as sent on `day`; fewer where the daily limit says so."""
        practice_id, limit = practice.practice_id, practice.alerts.daily_limit

        def reserve() -> int:
            granted = wanted
            if limit is not None:
                granted = min(wanted, max(0, limit - self.alerts_sent(practice_id, day)))
            if granted:
                at_most = None if limit is None else limit - granted
                self._count(practice_id, day=day, change=granted, at_most=at_most, now=now)
            return granted

        return table.retrying(reserve)

    def give_back_alerts(self, practice_id: str, *, day: date, unused: int, now: datetime) -> None:
        """Take back a reservation of alerts that certainly were not sent."""
        table.retrying(
            lambda: self._count(practice_id, day=day, change=-unused, at_most=None, now=now)
        )

    def _count(
        self, practice_id: str, *, day: date, change: int, at_most: int | None, now: datetime
    ) -> None:
        """Change the day's count once: a transaction that the SDK repeats takes effect once."""
        alerts = AlertsSentRecord.alerts
        with table.transaction() as transaction:
            transaction.update(
                AlertsSentRecord(*keys.alerts_sent(practice_id, day)),
                [
                    alerts.add(change),
                    AlertsSentRecord.record.set(AlertsSentRecord),
                    AlertsSentRecord.expires_at.set(now + _COUNTER_LIFE),
                ],
                condition=None
                if at_most is None
                else alerts.does_not_exist() | (alerts <= at_most),
            )

    def _record(self, practice_id: str) -> PracticeRecord:
        try:
            return PracticeRecord.get(*keys.practice(practice_id), consistent_read=True).loaded()
        except DoesNotExist as error:
            raise RuleError("unknown_practice", "There is no practice with this id.") from error
