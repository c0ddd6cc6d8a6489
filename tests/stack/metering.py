"""What this process asks of the table: calls, and the capacity that AWS would bill for them.

Writes are billed as the emulator says (`ReturnConsumedCapacity`), except claims, for which it
leaves out sizes and indexes. Reads are reckoned here from what came back: the emulator bills each
as one small item.
"""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from balance_alerts.store import table
from balance_alerts.store.account_record import AccountRecord

READ_BYTES = 4_096
WRITE_BYTES = 1_024


@dataclass
class Metered:
    """Calls by name, and request units: a read of 4 KB, a write of 1 KB, indexes included."""

    calls: Counter[str] = field(default_factory=Counter)
    read_units: float = 0.0
    write_units: float = 0.0
    index_bytes: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _looking: threading.local = field(default_factory=threading.local)

    def ask(self, params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        """Before a call: have its writes told."""
        if self._is_looking():
            return
        context["asked"] = dict(params)
        params["ReturnConsumedCapacity"] = "INDEXES"

    def note(self, parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        """After a call: count it."""
        if self._is_looking():
            return
        asked, reads, writes = context["asked"], 0.0, 0.0
        if model.name in {"BatchGetItem", "GetItem", "Query"}:
            reads = self._read(model.name, asked, parsed)
        elif model.name == "BatchExecuteStatement":
            self._looking.now = True
            writes = sum(map(_claim_units, asked["Statements"]))
            self._looking.now = False
        else:
            writes = _told(parsed)
        with self._lock:
            self.calls[model.name] += 1
            self.read_units += reads
            self.write_units += writes

    def _is_looking(self) -> bool:
        """Whether a call is the meter's own."""
        return bool(getattr(self._looking, "now", False))

    def _read(self, name: str, asked: dict[str, Any], parsed: dict[str, Any]) -> float:
        if name == "Query":
            sizes = [item_bytes(item) for item in parsed["Items"]]
            if "IndexName" in asked:
                self.index_bytes[asked["IndexName"]] += sum(sizes)
            units = max(1, math.ceil(sum(sizes) / READ_BYTES))
            return units if asked.get("ConsistentRead") else units / 2
        if name == "GetItem":
            units = _item_units(parsed.get("Item"))
            return units if asked.get("ConsistentRead") else units / 2
        (keys,) = asked["RequestItems"].values()
        (items,) = parsed["Responses"].values() or [[]]
        missing = len(keys["Keys"]) - len(items)  # what is not there is read as well
        assert keys["ConsistentRead"]
        return missing + sum(map(_item_units, items))


def item_bytes(item: dict[str, Any]) -> int:
    """An item's size as AWS reckons it."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(stored: dict[str, Any]) -> int:
    ((kind, value),) = stored.items()
    if kind == "S":
        return len(value.encode())
    if kind == "N":
        return len(value.lstrip("-").strip("0")) // 2 + 1 + value.startswith("-")
    if kind == "B":
        return len(value)
    if kind in {"SS", "NS"}:
        return sum(len(each.encode()) for each in value)
    if kind == "L":
        return 3 + sum(1 + _value_bytes(each) for each in value)
    if kind == "M":
        return 3 + sum(1 + len(name) + _value_bytes(each) for name, each in value.items())
    return 1


def _item_units(item: dict[str, Any] | None) -> int:
    return max(1, math.ceil(item_bytes(item or {}) / READ_BYTES))


def _told(parsed: dict[str, Any]) -> float:
    told = parsed["ConsumedCapacity"]
    each = told if isinstance(told, list) else [told]
    return float(sum(one["CapacityUnits"] for one in each))


def _claim_units(statement: dict[str, Any]) -> float:
    """A claim writes its account, and moves it in the index: one entry out, one in."""
    pk, sk = statement["Parameters"][5:7]
    connection = AccountRecord._get_connection().connection
    found = connection.client.get_item(
        TableName=AccountRecord.Meta.table_name, Key={"pk": pk, "sk": sk}
    )["Item"]
    return math.ceil(item_bytes(found) / WRITE_BYTES) + 2 * ("due_practice" in found)


@contextmanager
def metered() -> Iterator[Metered]:
    """Meter what is asked of the table meanwhile."""
    meter = Metered()
    events = table.client().meta.events
    events.register("before-parameter-build.dynamodb", meter.ask)
    events.register("after-call.dynamodb", meter.note)
    try:
        yield meter
    finally:
        events.unregister("before-parameter-build.dynamodb", meter.ask)
        events.unregister("after-call.dynamodb", meter.note)
