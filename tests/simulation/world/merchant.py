"""The stand-in gateway of the local stack, asked in this process, over a network that fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from balance_alerts.gateway.transport import NeverConnectedError, NoAnswerError
from infra.local.gateway.desk import Desk
from infra.local.gateway.gateway import Gateway
from infra.local.gateway.transactions import Books, Transaction
from infra.local.gateway.webhooks import Webhooks, When, sign, signature_key
from tests.simulation.world import faults
from tests.simulation.world.scheduler import Killed, Life
from tests.simulation.world.world import A_CALL, World

WAITS_FOR = 20.0
LISTED_AFTER = (0.0, 0.0, 600.0, 2 * 3_600.0, 20 * 3_600.0)
"""Seconds after which a charge stands in the gateway's list; a day is what we allow it."""


class Told(Webhooks):
    """Webhooks that wait to be delivered, by whoever runs the world."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(clock)
        self.told: list[tuple[str, bytes, str]] = []

    def tell(self, event: str, transaction: Transaction, when: When = When.AT_ONCE) -> None:
        body = self._body(event, transaction)
        merchant = transaction.merchant
        self.told.append((merchant, body, sign(body, signature_key(merchant))))


class LateBooks(Books):
    """Books in which a charge stands from the start, and is listed only some seconds later."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._clock = clock
        self.listed_after = 0.0
        self._listed_at: dict[str, datetime] = {}

    def add(self, transaction: Transaction) -> Transaction:
        self._listed_at[transaction.trans_id] = self._clock() + timedelta(seconds=self.listed_after)
        return super().add(transaction)

    def unsettled(self, merchant: str) -> list[Transaction]:
        now = self._clock()
        return [
            each for each in super().unsettled(merchant) if self._listed_at[each.trans_id] <= now
        ]


def stand_in(clock: Callable[[], datetime]) -> tuple[Gateway, Told, LateBooks]:
    """A gateway without doors, what it tells, and its books."""
    gateway = Gateway(clock)
    told, late = Told(clock), LateBooks(clock)
    gateway._books = late
    gateway.webhooks = told
    gateway.desk = Desk(gateway._books, told, clock=clock, lock=gateway._lock)
    return gateway, told, late


class Wire:
    """Stands in for the transport to the gateway: the same promises, the world's faults."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        self.world = world
        self.gateway = gateway

    def post(self, body: bytes) -> bytes:
        """One exchange.

        Raises:
            NeverConnectedError: certainly nothing was sent.
            NoAnswerError: sent or not, there is no whole answer.
        """
        world, task = self.world, self.world.scheduler.current
        if task is None:
            return self.gateway.respond(body)
        if task.life.dead:
            raise Killed
        fault = task.life.invocation.faults.next("Gateway")
        task.call_began_at = world.clock.seconds
        world.scheduler.give_way()
        world.clock.advance(A_CALL)
        if fault is not None:
            world.tell(f"    {task.life.name}: Gateway {fault}")
        self._gone_wrong_before(fault, task.life)
        answer = self.gateway.respond(body)
        for look in world.on_answer:
            look(task.life.invocation, "Gateway", body)
        if fault == faults.KILLED_AFTER:
            world.scheduler.kill(task.life)
        if fault in (faults.LOST_AFTER, faults.BROKEN_AFTER):
            world.scheduler.sleep(WAITS_FOR)
            raise NoAnswerError("timeout")
        return answer

    def _gone_wrong_before(self, fault: str | None, life: Life) -> None:
        scheduler = self.world.scheduler
        if fault == faults.KILLED_BEFORE:
            scheduler.kill(life)
        if fault in (faults.NEVER_CONNECTED, faults.THROTTLED):
            raise NeverConnectedError("ConnectTimeout")
        if fault in (faults.LOST_BEFORE, faults.BROKEN_BEFORE):
            scheduler.sleep(WAITS_FOR)
            raise NoAnswerError("timeout")
        if fault == faults.SLOW:
            scheduler.sleep(scheduler.random.uniform(1, 15))
