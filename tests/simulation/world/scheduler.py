"""Everything that happens at once, one thing at a time, in an order that a seed decides.

Workers run as greenlets. They give way at the boundaries of their calls and wherever they sleep;
between two calls nothing can be seen of them from outside, so no other orders matter.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from greenlet import getcurrent, greenlet


class Killed(BaseException):
    """The worker is gone: nothing in it may catch this, as nothing catches a kill."""


class Clock:
    """The one clock of the simulation: seconds pass only where something takes time."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self.seconds = 0.0

    def now(self) -> datetime:
        """The present instant."""
        return self._start + timedelta(seconds=self.seconds)

    def now_at(self, seconds: float) -> datetime:
        """The instant at which so many seconds had passed."""
        return self._start + timedelta(seconds=seconds)

    def monotonic(self) -> float:
        """Seconds since the simulation began."""
        return self.seconds

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds

    def until(self, instant: datetime) -> None:
        """Let time pass until an instant, if that is ahead."""
        ahead = (instant.astimezone(UTC) - self.now()).total_seconds()
        self.seconds += max(0.0, ahead)


@dataclass(eq=False)
class Life:
    """What a worker's tasks share: until when it lives, and whether it still does."""

    name: str
    deadline: float = float("inf")
    dead: bool = False
    invocation: Any = None


@dataclass(eq=False)
class Task:
    """One thread of a worker."""

    life: Life
    work: Callable[[], Any]
    wake_at: float = 0.0
    waits_for: list[Task] = field(default_factory=list)
    done: bool = False
    result: Any = None
    error: BaseException | None = None
    let: greenlet = field(init=False)
    router: tuple[Any, Any] = (None, None)
    call_began_at: float = 0.0

    def run(self) -> None:
        """Do the work, and keep what came of it."""
        try:
            self.result = self.work()
        except BaseException as error:
            self.error = error
        self.done = True


class Scheduler:
    """Picks which task goes on."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.random = Random(0)
        self._tasks: list[Task] = []
        self._current: Task | None = None
        self._hub = getcurrent()

    @property
    def current(self) -> Task | None:
        """The task that runs; None outside of any worker."""
        return self._current

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._tasks

    def spawn(self, life: Life, work: Callable[[], Any]) -> Task:
        """Begin a task; it runs when it is picked."""
        task = Task(life, work, wake_at=self.clock.seconds)
        task.let = greenlet(task.run, self._hub)
        self._tasks.append(task)
        return task

    def give_way(self) -> None:
        """Let others go on before the current task does."""
        self.sleep(0)

    def sleep(self, seconds: float) -> None:
        """Let the current task wait; outside of tasks, time just passes."""
        task = self._current
        if task is None:
            self.clock.advance(seconds)
            return
        task.wake_at = self.clock.seconds + seconds
        self._hub.switch()
        if task.life.dead:
            raise Killed

    def join(self, tasks: Iterable[Task]) -> None:
        """Wait until other tasks are done."""
        waited = [task for task in tasks if not task.done]
        task = self._current
        assert task is not None
        while waited:
            task.waits_for = waited
            self._hub.switch()
            if task.life.dead:
                raise Killed
            waited = [each for each in waited if not each.done]
        task.waits_for = []

    def kill(self, life: Life) -> None:
        """End a worker where it stands. Its `finally` blocks run, but no call of theirs does."""
        life.dead = True
        for task in [each for each in self._tasks if each.life is life]:
            if task is self._current:
                continue
            if task.let:
                self._resume(task, Killed())
            task.done = True
            task.error = task.error or Killed()
        self._tasks = [task for task in self._tasks if not task.done]
        if self._current is not None and self._current.life is life:
            raise Killed

    def run(self, *, steps: int | None = None, seconds: float = float("inf")) -> None:
        """Go on until nothing is under way, for so many steps, or for so many seconds.

        Where seconds are given, just these have passed in the end.
        """
        until = self.clock.seconds + seconds
        while self._tasks and steps != 0 and self.clock.seconds < until:
            ready = self._ready()
            if not ready:
                asleep = [task for task in self._tasks if not self._waits(task)]
                wakes = min((task.wake_at for task in asleep), default=self.clock.seconds)
                self.clock.seconds = min(until, max(self.clock.seconds, wakes))
                continue
            self._step(self.random.choice(ready))
            steps = None if steps is None else steps - 1
        if seconds < float("inf"):
            self.clock.seconds = max(self.clock.seconds, until)

    def _ready(self) -> list[Task]:
        now = self.clock.seconds
        return [task for task in self._tasks if task.wake_at <= now and not self._waits(task)]

    def _waits(self, task: Task) -> bool:
        return any(not each.done for each in task.waits_for)

    def _step(self, task: Task) -> None:
        if self.clock.seconds > task.life.deadline and not task.life.dead:
            self.kill(task.life)
            return
        self._resume(task)
        if task.done:
            self._tasks.remove(task)

    def _resume(self, task: Task, error: BaseException | None = None) -> None:
        before, self._current = self._current, task
        # Powertools keeps the event of a request in a class: it is each worker's own.
        kept = (BaseRouter.current_event, BaseRouter.lambda_context) if before else None
        BaseRouter.current_event, BaseRouter.lambda_context = task.router
        try:
            if error is None:
                task.let.switch()
            else:
                task.let.throw(error)
        finally:
            task.router = (BaseRouter.current_event, BaseRouter.lambda_context)
            self._current = before
            if kept:
                BaseRouter.current_event, BaseRouter.lambda_context = kept


class _Begun(Future[Any]):
    """Waits as the scheduler's tasks do."""

    def __init__(self) -> None:
        super().__init__()
        self.wait: Callable[[], None] = lambda: None

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """What it raised, once it has ended."""
        self.wait()
        return super().exception(timeout)


