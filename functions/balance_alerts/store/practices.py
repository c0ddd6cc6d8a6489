"""Practices: who they are, how they send alerts, how many they sent today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from pynamodb.exceptions import DoesNotExist, TransactWriteError

from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.practice import AlertSettings, GatewayConnection, Practice
from balance_alerts.store import keys, races, table
from balance_alerts.store.brake import keys_to_decide_by, practice_in
from balance_alerts.store.connected_practices import connected_practice
from balance_alerts.store.practice_records import (
    SENDING,
    AlertsSentRecord,
    GatewayAttribute,
    PracticeCodeRecord,
    PracticeRecord,
)
from balance_alerts.store.table import Record

SENDING_INDEX = "sending_practices"
"""Sparse: the practices that send at all. Those paused or switched off cost a scan nothing."""

_COUNTER_LIFE = timedelta(days=90)

PROFILE = ("display_name", "short_name", "phone", "hours", "website", "reply_to", "time_zone")
"""What of a practice its director may change, beside the alert settings."""


class Practices:
    """The practices of the stack."""

    def get(self, practice_id: str) -> Practice:
        """One practice, read consistently, with the operator's brake if that is on.

        Raises:
            RuleError: `unknown_practice`.
        """
        return practice_in(table.read(keys_to_decide_by(practice_id)), practice_id)

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
            if not races.lost_a_race(error):
                raise
            raise RuleError(
                "practice_exists", "There is a practice with this id already; choose another id."
            ) from error

    def save_settings(
        self, practice: Practice, settings: AlertSettings, *, with_it: Iterable[Record] = ()
    ) -> Practice:
        """Replace the alert settings of a practice as read; `with_it` is written if they change.

        Raises:
            RuleError: `changed_meanwhile`, where somebody else saved in between.
        """
        record = self._unchanged(practice)
        record.take_settings(settings)
        return replace(practice, alerts=settings, version=_saved(record, with_it))

    def save_profile(
        self, practice: Practice, profile: Practice, *, with_it: Iterable[Record] = ()
    ) -> Practice:
        """Replace who a practice is to its patients; `with_it` is written if that changes.

        Raises:
            RuleError: `changed_meanwhile`, where somebody else saved in between.
        """
        record = self._unchanged(practice)
        for name in PROFILE:
            setattr(record, name, getattr(profile, name))
        return replace(profile, version=_saved(record, with_it))

    def save_gateway(
        self,
        practice: Practice,
        gateway: GatewayConnection | None,
        *,
        with_it: Iterable[Record] = (),
    ) -> Practice:
        """Replace the gateway connection of a practice as read; `with_it` is written with it.

        So is its place in the list of connected practices, or its end.

        Raises:
            RuleError: `changed_meanwhile`, where somebody else saved in between.
        """
        record = self._unchanged(practice)
        record.gateway = None if gateway is None else GatewayAttribute.of(gateway)
        listed = connected_practice(practice.practice_id)
        if gateway is None:
            version = _saved(record, with_it, without=[listed])
        elif practice.gateway is None:
            version = _saved(record, [*with_it, listed])
        else:
            version = _saved(record, with_it)
        return replace(practice, gateway=gateway, version=version)

    def sending(self) -> Iterator[PracticeRecord]:
        """Every practice whose alerts are on, as the index has it.

        As records, so that one that cannot be read keeps no other from being seen.
        """
        found = table.index_items(SENDING_INDEX, "sending = :sending", {":sending": {"S": SENDING}})
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

        return races.retrying(reserve)

    def give_back_alerts(self, practice_id: str, *, day: date, unused: int, now: datetime) -> None:
        """Take back a reservation of alerts that certainly were not sent."""
        races.retrying(
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
            return PracticeRecord.get(*keys.practice(practice_id), consistent_read=True)
        except DoesNotExist as error:
            raise RuleError("unknown_practice", "There is no practice with this id.") from error

    def _unchanged(self, practice: Practice) -> PracticeRecord:
        """The practice's record, if it is still as read."""
        record = self._record(practice.practice_id)
        if int(record.version) != practice.version:
            raise _changed_meanwhile()
        return record


def _saved(
    record: PracticeRecord, with_it: Iterable[Record], *, without: Iterable[Record] = ()
) -> int:
    """Write what was changed, and return the version that it now has."""
    changes = record.changes()
    if not changes:
        return int(record.version)
    if not races.updated_together(record, changes, with_it=with_it, without=without):
        raise _changed_meanwhile()
    return int(record.version)


def _changed_meanwhile() -> RuleError:
    return RuleError(
        "changed_meanwhile", "Somebody changed these settings meanwhile; look again, then save."
    )
