"""The floor: the same calls, made one after the other by botocore alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import botocore.session
from botocore import xform_name

from infra.bench.wire import Call
from infra.local.emulator import REGION


def replay(calls: Sequence[Call]) -> Callable[[], None]:
    """What makes these calls again, with clients as botocore makes them by default."""
    session = botocore.session.Session()
    session.set_credentials("x", "x")
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
