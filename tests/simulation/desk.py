"""What must hold of what waits for staff: what was decided stays so, and counts so."""

from __future__ import annotations

import json
from collections import defaultdict

from tests.simulation import items
from tests.simulation.dynamo.expressions import Item
from tests.simulation.dynamo.storage import Written
from tests.simulation.world.world import World

DECIDED_ONCE = ("PARKED#", "ORPHAN#", "JOB#")
"""Parked items, charges that are in no ledger, and jobs."""


class Desk:
    """Looks at every parked item that was written, and in the end at what claims came to."""

    def __init__(self, world: World) -> None:
        self.world = world

    def written(self, writes: list[Written]) -> None:
        """Look at what one call wrote."""
        for one in writes:
            if not one.key[1].startswith(DECIDED_ONCE) or one.before is None:
                continue
            before, after = one.before["state"]["S"], one.after and one.after["state"]["S"]
            if before not in ("open", "running") and one.before != one.after:
                self._fail("4 decided", f"{one.key[1]} was {before} and is {after}")

    def check_calm(self) -> None:
        """What claims say that patients owe is in their ledgers; what was dismissed is not."""
        stored = self.world.storage.items
        posted: dict[tuple[str, str], int] = defaultdict(int)
        ids, payments = set(), set()
        for key, item in stored.items():
            if not key[1].startswith("ENTRY#"):
                continue
            entry_id = item["entry_id"]["S"]
            if entry_id.startswith("835-"):
                ids.add((key[0].split("#")[1], entry_id))
                posted[key[0], item["case_id"]["S"]] += items.number(item, "amount_cents")
            elif item["kind"]["S"] == "payment":
                payments.add((key[0], entry_id, item["recorded_at"]["S"]))
        for key, item in stored.items():
            if key[1].startswith("LEVEL#"):
                self._check_levels(key[0], item, posted, ids)
            elif key[1].startswith("PARKED#") and item["state"]["S"] == "dismissed":
                practice_id, content = item["practice_id"]["S"], json.loads(item["content"]["S"])
                account = f"ACCOUNT#{practice_id}#{item['patient_id']['S']}"
                claim = practice_id, item["item_id"]["S"]
                payment = account, content.get("entry_id"), content.get("recorded_at")
                if claim in ids or payment in payments:
                    self._fail("4 dismissed", f"{key[1]} was dismissed and is in the ledger")

    def _check_levels(
        self,
        pk: str,
        item: Item,
        posted: dict[tuple[str, str], int],
        ids: set[tuple[str, str]],
    ) -> None:
        levels = json.loads(item["levels"]["S"])
        pending = json.loads(items.text(item, "pending") or "null")
        owed = sum(level["cents"] for level in levels)
        if pending and (pk.split("#")[1], pending["entry"]["entry_id"]) not in ids:
            owed -= pending["entry"]["amount_cents"]  # whoever released it was killed
        found = posted[pk, item["case_id"]["S"]]
        if found != owed:
            self._fail("4 levels", f"claims of {pk} say {owed}, their entries {found}")

    def _fail(self, invariant: str, what: str) -> None:
        self.world.fail(invariant, what)
