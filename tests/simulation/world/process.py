"""What one process sets up once, and a seed begins anew: clients, seconds, randomness.

The project takes its clock at the composition root. Seconds of waiting, threads and random ids it
takes from the standard library; here those are the simulation's own.
"""

from __future__ import annotations

import logging
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from inspect import signature
from io import StringIO
from random import Random
from types import SimpleNamespace
from typing import Any, Protocol

import botocore.endpoint
from botocore import UNSIGNED
from botocore.regions import EndpointRulesetResolver
from botocore.retries.quota import RetryQuota
from botocore.useragent import UserAgentString

from balance_alerts import overlap
from balance_alerts import wiring as wired
from balance_alerts.alerts import courier, scan, send, send_now
from balance_alerts.channels import limits
from balance_alerts.delivery import help_sender, opt_outs
from balance_alerts.imports import duplicates, take_claims, take_patients
from balance_alerts.office import deposits, reports
from balance_alerts.payments import pay, receipt_sender, reconcile
from balance_alerts.queues import alert_queue
from balance_alerts.store import ledger, practice_accounts, races, table
from tests.simulation.world.functions import ENVIRONMENT, Clients, Functions, SimulatedWiring
from tests.simulation.world.scheduler import Clock, Executor, Scheduler

_WITH_THREADS = (
    courier,
    deposits,
    duplicates,
    ledger,
    overlap,
    practice_accounts,
    reconcile,
    reports,
    scan,
    take_claims,
    take_patients,
)
_WITH_SECONDS: tuple[Callable[..., None], ...] = (
    alert_queue.AlertQueue.__init__,
    courier.Courier.__init__,
    help_sender.HelpSender.__init__,
    limits.Pace.__init__,
    opt_outs.OptOutReader.__init__,
    pay.Checkout.__init__,
    receipt_sender.ReceiptSender.__init__,
    send.Sender.__init__,
    send_now.SendNow.__init__,
)
_QUOTAS: list[Any] = []
"""How often clients may still try again; botocore counts across all calls of a client."""
_WITH_TIME = (table, races, practice_accounts, botocore.endpoint)


class World(Protocol):
    """What calls lead to."""

    clock: Clock
    scheduler: Scheduler

    def call(self, service: str, operation: str, request: Any) -> Any:
        """Answer a request, or raise what the network would."""


class Process:
    """The clients and functions of this process, led into one world after another."""

    def __init__(self) -> None:
        os.environ.update(ENVIRONMENT)
        _note_quotas()
        logging.getLogger("botocore").setLevel(logging.CRITICAL)
        self._world: World | None = None
        table.Record.Meta.region = "us-east-1"
        table.connect(ENVIRONMENT["TABLE_NAME"])
        session = table.session()
        events = session.get_component("event_emitter")
        events.register("before-send", self._call)
        events.register("choose-signer", lambda **_: UNSIGNED)
        table.client()
        self._take_time()
        _spare_time()
        SimulatedWiring.clients = Clients(session)
        SimulatedWiring.now_by = lambda: self.world.clock.now()
        wired.Wiring = SimulatedWiring  # type: ignore[misc]  # before any handler is loaded
        self.output = StringIO()
        """What functions print: their logs, above all."""
        self.functions = Functions()

    @property
    def world(self) -> World:
        """The world that calls lead to at present."""
        assert self._world is not None, "a call outside of any simulation"
        return self._world

    @contextmanager
    def within(self, world: World, transport: Any, seed: int) -> Iterator[None]:
        """Let calls lead into a world, and everything random follow its seed."""
        self._world = world
        Executor.scheduler = world.scheduler
        SimulatedWiring.transport = transport
        for quota in _QUOTAS:
            quota._available_capacity = quota._max_capacity
        source = Random(seed)
        urandom, kept = os.urandom, random.getstate()
        os.urandom = source.randbytes
        random._urandom = source.randbytes  # type: ignore[attr-defined]  # what `secrets` asks
        random.seed(seed)
        self.output.truncate(0)
        try:
            with redirect_stdout(self.output):
                yield
        finally:
            os.urandom = urandom
            random._urandom = urandom  # type: ignore[attr-defined]
            random.setstate(kept)
            self._world = None

    def _call(self, event_name: str, request: Any, **_: Any) -> Any:
        _, service, operation = event_name.split(".")
        return self.world.call(service, operation, request)

    def _take_time(self) -> None:
        for module in _WITH_THREADS:
            module.ThreadPoolExecutor = Executor  # type: ignore[attr-defined]
        seconds = SimpleNamespace(
            monotonic=lambda: self.world.clock.monotonic(),
            sleep=lambda pause: self.world.scheduler.sleep(pause),
        )
        for module in _WITH_TIME:
            module.time = seconds  # type: ignore[attr-defined]
        named = {"monotonic": seconds.monotonic, "clock": seconds.monotonic, "sleep": seconds.sleep}
        for build in _WITH_SECONDS:
            _default(build, named)


def _spare_time() -> None:
    """Leave out what takes a fifth of all time, and comes out the same at each call."""
    UserAgentString.to_string = lambda _: "simulation"
    construct = EndpointRulesetResolver.construct_endpoint
    known: dict[tuple[int, str], Any] = {}

    def constructed(resolver: Any, operation_model: Any, *given: Any, **named: Any) -> Any:
        key = id(resolver), operation_model.name
        if key not in known:
            known[key] = construct(resolver, operation_model, *given, **named)
        return known[key]

    EndpointRulesetResolver.construct_endpoint = constructed


def _note_quotas() -> None:
    build = RetryQuota.__init__

    def noted(quota: Any, *given: Any, **named: Any) -> None:
        build(quota, *given, **named)
        _QUOTAS.append(quota)

    RetryQuota.__init__ = noted


def _default(build: Any, named: dict[str, Any]) -> None:
    """Give a constructor other seconds to go by where it is given none."""
    for name in (build.__kwdefaults__ or {}).keys() & named.keys():
        build.__kwdefaults__[name] = named[name]
    defaults = build.__defaults__ or ()
    positional = list(signature(build).parameters)[: build.__code__.co_argcount]
    pairs = zip(positional[len(positional) - len(defaults) :], defaults, strict=True)
    build.__defaults__ = tuple(named.get(name, default) for name, default in pairs) or None
