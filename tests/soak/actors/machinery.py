"""What runs by itself: schedules, and the gateway with its moods, its desk and its webhooks."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from random import Random
from typing import Any

from infra.local.gateway.modes import GatewayMode
from infra.local.gateway.webhooks import When
from tests.soak.world import Soak, together

MOODS = tuple(mode for mode in GatewayMode if mode is not GatewayMode.APPROVE)
A_MOOD_LASTS = 1.5


def scan(soak: Soak, random: Random) -> None:
    """The schedule fires; at times twice at once."""
    once = partial(invoke, soak, "scan", "ScanFunctionName")
    together(*[once] * random.choice((1, 1, 1, 2)))


def reconcile(soak: Soak, random: Random, *, everything: bool) -> None:
    """Payments are looked up; `everything` once a day."""
    webhooks = soak.stack.gateway.webhooks
    webhooks.deliver(When.ONCE_ANSWERED)
    soak.stack.gateway.settle_days_before()
    event = {"all": True} if everything else {}
    invoke(soak, "reconciliation", "ReconcileFunctionName", event)
    if random.random() < 0.5:
        webhooks.deliver(When.MUCH_LATER)
    invoke(soak, "list of opt-outs", "OptOutFunctionName")


def invoke(soak: Soak, kind: str, output: str, event: dict[str, Any] | None = None) -> None:
    """Call a function as its schedule does."""
    stack = soak.stack
    soak.ask_aws(kind, lambda: stack.invoke(stack.outputs[output], event or {}))


def be_moody(soak: Soak, random: Random) -> None:
    """The gateway answers charges differently for a moment."""
    soak.stack.gateway.set_mode(random.choice(MOODS))
    time.sleep(A_MOOD_LASTS)
    soak.stack.gateway.set_mode(GatewayMode.APPROVE)


def at_the_gateway(soak: Soak, random: Random) -> None:
    """Practices decide on what is held, void and refund; a bank takes a charge back."""
    gateway = soak.stack.gateway
    for charge in gateway.charges()[-200:]:
        if charge["status"] == "FDSPendingReview" and random.random() < 0.5:
            with suppress(ValueError):
                decide = gateway.desk.release if random.random() < 0.7 else gateway.desk.refuse
                decide(charge["trans_id"])
    charges = gateway.charges()
    if charges:
        trans_id = random.choice(charges)["trans_id"]
        with suppress(ValueError):  # not in its state
            match random.randrange(4):
                case 0:
                    gateway.desk.void(trans_id)
                case 1:
                    gateway.desk.hear_from_bank(trans_id, "chargeback")
                case _:
                    gateway.desk.refund(trans_id, random.choice((None, 100)))