class Executor:
    """Stands in for `ThreadPoolExecutor`: its threads are tasks of the worker they belong to."""

    scheduler: Scheduler

    def __init__(self, max_workers: int | None = None, thread_name_prefix: str = "") -> None:
        self._at_once = max_workers or 8
        self._tasks: list[Task] = []

    def __enter__(self) -> Executor:
        return self

    def __exit__(self, *_: object) -> None:
        if self.scheduler.current is not None:
            self.scheduler.join(self._tasks)

    def submit(self, work: Callable[[], Any]) -> Future[Any]:
        """As the real one."""
        begun = _Begun()

        def go() -> None:
            try:
                begun.set_result(work())
            except BaseException as error:
                begun.set_exception(error)
                if not isinstance(error, Exception):
                    raise

        current = self.scheduler.current
        if current is None:
            go()
        else:
            task = self.scheduler.spawn(current.life, go)
            begun.wait = lambda: self._wait(current.life, task)
        return begun

    def _wait(self, life: Life, task: Task) -> None:
        if life.dead:  # nothing more is waited for, in no `finally` either
            raise Killed
        self.scheduler.join([task])

    def map(self, work: Callable[..., Any], *many: Iterable[Any]) -> Iterator[Any]:
        """As the real one: all begin at once, what came of them is told in order."""
        calls = list(zip(*many, strict=False))
        current = self.scheduler.current
        if current is None or len(calls) <= 1:
            return iter([work(*each) for each in calls])
        waiting = deque(enumerate(calls))
        results: dict[int, Any] = {}
        errors: dict[int, BaseException] = {}

        def go_on() -> None:
            while waiting:
                number, arguments = waiting.popleft()
                try:
                    results[number] = work(*arguments)
                except Exception as error:
                    errors[number] = error

        tasks = [
            self.scheduler.spawn(current.life, go_on) for _ in range(min(self._at_once, len(calls)))
        ]
        self._tasks = [each for each in self._tasks if not each.done] + tasks
        self.scheduler.join(tasks)

        def told() -> Iterator[Any]:
            for number in range(len(calls)):
                if number in errors:
                    raise errors[number]
                yield results[number]

        return told()
