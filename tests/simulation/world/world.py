"""The world around the stack: every call leads here, and goes wrong here."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from infra.local.gateway.gateway import Gateway
from tests.simulation.dynamo.storage import Index, Key, Storage
from tests.simulation.dynamo.subset import Eventual, Subset
from tests.simulation.world import faults
from tests.simulation.world.answers import refusal
from tests.simulation.world.faults import Faults
from tests.simulation.world.functions import TIMEOUTS, Context, Functions, Invocation
from tests.simulation.world.providers import Providers
from tests.simulation.world.queue import Queue
from tests.simulation.world.scheduler import Clock, Killed, Life, Scheduler, Task
from tests.simulation.world.services import Services

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
"""A Monday, ten in the morning in New York, six days before clocks go forward."""
A_CALL = 0.004
READ_TIMEOUT = 5.0
INDEXES = {
    "due_accounts": Index(
        "due_accounts",
        "due_practice",
        "last_alert_on",
        frozenset(
            {
                "practice_id",
                "patient_id",
                "time_zone",
                "text_subscribed",
                "email_subscribed",
                "mobile_state",
                "email_state",
                "balance_cents",
                "window_opened_at",
                "newest_responsibility_at",
                "holds",
                "open_attempt",
                "version",
            }
        ),
    ),
    "sending_practices": Index("sending_practices", "sending", "practice_id", None),
}
"""As in the template; `test_simulation.py` compares."""
_THROTTLED = {
    "dynamodb": "ProvisionedThroughputExceededException",
    "sesv2": "TooManyRequestsException",
    "s3": "SlowDown",
    "lambda": "TooManyRequestsException",
}

MOST_INVOCATIONS = 5_000
"""Some hundred are usual: what comes back for ever shall not keep a seed from ending."""


class Violation(Exception):
    """An invariant does not hold."""


class World:
    """One run: its time, table, queues, providers, gateway, and the functions under way."""

    def __init__(self, functions: Functions) -> None:
        self.clock = Clock(START)
        self.scheduler = Scheduler(self.clock)
        self.storage = Storage(INDEXES, self.clock.now)
        self.calm = False
        self.subset = Subset(self.storage, "table", Eventual(self._unseen, self._page))
        self.providers = Providers(self.clock)
        self.gateway = Gateway(self.clock.now)
        self.queues = {
            "alerts": Queue(self.clock, visibility=360, retention=1800),
            "imports": Queue(self.clock, visibility=720, retention=604800),
        }
        self.secrets: dict[str, str] = {}
        self.bucket: dict[str, bytes] = {}
        self.invocations: list[Invocation] = []
        self.violation: Violation | None = None
        self.on_call: list[Callable[[Invocation, str, Any], None]] = []
        self.on_answer: list[Callable[[Invocation, str, Any], None]] = []
        self.story: list[str] = []
        self.start: Callable[[str, Any, Invocation], tuple[Invocation, Task]]
        self._functions = functions
        self._services = Services(self)

    def fail(self, invariant: str, what: str) -> None:
        """Remember the first violation; whoever runs the world looks for it."""
        if self.violation is None:
            self.violation = Violation(f"{invariant}: {what}")
            self.tell(f"VIOLATION {self.violation}")

    def tell(self, what: str) -> None:
        """Add to the story."""
        self.story.append(f"{self.clock.now():%a %d %b %H:%M:%S} UTC  {what}")

    # ------------------------------------------------------------ functions

    def invoke(self, function: str, event: Any, given: Faults) -> tuple[Invocation, Task]:
        """Start a function on an event, as a task."""
        number = len(self.invocations) + 1
        if number > MOST_INVOCATIONS:
            self.fail("0 endless", f"{number:,} runs of functions, and still something to do")
        deadline = self.clock.seconds + TIMEOUTS[function]
        life = Life(f"{function.split('.')[0]} #{number}", deadline)
        invocation = Invocation(function, life, given, event)
        life.invocation = invocation
        self.invocations.append(invocation)

        def work() -> None:
            environment = self._functions.take(function, self)
            try:
                context = Context(self.clock, deadline)
                invocation.result = environment.globals["handler"](event, context)
                invocation.outcome = "done"
            except Exception as error:
                invocation.error = error
                invocation.outcome = "failed"
            except Killed:
                invocation.outcome = "killed"
                environment.of = None
                raise
            finally:
                self._functions.give_back(environment)

        def ended() -> None:
            try:
                work()
            finally:
                invocation.then(invocation)

        return invocation, self.scheduler.spawn(life, ended)

    # ------------------------------------------------------------ calls

    def call(self, service: str, operation: str, request: Any) -> AWSResponse:
        """Answer a request of a worker, or let it go wrong."""
        task = self.scheduler.current
        if task is None:
            return self._services.answer(service, operation, request)
        if task.life.dead:
            raise Killed
        invocation = task.life.invocation
        assert invocation is not None
        fault = invocation.faults.next(operation)
        task.call_began_at = self.clock.seconds
        self.scheduler.give_way()
        self.clock.advance(A_CALL)
        if fault is not None:
            self.tell(f"    {task.life.name}: {operation} {fault}")
            invocation.disturbed.append(operation)
        early = self._gone_wrong_before(fault, service, operation, request, task.life)
        if early is not None:
            return early
        if fault == faults.PARTLY:
            return self._services.in_part(operation, request)
        for look in self.on_call:
            look(invocation, operation, request)
        answer = self._services.answer(service, operation, request)
        for look in self.on_answer:
            look(invocation, operation, request)
        return self._gone_wrong_after(fault, service, task.life) or answer

    def _gone_wrong_before(
        self, fault: str | None, service: str, operation: str, request: Any, life: Life
    ) -> AWSResponse | None:
        if fault == faults.KILLED_BEFORE:
            self.scheduler.kill(life)
        elif fault == faults.SLOW:
            self.scheduler.sleep(self.scheduler.random.uniform(0.5, 8))
        elif fault == faults.LOST_BEFORE:
            self.scheduler.sleep(READ_TIMEOUT)
            raise ReadTimeoutError(endpoint_url="https://aws.example")
        elif fault == faults.NEVER_CONNECTED:
            self.scheduler.sleep(2)
            raise ConnectTimeoutError(endpoint_url="https://aws.example")
        elif fault == faults.THROTTLED:
            return refusal(service, _THROTTLED.get(service, "ThrottlingException"), "Rate exceeded")
        elif fault == faults.BROKEN_BEFORE:
            return refusal(service, "InternalServerError", "", 500)
        elif fault == faults.CONFLICT:
            return _conflict(json.loads(request.body))
        elif fault == faults.QUOTA:
            return _quota(service)
        elif fault == faults.REFUSED:
            return _refused_contact(service)
        return None

    def _gone_wrong_after(self, fault: str | None, service: str, life: Life) -> AWSResponse | None:
        if fault == faults.KILLED_AFTER:
            self.scheduler.kill(life)
        if fault == faults.LOST_AFTER:
            self.scheduler.sleep(READ_TIMEOUT)
            raise ReadTimeoutError(endpoint_url="https://aws.example")
        if fault == faults.BROKEN_AFTER:
            return refusal(service, "InternalServerError", "", 500)
        return None

    # ------------------------------------------------------------ eventual reads

    def _unseen(self, keys: list[Key]) -> set[Key]:
        if self.calm or self.scheduler.current is None:
            return set()
        return {key for key in keys if self.scheduler.random.random() < 0.4}

    def _page(self, found: int) -> int:
        if self.calm or found < 2 or self.scheduler.random.random() > 0.1:
            return found
        return self.scheduler.random.randint(1, found)


def _conflict(asked: dict[str, Any]) -> AWSResponse:
    others = [{"Code": "None"}] * (len(asked["TransactItems"]) - 1)
    reasons = [{"Code": "TransactionConflict", "Message": "ongoing"}, *others]
    return refusal(
        "dynamodb", "TransactionCanceledException", "conflict", CancellationReasons=reasons
    )


def _quota(service: str) -> AWSResponse:
    if service == "sns":
        return refusal("sns", "AuthorizationError", "not permitted", 403)
    return refusal("sesv2", "LimitExceededException", "Daily message quota exceeded.")


def _refused_contact(service: str) -> AWSResponse:
    if service == "sns":
        return refusal("sns", "InvalidParameter", "Invalid parameter: PhoneNumber Reason: no")
    return refusal("sesv2", "BadRequestException", "Domain contains illegal character")
