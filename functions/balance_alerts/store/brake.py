"""The operator's brake as stored: one item that pauses the alerts of every practice.

It is folded into each practice that something is decided for, here and nowhere else. So whoever
reads a practice by this module decides with the brake, in the same call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import TransactWriteError

from balance_alerts.domain.brake import Brake
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.practice import Practice
from balance_alerts.store import keys, races, table
from balance_alerts.store.attributes import InstantAttribute
from balance_alerts.store.practice_records import PracticeRecord
from balance_alerts.store.table import Record

if TYPE_CHECKING:
    from pynamodb.expressions.condition import Condition
    from pynamodb.transactions import TransactWrite


class BrakeRecord(Record, discriminator="brake"):
    """The brake; where there is no such item, it is off."""

    since = InstantAttribute()
    by = UnicodeAttribute()
    note = UnicodeAttribute(null=True)

    def to_domain(self) -> Brake:
        """As the rules see it."""
        return Brake(self.since, self.by, self.note)


def keys_to_decide_by(practice_id: str) -> tuple[keys.Key, keys.Key]:
    """What to read of a practice to decide for its accounts: itself and the brake."""
    return keys.practice(practice_id), keys.brake()


def practice_in(found: Mapping[keys.Key, Any], practice_id: str) -> Practice:
    """The practice among what was read together, with the brake if that is on.

    Raises:
        RuleError: `unknown_practice`.
    """
    record: PracticeRecord | None = found.get(keys.practice(practice_id))
    if record is None:
        raise RuleError("unknown_practice", "There is no practice with this id.")
    brake: BrakeRecord | None = found.get(keys.brake())
    return replace(record.to_domain(), brake=None if brake is None else brake.to_domain())


def brake_now() -> Brake | None:
    """The brake, read consistently; None while it is off."""
    key = keys.brake()
    record: BrakeRecord | None = table.read([key]).get(key)
    return None if record is None else record.to_domain()


def put_on(brake: Brake, *, with_it: Iterable[Record]) -> bool:
    """Put the brake on, with what belongs to it; False where it was on before."""
    record = BrakeRecord(*keys.brake(), since=brake.since, by=brake.by, note=brake.note)

    def write(transaction: TransactWrite) -> None:
        transaction.save(record, condition=BrakeRecord.pk.does_not_exist())

    return _written(write, with_it)


def annotate(brake: Brake, note: str, *, with_it: Iterable[Record]) -> bool:
    """Note something else on the brake as it was read; False where that is on no more."""

    def write(transaction: TransactWrite) -> None:
        change = BrakeRecord.note.set(note)
        transaction.update(BrakeRecord(*keys.brake()), [change], condition=_is(brake))

    return _written(write, with_it)


def take_off(brake: Brake, *, with_it: Iterable[Record]) -> bool:
    """Take off the brake as it was read; False where somebody else did, or put on another."""

    def write(transaction: TransactWrite) -> None:
        transaction.delete(BrakeRecord(*keys.brake()), condition=_is(brake))

    return _written(write, with_it)


def _is(brake: Brake) -> Condition:
    return BrakeRecord.since == brake.since


def _written(write: Callable[[TransactWrite], None], with_it: Iterable[Record]) -> bool:
    """Write something with what belongs to it; False where another writer came first."""
    try:
        with table.transaction() as transaction:
            write(transaction)
            for other in with_it:
                transaction.save(other)
    except TransactWriteError as error:
        if not races.lost_a_race(error):
            raise
        return False
    return True
