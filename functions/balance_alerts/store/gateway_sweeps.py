"""How far each practice's settlements were gone through, and when its gateway was last asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from balance_alerts.store import keys, table
from balance_alerts.store.attributes import DateAttribute, InstantAttribute
from balance_alerts.store.table import Record

if TYPE_CHECKING:
    from pynamodb.expressions.update import Action


class GatewaySweepRecord(Record, discriminator="gateway_sweep"):
    """How far one practice is.

    `swept_until` is when the last complete sweep began to read, `swept_on` its local date;
    `tried_at` is when one was begun, `checked_at` when refused credentials were tried once more.
    """

    swept_on = DateAttribute(null=True)
    swept_until = InstantAttribute(null=True)
    tried_at = InstantAttribute(null=True)
    checked_at = InstantAttribute(null=True)


class GatewaySweeps:
    """The sweeps of the stack's practices."""

    def of(self, practice_ids: Iterable[str]) -> dict[str, GatewaySweepRecord]:
        """How far each practice is; one that was never swept has an empty record."""
        wanted = {practice_id: keys.gateway_sweep(practice_id) for practice_id in practice_ids}
        found = table.read(wanted.values())
        return {
            practice_id: found.get(key) or GatewaySweepRecord(*key)
            for practice_id, key in wanted.items()
        }

    def begin(self, sweep: GatewaySweepRecord, now: datetime) -> None:
        """Note that a sweep is tried."""
        self._note(sweep, GatewaySweepRecord.tried_at.set(now))

    def check(self, sweep: GatewaySweepRecord, now: datetime) -> None:
        """Note that refused credentials are tried once more."""
        self._note(sweep, GatewaySweepRecord.checked_at.set(now))

    def complete(self, sweep: GatewaySweepRecord, *, on: date, until: datetime) -> None:
        """Note that everything up to an instant was gone through."""
        self._note(
            sweep,
            GatewaySweepRecord.swept_on.set(on),
            GatewaySweepRecord.swept_until.set(until),
        )

    def _note(self, sweep: GatewaySweepRecord, *changes: Action) -> None:
        named = GatewaySweepRecord.record.set(GatewaySweepRecord)
        sweep.update([*changes, named], add_version_condition=False)
