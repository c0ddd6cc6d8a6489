"""The items of one table and its sparse indexes, and which of them an eventual read may see.

Every item that is stored is never changed, only replaced, so that what was read stays as it was.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.simulation.dynamo.errors import invalid
from tests.simulation.dynamo.expressions import Item

Key = tuple[str, str]
INDEX_LAGS = timedelta(seconds=2)
"""An eventual read may miss what was written so shortly ago."""


@dataclass(frozen=True)
class Index:
    """A global secondary index; `projects` names its further attributes, None for all."""

    name: str
    hash_key: str
    range_key: str
    projects: frozenset[str] | None

    def entry(self, item: Item | None) -> Item | None:
        """The item as the index holds it, None where it does not belong there."""
        if item is None or self.hash_key not in item or self.range_key not in item:
            return None
        if self.projects is None:
            return item
        keys = {"pk", "sk", self.hash_key, self.range_key}
        return {name: item[name] for name in item if name in keys or name in self.projects}


@dataclass
class Written:
    """One write that took effect."""

    key: Key
    before: Item | None
    after: Item | None
    at: datetime


@dataclass
class Storage:
    """What the table holds. `watch` is told of every write, once it took effect."""

    indexes: dict[str, Index]
    clock: Callable[[], datetime]
    watch: Callable[[list[Written]], None] = lambda _: None
    items: dict[Key, Item] = field(default_factory=dict)
    _sorted: dict[str, list[str]] = field(default_factory=dict)
    _entries: dict[str, dict[Key, Item]] = field(default_factory=dict)
    _recent: list[Written] = field(default_factory=list)

    def partition(self, pk: str) -> Iterator[Item]:
        """The items of a partition, in order."""
        for sk in self._sorted.get(pk, ()):
            yield self.items[pk, sk]

    def write(self, changes: dict[Key, Item | None]) -> None:
        """Replace items, or take them away, all at once."""
        now = self.clock()
        for item in changes.values():
            if item is not None:
                self._check_index_keys(item)
        written = []
        for key, after in changes.items():
            before = self.items.get(key)
            if after is None:
                if before is not None:
                    del self.items[key]
                    self._sorted[key[0]].remove(key[1])
            else:
                if before is None:
                    insort(self._sorted.setdefault(key[0], []), key[1])
                self.items[key] = after
            written.append(Written(key, before, after, now))
            for index in self.indexes.values():
                self._file(index, key, after)
        self._recent = [one for one in self._recent if now - one.at < INDEX_LAGS]
        self._recent += written
        self.watch(written)

    def _check_index_keys(self, item: Item) -> None:
        for index in self.indexes.values():
            for name in (index.hash_key, index.range_key):
                if name in item and "S" not in item[name]:
                    raise invalid(
                        "One or more parameter values were invalid: Type mismatch for Index Key "
                        f"{name} Expected: S IndexName: {index.name}"
                    )

    def _file(self, index: Index, key: Key, item: Item | None) -> None:
        entries = self._entries.setdefault(index.name, {})
        entry = index.entry(item)
        if entry is None:
            entries.pop(key, None)
        else:
            entries[key] = entry

    def lagging(self) -> list[Key]:
        """Keys of which an eventual read may still see what was there before."""
        now = self.clock()
        return list({one.key: None for one in self._recent if now - one.at < INDEX_LAGS})

    def as_before(self, key: Key) -> Item | None:
        """An item as it was before the writes that eventual reads may miss."""
        now = self.clock()
        for one in self._recent:
            if one.key == key and now - one.at < INDEX_LAGS:
                return one.before
        return self.items.get(key)

    def index_entries(self, index: Index, unseen: set[Key]) -> list[Item]:
        """An index in its order, without the latest writes of the keys that are `unseen`."""
        entries = dict(self._entries.get(index.name, {}))
        for key in unseen:
            old = index.entry(self.as_before(key))
            if old is None:
                entries.pop(key, None)
            else:
                entries[key] = old
        return sorted(entries.values(), key=lambda entry: index_order(index, entry))

    def after(self, pk: str, sk: str) -> int:
        """Where in a partition a sort key stands, or would."""
        return bisect_left(self._sorted.get(pk, []), sk)


def index_order(index: Index, entry: Item) -> tuple[str, str, str]:
    """How an index sorts one partition."""
    return entry[index.range_key]["S"], entry["pk"]["S"], entry["sk"]["S"]
