"""The end of a run: faults cease, time goes on, and everything must come right by itself."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from balance_alerts.domain.contact import Channel
from balance_alerts.store.channel_stops import lift_stop
from infra.local.gateway.transactions import HELD
from tests.simulation.actors import machinery, money, reports, staff
from tests.simulation.calm import (
    check_history,
    check_imports,
    check_nobody_is_forgotten,
    check_secrecy,
)
from tests.simulation.simulation import Simulation

LOOKS_AT = (time(16, 30), time(19))
"""In UTC: in the practices' send windows, however narrow, in New York and in Los Angeles."""
READ_AGAIN_WITHIN = timedelta(days=16)
"""A settlement is read again at ages that lie 15 days apart at most."""
A_TRY_AGAIN = 60
"""Seconds, at least, before Lambda tries a failed event again."""


def ending(simulation: Simulation) -> None:
    """Let schedules and queues do their work for a day, then look who was forgotten."""
    world = simulation.world
    world.calm = True
    world.tell("from here on nothing goes wrong")
    world.providers.quota_used_up = False
    drain(simulation)
    _settle_payments(simulation)
    for channel in Channel:  # reports tell late that the month's limit was reached
        lift_stop(channel, world.clock.now())
    for at in LOOKS_AT:
        today = world.clock.now().date() + timedelta(days=at == LOOKS_AT[0])
        world.clock.until(datetime.combine(today, at, world.clock.now().tzinfo))
        for _ in range(2):
            machinery.scan(simulation, 1)
            simulation.rest()
            drain(simulation)
            world.clock.advance(60)
        check_nobody_is_forgotten(simulation)
    check_history(simulation)
    simulation.desk.check_calm()
    check_imports(simulation)
    check_secrecy(simulation)


def _settle_payments(simulation: Simulation) -> None:
    """Let the gateway tell everything, and be asked for two days."""
    gateway = simulation.world.gateway
    money.set_mode(simulation, "approve")
    money.list_late(simulation, 0)
    for number in range(len(simulation.cast.practices)):
        staff.connect(simulation, number, True)
        simulation.rest()
    for charge in gateway.charges():
        if charge["status"] == HELD:
            gateway.desk.release(charge["trans_id"])
    for hours in (0.3, 25, 24):
        simulation.world.clock.advance(hours * 3_600)
        simulation.told.told, told = [], simulation.told.told
        for one in told:
            money.tell(simulation, one)
            simulation.rest()
        simulation.invoke("reconcile_payments.handler", {"all": True})
        simulation.rest()
        gateway.settle()
        drain(simulation)
    simulation.money.check_states()


def _read_settlements_again(simulation: Simulation) -> None:
    """Let two weeks pass in which every settlement is read once more: banks take back late."""
    simulation.world.clock.advance(READ_AGAIN_WITHIN.total_seconds())
    simulation.invoke("reconcile_payments.handler", {"all": True})
    simulation.rest()
    drain(simulation)


def drain(simulation: Simulation) -> None:
    """Deliver whatever waits, until nothing does."""
    world = simulation.world
    while world.providers.reports:
        waiting, world.providers.reports = world.providers.reports, []
        for one in waiting:
            reports.bring(simulation, one)
            simulation.rest()
        world.clock.advance(A_TRY_AGAIN)
    for name, queue in world.queues.items():
        while queue.messages:
            if not queue.waiting:
                world.clock.advance(queue.visibility)
            messages = queue.receive(machinery.BATCH[name], simulation.random)
            if messages:
                machinery.hand_over(simulation, name, queue, messages)
                simulation.rest()
