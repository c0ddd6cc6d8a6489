"""Staff decide on what waits for them: parked claims, and payments that nobody could look up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from infra.local.gateway import transactions as books
from tests.simulation import items
from tests.simulation.actors import money
from tests.simulation.actors.staff import ask
from tests.simulation.dynamo.expressions import Item
from tests.simulation.simulation import Simulation
from tests.simulation.world.functions import Invocation

OPEN = frozenset({"sending", "unknown", "held"})
A_DAY = 86_400.0


@dataclass(frozen=True)
class Word:
    """What somebody says became of a payment, as they type it; whether it is true."""

    trans_id: str | None
    is_true: bool


def resolve(simulation: Simulation, which: int, says: str, waits: bool, meets_news: bool) -> None:
    """A director settles a payment by hand: rightly, too soon, as not charged, or by a slip.

    With `meets_news` the gateway tells of its charges and is looked up at the same time.
    """
    attempt = _attempt(simulation, which)
    if attempt is None:
        return
    begun_at = items.instant(attempt, "begun_at")
    assert begun_at is not None
    passed = (simulation.world.clock.now() - begun_at).total_seconds()
    if waits and passed < A_DAY:
        simulation.world.scheduler.run(seconds=A_DAY - passed + 60)
    practice_id, payment_id = attempt["practice_id"]["S"], attempt["attempt_id"]["S"]
    word = _word(simulation, attempt, says)
    if not word.is_true:
        simulation.money.said_falsely(practice_id, payment_id)
    body = {
        "outcome": "not_charged" if word.trans_id is None else "charged",
        "trans_id": word.trans_id,
        "note": "by phone",
    }
    path = f"/payments/{payment_id}/resolve"
    settled = partial(_settled, simulation, attempt, word)
    ask(simulation, practice_id, "POST", path, body, more=settled)
    if meets_news:
        money.webhook(simulation, many=2, again=False)
        money.reconcile(simulation, times=1)


def _attempt(simulation: Simulation, which: int) -> Item | None:
    """An open payment if there is one, else one that is settled."""
    attempts = [
        item
        for key, item in simulation.world.storage.items.items()
        if key[0].startswith("ACCOUNT#") and key[1].startswith("ATTEMPT#")
    ]
    waiting = [item for item in attempts if item["state"]["S"] in OPEN] or attempts
    return waiting[which % len(waiting)] if waiting else None


def _word(simulation: Simulation, attempt: Item, says: str) -> Word:
    """What the gateway's pages show of a payment, or what is typed in its place."""
    practice_id = attempt["practice_id"]["S"]
    charges = [
        charge
        for charge in simulation.world.gateway._books.charges()
        if charge.merchant == practice_id
    ]
    own = [charge for charge in charges if charge.invoice_number == attempt["attempt_id"]["S"]]
    taken = [charge for charge in own if charge.status in (books.PENDING, books.SETTLED)]
    if says == "another":
        alike = [
            charge
            for charge in charges
            if charge not in own
            and charge.amount_cents == items.number(attempt, "amount_cents")
            and charge.status in (books.PENDING, books.SETTLED)
        ]
        if alike:
            return Word(alike[-1].trans_id, is_true=False)
    if says == "not_charged" or not taken:
        may_come = any(charge.status != books.DECLINED for charge in own)
        return Word(None, is_true=not may_come)
    return Word(taken[-1].trans_id, is_true=True)


def _settled(simulation: Simulation, attempt: Item, word: Word, ended: Invocation) -> None:
    if ended.outcome == "done" and ended.result["statusCode"] == 200:
        simulation.money.check_by_hand(attempt, word.trans_id)


def decide(simulation: Simulation, practice: int, which: int, release: bool, clicks: int) -> None:
    """Somebody looks at the list of what waits, and lets an item count or takes it off."""
    practices = simulation.cast.practices
    practice_id = practices[practice % len(practices)]

    def looked(ended: Invocation) -> None:
        if ended.outcome != "done" or ended.result["statusCode"] != 200:
            return
        waiting = [one for one in json.loads(ended.result["body"])["items"] if one["actions"]]
        if not waiting:
            return
        item = waiting[which % len(waiting)]
        for click in range(clicks):
            wanted = "release" if release != (click == 1) else "dismiss"
            action = wanted if wanted in item["actions"] else item["actions"][0]
            path = f"/attention/{item['item_id']}"
            ask(simulation, practice_id, "POST", path, {"action": action, "note": "seen"})

    ask(simulation, practice_id, "GET", "/attention", more=looked)


def _resolve(random: Random) -> dict[str, Any]:
    return {
        "which": random.randrange(8),
        "says": random.choice(("truth", "truth", "truth", "not_charged", "another")),
        "waits": random.random() < 0.6,
        "meets_news": random.random() < 0.4,
    }


def _decide(random: Random) -> dict[str, Any]:
    return {
        "practice": random.randrange(2),
        "which": random.randrange(6),
        "release": random.random() < 0.6,
        "clicks": random.choice((1, 1, 2)),
    }


KINDS = {"resolve": (3, _resolve, resolve), "decide": (4, _decide, decide)}
