"""What must hold once all is quiet. Numbers are those of docs/simulation.md."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

from infra.local.gateway import transactions as books
from tests.simulation.calm import check_nobody_is_forgotten
from tests.simulation.dynamo.expressions import Item
from tests.simulation.dynamo.storage import Key, Written
from tests.simulation.ledgers import Ledgers
from tests.simulation.money import Money
from tests.soak.found_again import check_found_again
from tests.soak.messages import check_messages
from tests.soak.stored import At, Items, StoredWorld, read
from tests.soak.world import Soak


def check_forgotten(soak: Soak) -> None:
    """Nobody is due any more, by the second opinion (3)."""
    check_nobody_is_forgotten(_simulation(soak, read(soak.stack)))


def check_all(soak: Soak) -> None:
    """Everything else that the table tells."""
    stored = read(soak.stack)
    _check_ledgers(soak, stored)
    check_money(soak, stored)
    check_messages(soak, stored)
    check_found_again(soak, stored)


def _world(soak: Soak, stored: Items) -> Any:
    """The part of a simulation's world that its checks ask."""
    return StoredWorld(stored, At(soak.stack.now()), soak.fail)


def _simulation(soak: Soak, stored: Items) -> Any:
    return SimpleNamespace(world=_world(soak, stored))


def _check_ledgers(soak: Soak, stored: Items) -> None:
    """Balances, cases, windows, the due index and ids of entries (4)."""
    keys = [(item["pk"]["S"], "ACCOUNT") for item in stored.accounts()]
    at = soak.stack.now()
    written = [Written(key, None, stored.items[key], at) for key in keys]
    Ledgers(_world(soak, stored)).written(written)


def check_money(soak: Soak, stored: Items) -> None:
    """Gateway and ledgers agree to the cent, and nothing stays open (5)."""

    def concerns_money(key: Key, item: Item) -> bool:
        entry = key[1].startswith("ENTRY#") and ("external_ref" in item or "reverses" in item)
        owner = key[1] in ("ACCOUNT", "ATTEMPT")
        return entry or owner or key[1].startswith(("ATTEMPT#", "ORPHAN#"))

    few = stored.only(concerns_money)
    money = Money(_world(soak, few), soak.stack.gateway)
    at = soak.stack.now()
    # Else it would know of no entry whose it is.
    money.written([Written(key, None, item, at) for key, item in few.items.items()])
    money.check_calm()
    for item in stored.partition("OPENATTEMPTS"):
        soak.fail("5 open", f"{item['sk']['S']} is still listed as open")
    for item in stored.partition("OWEDRECEIPTS"):
        soak.fail("5 receipt", f"{item['sk']['S']} is still owed a receipt")
    charged = Counter(
        (charge.merchant, charge.invoice_number)
        for charge in soak.stack.gateway._books.charges()
        if charge.status != books.DECLINED
    )
    for (merchant, attempt), times in charged.items():
        if times > 1:
            soak.fail("5 click", f"the attempt {attempt} of {merchant} was charged {times} times")
