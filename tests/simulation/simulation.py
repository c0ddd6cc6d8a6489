"""One run: a plan carried out in a world, looked at after every step."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from tests.simulation import items
from tests.simulation import second_opinion as second
from tests.simulation.cast import Cast, Person, begin
from tests.simulation.desk import Desk
from tests.simulation.dynamo.storage import Written
from tests.simulation.invariants import Invariants
from tests.simulation.ledgers import Ledgers
from tests.simulation.money import Money
from tests.simulation.plan import Action, Plan
from tests.simulation.tries import Tries
from tests.simulation.world.faults import Faults
from tests.simulation.world.functions import TRIED_AGAIN, Invocation
from tests.simulation.world.merchant import LISTED_AFTER, Wire, stand_in
from tests.simulation.world.process import Process
from tests.simulation.world.scheduler import Life, Task
from tests.simulation.world.world import World

DEFECTS = re.compile(
    r'"error":"(\w*(?:Attribute|Type|Key|Name|Assertion|Index|Value|Runtime|Recursion|Validation)'
    r'(?:Error|Exception))","at":"([^"]*)"'
)
"""What no fault of the world excuses, as it stands in the logs."""
UNHARMED = 0.35
OVERNIGHT = 5 * 3_600.0


Kinds = Mapping[str, tuple[int, Callable[[Random], dict[str, Any]], Callable[..., None]]]
"""Each kind of action: its weight, how its arguments are drawn, and what it does."""
Ending = Callable[["Simulation"], None]
"""Lets everything calm down, and looks at what must hold then."""


class Step:
    """An action on its way: what it draws from, and what it started."""

    def __init__(self, action: Action) -> None:
        self.action = action
        self.random = Random(action.seed)
        self.invoked: list[Invocation] = []

    def faults(self) -> Faults:
        """The faults of the next invocation."""
        action, number = self.action, len(self.invoked)
        if action.given is not None:
            given = {call: kind for (run, call), kind in action.given.items() if run == number}
            return Faults(given=given)
        random = Random(action.seed + number)
        return Faults(rate=0.0 if random.random() < UNHARMED else action.rate, random=random)

    def action_as_met(self) -> Action:
        """The action, with the faults that it met, by number of invocation and of call."""
        met = {
            (number, call): kind
            for number, invocation in enumerate(self.invoked)
            for call, kind in invocation.faults.happened.items()
        }
        return replace(self.action, given=met)


class Simulation:
    """What actions act on."""

    def __init__(self, process: Process, plan: Plan, kinds: Kinds, ending: Ending) -> None:
        self.process = process
        self.plan = plan
        self._kinds = kinds
        self._ending = ending
        self.world = World(process.functions)
        self.world.gateway, self.told, self.books = stand_in(self.world.clock.now)
        self.world.start = self._start
        self.wire = Wire(self.world, self.world.gateway)
        self.invariants = Invariants(self.world)
        self.money = Money(self.world, self.world.gateway)
        self.ledgers = Ledgers(self.world)
        self.desk = Desk(self.world)
        self.tries = Tries(self.world)
        self.sessions: list[Any] = []
        """The sessions that browsers hold."""
        self.world.storage.watch = self._written
        self.cast: Cast
        self._read_up_to = 0
        self._steps: list[Step] = []
        self._step = Step(Action("begin", 0))

    @property
    def random(self) -> Random:
        """What the action at hand draws from."""
        return self._step.random

    @property
    def carried_out(self) -> tuple[Action, ...]:
        """The actions so far, each with the faults that it met."""
        return tuple(step.action_as_met() for step in self._steps)

    def run(self) -> None:
        """Carry out the plan, then let everything calm down.

        Raises:
            Violation: an invariant did not hold.
        """
        with self.process.within(self.world, self.wire, self.plan.seed):
            self.cast = begin(self.world, Random(self.plan.seed))
            self.books.listed_after = Random(self.plan.seed).choice(LISTED_AFTER)
            for action in self.plan.actions:
                self._carry_out(action)
            self.rest()
            self._step = Step(Action("end", 0))
            self._ending(self)
            self._look()

    def _written(self, writes: list[Written]) -> None:
        for watching in (self.invariants, self.ledgers, self.money, self.desk):
            watching.written(writes)

    def _carry_out(self, action: Action) -> None:
        step = Step(action)
        self._steps.append(step)
        self.world.scheduler.run(seconds=action.wait)
        if action.wait > OVERNIGHT and action.seed % 5:
            self._wait_for_day(action.seed % 6)
        self._step = step
        self.world.scheduler.random = Random(action.seed)
        said = ", ".join(f"{name}={value}" for name, value in action.args.items())
        self.world.tell(f"{action.kind} {said}")
        self._kinds[action.kind][2](self, **action.args)
        if action.overlap:
            self.world.scheduler.run(steps=step.random.randint(1, 25))
            self._look()
        else:
            self.rest()

    def _wait_for_day(self, hours: int) -> None:
        """Let the night pass, in which nothing happens."""
        now = self.world.clock.now()
        opening = now.replace(hour=16 + hours, minute=now.minute // 2)
        if not 16 <= now.hour < 23:
            self.world.clock.until(opening if opening > now else opening + timedelta(days=1))

    def rest(self) -> None:
        """Let go on to its end whatever is under way."""
        self.world.scheduler.run()
        self._look()

    def _look(self) -> None:
        printed = self.process.output.getvalue()
        for defect in DEFECTS.finditer(printed, self._read_up_to):
            self.world.fail("0 defect", f"{defect[1]} at {defect[2]}")
        self._read_up_to = len(printed)
        if self.world.violation is not None:
            raise self.world.violation

    def invoke(
        self,
        function: str,
        event: Any,
        then: Callable[[Invocation], None] = lambda _: None,
    ) -> tuple[Invocation, Task]:
        """Start a function, with the faults of the action; `then` is told how it ended.

        What `then` starts belongs to the same action.
        """
        step = self._step
        invocation, task = self.world.invoke(
            function, event, Faults() if self.world.calm else step.faults()
        )
        step.invoked.append(invocation)
        invocation.notes["step"] = step

        def told(ended: Invocation) -> None:
            self.invariants.ended(ended)
            before, self._step = self._step, step
            then(ended)
            self._step = before

        invocation.then = told
        return invocation, task

    def _start(self, function: str, event: Any, caller: Invocation) -> tuple[Invocation, Task]:
        """One function calls another."""
        left = TRIED_AGAIN.get(function, 0)

        def again(ended: Invocation) -> None:
            nonlocal left
            if ended.outcome != "done" and left:
                left -= 1
                self.invoke(function, event, again)

        before, self._step = self._step, caller.notes["step"]
        started = self.invoke(function, event, again)
        self._step = before
        return started

    def meet(self, invocation: Invocation, faults: dict[str, str]) -> None:
        """Let the first calls of some operations go wrong, unless a story says what does."""
        if self._step.action.given is None and not self.world.calm:
            invocation.faults.meets |= faults

    def later(self, seconds: float, then: Callable[[], None]) -> None:
        """Let something happen by itself after some seconds; it belongs to the same action."""
        step = self._step

        def wait() -> None:
            self.world.scheduler.sleep(seconds)
            before, self._step = self._step, step
            then()
            self._step = before

        self.world.scheduler.spawn(Life("later", float("inf")), wait)

    def account(self, person: Person) -> Any:
        """An account as stored."""
        pk = f"ACCOUNT#{person.practice_id}#{person.patient_id}"
        return self.world.storage.items[pk, "ACCOUNT"]

    def someone(self, who: int) -> Person:
        """A patient by any number."""
        return self.cast.people[who % len(self.cast.people)]

    def mobile_of(self, who: int) -> str | None:
        """The number on file of a patient."""
        return items.text(self.account(self.someone(who)), "mobile")

    def entries(self, person: Person) -> list[second.Entry]:
        """The ledger of an account."""
        pk = f"ACCOUNT#{person.practice_id}#{person.patient_id}"
        return items.entries_of(self.world.storage.partition(pk))

    def case_of(self, person: Person, entry_id: str | None, number: int) -> str:
        """The case of an entry; of none, one of two."""
        key = f"ENTRY#{person.practice_id}#{entry_id}", "ENTRY"
        known = self.world.storage.items.get(key) if entry_id else None
        return known["case_id"]["S"] if known else ("knee", "back")[number % 2]
