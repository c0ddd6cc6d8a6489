"""The functions of the stack: their real handlers, each worker with an environment of its own."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import count
from pathlib import Path
from types import CodeType
from typing import Any, ClassVar

from balance_alerts import wiring as wired
from balance_alerts.gateway.authorize_net import AuthorizeNet
from balance_alerts.gateway.requests import Credentials
from balance_alerts.office.jobs import JobDesk
from balance_alerts.wiring import Wiring
from tests.simulation.world.faults import Faults
from tests.simulation.world.scheduler import Clock, Life

FUNCTIONS = Path(wired.__file__).parents[2]
TIMEOUTS = {
    "scan_balances.handler": 120,
    "send_alert.handler": 60,
    "delivery_events.handler": 30,
    "delivery_events.text_log": 30,
    "delivery_events.opt_out_list": 300,
    "import_balances.handler": 120,
    "portal.handler": 29,
    "reconcile_payments.handler": 300,
    "reconcile_payments.webhook": 29,
    "staff.handler": 29,
    "staff.background.worker": 600,
}
"""Seconds, as in the template; `test_simulation.py` compares."""
TRIED_AGAIN = {"staff.background.worker": 1}
"""How often Lambda starts a function once more that nobody waits for, as in the template."""
MOST_AT_ONCE = 2
"""Accounts that are looked at while somebody waits; here a practice of three is a large one."""
ENVIRONMENT = {
    "ALERT_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/alerts",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_LAMBDA_FUNCTION_NAME": "scan_balances.handler",
    "AWS_REGION": "us-east-1",
    "AWS_SECRET_ACCESS_KEY": "test",
    "CARD_FORM_ORIGINS": "https://jstest.authorize.net",
    "CARD_FORM_SCRIPT_URL": "https://jstest.authorize.net/v3/AcceptUI.js",
    "CONSOLE_CLIENT_ID": "console",
    "EMAILS_PER_SECOND": "10",
    "EMAIL_SENDER": "alerts@clinic.example",
    "GATEWAY_SECRETS": "simulation/",
    "GATEWAY_URL": "https://apitest.authorize.net/xml/v1/request.api",
    "IMPORT_BUCKET": "files",
    "IMPORT_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/imports",
    "JOB_FUNCTION_NAME": "staff.background.worker",
    "POWERTOOLS_LOG_LEVEL": "INFO",
    "POWERTOOLS_METRICS_DISABLED": "true",
    "POWERTOOLS_METRICS_NAMESPACE": "Simulation",
    "POWERTOOLS_SERVICE_NAME": "simulation",
    "PUBLIC_URL": "https://pay.example",
    "SEND_CONCURRENCY": "2",
    "SEND_FUNCTION_NAME": "send_alert.handler",
    "SIGN_IN_URL": "https://sign-in.example",
    "TABLE_NAME": "table",
    "TEXTS_PER_SECOND": "10",
    "UPLOADS_URL": "https://imports.example/imports/",
    "USER_POOL_ID": "us-east-1_pool",
}


class Clients:
    """Hands out one client a use: building one is slow, and workers share what has no state."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._clients: dict[tuple[str, str], Any] = {}

    def create_client(self, name: str, config: Any = None, **_: Any) -> Any:
        """A client, built when it is first asked for."""
        key = (name, repr(sorted(vars(config).items(), key=str)) if config else "")
        if key not in self._clients:
            self._clients[key] = self._session.create_client(name, config=config)
        return self._clients[key]


class SimulatedWiring(Wiring):
    """The real composition root, by the simulation's clock, clients and gateway."""

    clients: ClassVar[Clients]
    now_by: ClassVar[Callable[[], datetime]]
    transport: ClassVar[Any]

    def __init__(self, table_name: str) -> None:
        self.session = self.clients  # type: ignore[assignment]  # hands out clients, as a session

    def begin_anew(self) -> None:
        """Be as in a worker that just started."""
        self.__dict__.clear()
        self.session = self.clients  # type: ignore[assignment]

    def now(self) -> datetime:
        return type(self).now_by()

    @cached_property
    def job_desk(self) -> JobDesk:
        return JobDesk(self.jobs, self._start_job, self.now, at_once=MOST_AT_ONCE)

    def _merchant(self, credentials: Credentials) -> AuthorizeNet:
        return AuthorizeNet(credentials, type(self).transport)


@dataclass(eq=False)
class Environment:
    """Where workers of a function run, one after the other: its module's globals.

    `of` is the world it began in; where that is another one, or none, it begins anew.
    """

    function: str
    globals: dict[str, Any]
    of: object = None


@dataclass(eq=False)
class Invocation:
    """One run of a function.

    `outcome` says how it ended (done, failed, killed), and `then` is told of it. `disturbed` are
    the operations at which something went wrong, in their order.
    """

    function: str
    life: Life
    faults: Faults
    event: Any = None
    outcome: str = ""
    result: Any = None
    error: BaseException | None = None
    then: Callable[[Invocation], None] = lambda _: None
    notes: dict[str, Any] = field(default_factory=dict)
    disturbed: list[str] = field(default_factory=list)


class Context:
    """What Lambda tells a handler."""

    function_name = "simulation"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:simulation"
    aws_request_id = "simulation"

    def __init__(self, clock: Clock, deadline: float) -> None:
        self._clock = clock
        self._deadline = deadline

    def get_remaining_time_in_millis(self) -> int:
        """Until it is stopped."""
        return int((self._deadline - self._clock.seconds) * 1000)


class Functions:
    """Starts workers; one that ended well is used again, one that was killed never."""

    def __init__(self) -> None:
        self._code: dict[str, tuple[CodeType, str]] = {}
        self._free: dict[str, list[Environment]] = {}
        self._numbers = count()

    def take(self, function: str, world: object) -> Environment:
        """An environment for a run in a world, begun anew where it was another's."""
        free = self._free.setdefault(function, [])
        environment = free.pop() if free else None
        if environment is None:
            return Environment(function, self._loaded(function), world)
        if environment.of is not world:
            self._begin_anew(environment)
            environment.of = world
        return environment

    def give_back(self, environment: Environment) -> None:
        """Keep an environment for the next run."""
        self._free[environment.function].append(environment)

    def _begin_anew(self, environment: Environment) -> None:
        held = environment.globals
        if "wiring" in held:
            held["wiring"].begin_anew()
        if "scan" in held:
            held["scan"] = SimulatedWiring("table").scan
        if "processor" in held:
            held["processor"] = type(held["processor"])(
                event_type=held["processor"].event_type, raise_on_entire_batch_failure=False
            )
        if environment.function == "send_alert.handler":
            held["wiring"].begin_sending()

    def _loaded(self, function: str) -> dict[str, Any]:
        """A function's module, run once more under a name of its own."""
        if function not in self._code:
            path = FUNCTIONS / f"{function.replace('.', '/')}.py"
            self._code[function] = compile(path.read_text(), str(path), "exec"), str(path)
        code, path = self._code[function]
        name = f"simulated_{function.replace('.', '_')}_{next(self._numbers)}"
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        os.environ["POWERTOOLS_SERVICE_NAME"] = name
        exec(code, module.__dict__)
        return module.__dict__
