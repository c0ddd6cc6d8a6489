"""The one table: its connection, the base of every record, and how they are read and written.

All records share one PynamoDB connection, hence one botocore session and client: each costs
50 to 90 ms of start-up.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import cache
from random import SystemRandom
from typing import TYPE_CHECKING, Any, TypeVar, cast

import botocore
from botocore.config import Config
from pynamodb.attributes import (
    Attribute,
    DiscriminatorAttribute,
    TTLAttribute,
    UnicodeAttribute,
    VersionAttribute,
)
from pynamodb.exceptions import AttributeNullError
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from balance_alerts.store.answers import take_as_they_come

if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef, WriteRequestTypeDef
    from pynamodb.expressions.update import Action

R = TypeVar("R", bound="Record")

USER_AGENT = f"balance-alerts Botocore/{botocore.__version__}"
KEYS_A_READ = 100
PUTS_A_WRITE = 25
THROTTLED_TRIES = 7
_BY_CHANCE = SystemRandom()
"""Asks the system: copies of a function that start from one snapshot would draw alike otherwise."""
_PLAIN = (str, int, float, date, type(None))
"""Values that change only by being replaced."""


class Record(Model):
    """An item of the table. `record` tells which kind, so that one query reads a collection."""

    class Meta:
        """How the table is reached; its name is set by `connect`."""

        table_name = ""
        connect_timeout_seconds = 2
        read_timeout_seconds = 5
        max_retry_attempts = 3
        max_pool_connections = 32

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    record = DiscriminatorAttribute()
    expires_at = TTLAttribute(null=True)

    def expired(self, now: datetime) -> bool:
        """Whether it is gone, though DynamoDB may take days to delete it."""
        return self.expires_at is not None and self.expires_at <= now

    def __repr__(self) -> str:
        # Not what it holds, nor its keys: those of contacts and of names are made of them.
        return f"<{type(self).__name__}>"

    @classmethod
    def from_raw_data(cls: type[R], data: dict[str, Any]) -> R:
        """The record of an item as it was read, which it remembers for `changes`."""
        record = super().from_raw_data(data)
        record._remember(data)
        return record

    def loaded(self: R) -> R:
        """Remember the attributes as they are, for `changes`. Call on what was just made."""
        self._remember(self.serialize())
        return self

    def deserialize(self, attribute_values: dict[str, Any]) -> None:
        """Become an item as the table has it, as after an update."""
        super().deserialize(attribute_values)
        self._remember(attribute_values)

    def _remember(self, item: dict[str, Any]) -> None:
        self.__dict__.update(_item=item, _values=dict(self.attribute_values))

    def changes(self) -> list[Action]:
        """What differs from when the item was read.

        Only that is written, so that attributes of a newer release survive an older one.

        Raises:
            AttributeNullError: an attribute that every such record has would be taken away.
        """
        actions: list[Action] = []
        for name, attribute in self._changing():
            value = self.attribute_values.get(name)
            if self._is_as_read(name, attribute, value):
                continue
            if value is None and not attribute.null:
                raise AttributeNullError(name)
            stored = None if value is None else attribute.serialize(value)
            actions.append(attribute.remove() if stored is None else attribute.set(value))
        return actions

    @classmethod
    @cache
    def _changing(cls) -> list[tuple[str, Attribute[Any]]]:
        """The attributes that may differ from when an item was read."""
        return [
            (name, attribute)
            for name, attribute in cls.get_attributes().items()
            if not (attribute.is_hash_key or attribute.is_range_key)
            and not isinstance(attribute, VersionAttribute | DiscriminatorAttribute)
        ]

    def _is_as_read(self, name: str, attribute: Attribute[Any], value: object) -> bool:
        before = self.__dict__["_values"].get(name)
        if isinstance(before, _PLAIN) and isinstance(value, _PLAIN):
            return value == before
        # Sets and the like may have been changed in their place: only the item is as it was read.
        item = self.__dict__["_item"].get(attribute.attr_name)
        was = None if item is None else attribute.deserialize(attribute.get_value(item))
        if was is None or value is None:
            return (value or None) is was
        # Maps differ as objects and sets as lists.
        return bool(value == was or attribute.serialize(value) == attribute.serialize(was))


def connect(table_name: str) -> None:
    """Point every record at the table. Called once, by the composition root."""
    Record.Meta.table_name = table_name
    Record._connection = None  # a new name needs a new connection; PynamoDB offers no public way
    Record._get_connection()
    # botocore makes up a long one twice for every call, a twentieth of a call's own work.
    session().set_default_client_config(Config(user_agent=USER_AGENT))
    take_as_they_come(session())


def client() -> DynamoDBClient:
    """PynamoDB's own low-level client, for what PynamoDB cannot say (PartiQL, raw index pages)."""
    return cast("DynamoDBClient", Record._get_connection().connection.client)


