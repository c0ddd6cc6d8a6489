"""The gateway: how it answers, what it tells, what its staff and banks do, and reconciliation."""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress
from random import Random
from typing import Any

from infra.local.gateway.modes import GatewayMode
from tests.simulation.simulation import Simulation
from tests.simulation.world.functions import Invocation
from tests.simulation.world.merchant import LISTED_AFTER

DONE_THERE = (
    *("void", "refund", "refund", "release", "release", "refuse"),
    *("chargeback", "chargeback", "chargebackReversal", "void_refund"),
)
MODES = ("approve", "approve", "approve", "decline", "hold", "duplicate")


def set_mode(simulation: Simulation, mode: str) -> None:
    """How charges are answered from now on."""
    simulation.world.gateway._mode = GatewayMode(mode)


def list_late(simulation: Simulation, seconds: float) -> None:
    """How soon charges stand in the gateway's list from now on."""
    simulation.books.listed_after = seconds


def newest_webhook(simulation: Simulation) -> None:
    """What the gateway has to tell last arrives."""
    if simulation.told.told:
        tell(simulation, simulation.told.told.pop())


def webhook(simulation: Simulation, many: int, again: bool) -> None:
    """Some of what the gateway has to tell arrives."""
    waiting = simulation.told.told
    chosen = simulation.random.sample(waiting, min(many, len(waiting)))
    for each in chosen:
        if not again:
            waiting.remove(each)
        tell(simulation, each)


def tell(simulation: Simulation, one: tuple[str, bytes, str]) -> None:
    """Bring one webhook; if it is not taken it comes again later."""
    merchant, body, signature = one
    path = f"/webhooks/authorize-net/{merchant}"
    event = {
        "version": "2.0",
        "routeKey": f"POST {path}",
        "rawPath": path,
        "headers": {"X-ANET-Signature": signature},
        "pathParameters": {"practice_id": merchant},
        "requestContext": {"http": {"method": "POST", "path": path}},
        "body": b64encode(body).decode(),
        "isBase64Encoded": True,
    }

    def then(invocation: Invocation) -> None:
        status = (invocation.result or {}).get("statusCode", invocation.outcome)
        simulation.world.tell(f"    webhook of {merchant} -> {status}")
        if status != 200 and one not in simulation.told.told:
            simulation.told.told.append(one)

    simulation.invoke("reconcile_payments.webhook", event, then)


def reconcile(simulation: Simulation, times: int) -> None:
    """The schedule fires."""
    for _ in range(times):
        simulation.invoke("reconcile_payments.handler", {})


def settle(simulation: Simulation) -> None:
    """The gateway closes its day."""
    simulation.world.gateway.settle()


def at_the_gateway(simulation: Simulation, what: str, which: int, cents: int) -> None:
    """Somebody voids, refunds or releases on the gateway's own pages, or a bank takes back."""
    known = simulation.world.gateway._books.transactions.values()
    found = [one.trans_id for one in known if bool(one.ref_trans_id) == (what == "void_refund")]
    if not found:
        return
    trans_id = found[which % len(found)]
    desk = simulation.world.gateway.desk
    with suppress(ValueError):  # not in its state
        if what == "refund":
            desk.refund(trans_id, cents or None)
        elif what in ("chargeback", "chargebackReversal"):
            desk.hear_from_bank(trans_id, what)
        elif what == "void_refund":
            desk.void(trans_id)
        else:
            getattr(desk, what)(trans_id)


def _at_the_gateway(random: Random) -> dict[str, Any]:
    return {
        "what": random.choice(DONE_THERE),
        "which": random.randrange(20),
        "cents": random.choice((0, 100)),
    }


KINDS = {
    "set_mode": (2, lambda r: {"mode": r.choice(MODES)}, set_mode),
    "list_late": (1, lambda r: {"seconds": r.choice(LISTED_AFTER)}, list_late),
    "webhook": (5, lambda r: {"many": r.randint(1, 3), "again": r.random() < 0.3}, webhook),
    "reconcile": (7, lambda r: {"times": r.choice((1, 1, 2))}, reconcile),
    "settle": (2, lambda _: {}, settle),
    "at_the_gateway": (4, _at_the_gateway, at_the_gateway),
}
