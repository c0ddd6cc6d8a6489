"""The whole table as the simulation's checks read theirs: after a soak, at rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from infra.local.stack import LocalStack
from tests.simulation.dynamo.expressions import Item
from tests.simulation.dynamo.storage import Key


class Items:
    """Every item, by key and by partition."""

    def __init__(self, items: list[Item]) -> None:
        self.items: dict[Key, Item] = {(each["pk"]["S"], each["sk"]["S"]): each for each in items}
        self._partitions: dict[str, list[Item]] = defaultdict(list)
        for key in sorted(self.items):
            self._partitions[key[0]].append(self.items[key])

    def partition(self, pk: str) -> list[Item]:
        """The items of one partition, in order."""
        return self._partitions.get(pk, [])

    def beginning(self, pk: str, sk: str) -> list[Item]:
        """Those of a partition whose sort keys begin so."""
        return [item for item in self.partition(pk) if item["sk"]["S"].startswith(sk)]

    def accounts(self) -> list[Item]:
        """Every account."""
        return [item for (_, sk), item in self.items.items() if sk == "ACCOUNT"]

    def only(self, wanted: Callable[[Key, Item], bool]) -> Items:
        """Some of it, for a check that goes through all of it again and again."""
        return Items([item for key, item in self.items.items() if wanted(key, item)])


@dataclass
class StoredWorld:
    """What the simulation's checks know of the world; a violation is told to `fail`."""

    storage: Items
    clock: Any
    fail: Callable[[str, str], None]
    on_answer: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class At:
    """A clock that stands still."""

    instant: datetime

    def now(self) -> datetime:
        """The instant."""
        return self.instant


def read(stack: LocalStack) -> Items:
    """Read the whole table."""
    pages = stack.client("dynamodb").get_paginator("scan")
    found = pages.paginate(TableName=stack.outputs["TableName"], ConsistentRead=True)
    return Items([item for page in found for item in page["Items"]])
