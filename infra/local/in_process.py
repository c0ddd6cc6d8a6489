"""The stack's table and clock used from this process, as the operator and later the staff API do.

PynamoDB keeps one connection a process, and so one local stack a process is connected at a time.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from balance_alerts.store.table import Record, connect
from balance_alerts.wiring import Wiring
from balance_alerts.wiring import clock as wired_clock
from infra.local.clock import LocalClock
from infra.local.emulator import REGION


class InProcess:
    """Connects this process to a stack, and puts everything back as it was on `close`.

    `environment` holds what the template gives to functions and parts in this process need, too.
    """

    def __init__(
        self,
        *,
        endpoint_url: str,
        table_name: str,
        clock: LocalClock,
        environment: Mapping[str, str],
    ) -> None:
        settings = {
            **environment,
            "AWS_ENDPOINT_URL_DYNAMODB": endpoint_url,
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": endpoint_url,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }
        self._before = {name: os.environ.get(name) for name in settings}
        self._clock_before = wired_clock.system_clock
        self._table_before = Record.Meta.table_name
        os.environ.update(settings)
        wired_clock.system_clock = clock.now
        self.wiring = Wiring(table_name)

    def close(self) -> None:
        """Forget the stack."""
        wired_clock.system_clock = self._clock_before
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        connect(self._table_before)
