"""The floor: the same calls, made one after the other by botocore alone.

As it comes, or *lean*: spared what the project's client of the table is spared, the long user
agent, the checks of parameters, and the walk through DynamoDB's answers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import botocore.session
from botocore import xform_name
from botocore.config import Config

from balance_alerts.store.answers import take_as_they_come
from balance_alerts.store.table import USER_AGENT
from infra.bench.wire import Call
from infra.local.emulator import REGION


def replay(calls: Sequence[Call], *, lean: bool = False) -> Callable[[], None]:
    """What makes these calls again."""
    session = botocore.session.Session()
    session.set_credentials("x", "x")
    if lean:
        config = Config(parameter_validation=False, user_agent=USER_AGENT)
        session.set_default_client_config(config)
        take_as_they_come(session)
    clients = {
        service: session.create_client(service, region_name=REGION)
        for service in {call.service for call in calls}
    }
    made = [
        (getattr(clients[call.service], xform_name(call.operation)), call.asked) for call in calls
    ]

    def again() -> None:
        for make, asked in made:
            make(**asked)

    return again
