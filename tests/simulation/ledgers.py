"""What must hold of every account after every write: sums, windows, the due index, ids."""

from __future__ import annotations

from collections import defaultdict

from tests.simulation import items
from tests.simulation import second_opinion as second
from tests.simulation.dynamo.expressions import Item
from tests.simulation.dynamo.storage import Key, Written
from tests.simulation.world.world import World


class Ledgers:
    """Looks at every account that was written to."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._owners: dict[tuple[str, str], set[str]] = defaultdict(set)

    def written(self, writes: list[Written]) -> None:
        """Look at what one call wrote."""
        accounts = (one.key[0] for one in writes if one.key[0].startswith("ACCOUNT#"))
        for pk in dict.fromkeys(accounts):
            self._check_account((pk, "ACCOUNT"))

    def _check_account(self, key: Key) -> None:
        account = self.world.storage.items.get(key)
        if account is None:
            return
        inside = list(self.world.storage.partition(key[0]))
        entries = items.entries_of(inside)
        owed, stored = second.balance(entries), items.number(account, "balance_cents")
        if owed != stored:
            self._fail("4 balance", f"{key[0]} says {stored}, its entries {owed}")
        self._check_cases(key, entries, inside)
        self._check_ids(key, account, entries)
        self._check_window(key, account, entries)

    def _check_cases(self, key: Key, entries: list[second.Entry], inside: list[Item]) -> None:
        cases: dict[str, int] = defaultdict(int)
        for entry, item in zip(entries, _entry_items(inside), strict=True):
            cases[item["case_id"]["S"]] += second.balance([entry])
        for item in inside:
            if item["sk"]["S"].startswith("CASE#"):
                told = items.number(item, "balance_cents")
                if cases.pop(item["case_id"]["S"], 0) != told:
                    self._fail("4 cases", f"{item['sk']['S']} of {key[0]} says {told}")
        if any(cases.values()):
            self._fail("4 cases", f"{key[0]} has entries of cases that are not there")

    def _check_ids(self, key: Key, account: Item, entries: list[second.Entry]) -> None:
        for entry in entries:
            owners = self._owners[account["practice_id"]["S"], entry.entry_id]
            owners.add(key[0])
            if len(owners) > 1:
                self._fail("4 ids", f"entry {entry.entry_id} is in {' and '.join(sorted(owners))}")

    def _check_window(self, key: Key, account: Item, entries: list[second.Entry]) -> None:
        practice = self.world.storage.items[f"PRACTICE#{account['practice_id']['S']}", "PRACTICE"]
        zone = items.text(account, "time_zone") or practice["time_zone"]["S"]
        opened = items.instant(account, "window_opened_at")
        newest = items.instant(account, "newest_responsibility_at")
        stored = None if opened is None or newest is None else (opened, newest)
        window = second.window(entries, zone)
        if window != stored:
            self._fail("4 window", f"{key[0]} says {stored}, its entries {window}")
        reachable = any(
            state == (True, "reachable")
            for state in items.patient_of(account, entries).channels.values()
        )
        belongs = (
            reachable
            and second.balance(entries) > 0
            and window is not None
            and account.get("window_seen_closed", {}).get("BOOL") is not True
        )
        if belongs != ("due_practice" in account):
            self._fail("4 index", f"{key[0]} is {'not ' * belongs}in the due index")

    def _fail(self, invariant: str, what: str) -> None:
        self.world.fail(invariant, what)


def _entry_items(inside: list[Item]) -> list[Item]:
    return [item for item in inside if item["sk"]["S"].startswith("ENTRY#")]