def session() -> Session:
    """The botocore session that the connection was made from; building another one is slow."""
    return Record._get_connection().connection.session


def transaction() -> TransactWrite:
    """A transaction over the shared connection; use it in a `with` statement."""
    return TransactWrite(connection=Record._get_connection().connection)


def update_with(record: Record, with_it: Iterable[Record]) -> None:
    """Write what changed of a record, and put what belongs with it in the same transaction.

    Nothing is written where the record stays as it was read.
    """
    update_all([(record, with_it)])


def update_all(records: Iterable[tuple[Record, Iterable[Record]]]) -> None:
    """The same of several records, each with what belongs with it: all or nothing."""
    changed = [
        (record, changes, list(with_it))
        for record, with_it in records
        if (changes := record.changes())
    ]
    others = [other for _, _, with_it in changed for other in with_it]
    if len(changed) + len(others) > 1:
        with transaction() as writes:
            for other in others:
                writes.save(other)
            for record, changes, _ in changed:
                writes.update(record, changes)
    else:
        for record, changes, _ in changed:
            record.update(changes)


def read(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    """The records of these keys, read consistently, 100 a call.

    Raises:
        Throttled: the table would not hand some out, however long we waited.
    """
    wanted = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in dict.fromkeys(keys)]
    found: dict[tuple[str, str], Any] = {}
    for start in range(0, len(wanted), KEYS_A_READ):
        for item in _read(wanted[start : start + KEYS_A_READ]):
            record = Record.from_raw_data(item)
            found[record.pk, record.sk] = record
    return found


def _read(wanted: Sequence[Any]) -> Iterator[dict[str, Any]]:
    table_name = Record.Meta.table_name
    for pause in _pauses():
        answer = client().batch_get_item(
            RequestItems={table_name: {"Keys": wanted, "ConsistentRead": True}}
        )
        yield from answer["Responses"].get(table_name, [])
        left = answer.get("UnprocessedKeys", {}).get(table_name)
        if left is None:
            return
        wanted = left["Keys"]
        time.sleep(pause)
    raise Throttled


def write_many(records: Iterable[Record]) -> None:
    """Put records without conditions, 25 a call; what was there before is replaced.

    Raises:
        Throttled: the table would not take some, however long we waited.
    """
    puts: list[WriteRequestTypeDef] = [
        {"PutRequest": {"Item": record.serialize()}} for record in records
    ]
    for start in range(0, len(puts), PUTS_A_WRITE):
        _write(puts[start : start + PUTS_A_WRITE])


def _write(puts: Sequence[Any]) -> None:
    for pause in _pauses():
        answer = client().batch_write_item(RequestItems={Record.Meta.table_name: puts})
        left = answer.get("UnprocessedItems", {}).get(Record.Meta.table_name)
        if not left:
            return
        puts = left
        time.sleep(pause)
    raise Throttled


def _pauses() -> Iterator[float]:
    """Seconds to wait after each try, growing, never the same for two workers."""
    for attempt in range(THROTTLED_TRIES):
        yield _BY_CHANCE.uniform(0.5, 1) * 0.05 * 2**attempt


def index_items(index: str, condition: str, values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The raw items of an index that meet a key condition, page by page.

    PynamoDB knows the indexes of one model a connection; ours is shared.
    """
    request: QueryInputTypeDef = {
        "TableName": Record.Meta.table_name,
        "IndexName": index,
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": values,
    }
    while True:
        page = client().query(**request)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


class Throttled(Exception):
    """The table was too busy for too long. Safe to try again later."""
