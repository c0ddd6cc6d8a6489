"""Work in pieces at a gateway: one that fails keeps no other back, unless all would fail."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from balance_alerts.gateway.authorize_net import GatewayError
from balance_alerts.payments.gateway_books import OutOfTime
from balance_alerts.telemetry import failure

logger = logging.getLogger(__name__)

_OF_ONE = frozenset({"answer_to_another", "garbled", "gateway_trouble", "request"})
"""Failures of a call that may be about the one thing asked for; the rest is the gateway's."""


class Trials:
    """Counts what failed, and keeps the codes of why."""

    def __init__(self, practice_id: str) -> None:
        self._practice_id = practice_id
        self.failures = 0
        self.codes: set[str] = set()

    @contextmanager
    def trying(self, what: str, **ids: str) -> Iterator[None]:
        """Note a failure of what is done within, with its ids, and go on.

        Raises:
            GatewayError: everything else would fail as well.
            OutOfTime: there is no time for anything else.
        """
        try:
            yield
        except OutOfTime:
            raise
        except GatewayError as error:
            if error.code not in _OF_ONE:
                raise
            self.note(what, {"code": error.code, **ids})
        except Exception as error:
            self.note(what, {**failure(error), **ids})

    def note(self, what: str, extra: dict[str, str]) -> None:
        """Count a failure and log it."""
        self.failures += 1
        self.codes.add(extra.get("code", "unexpected"))
        logger.error("could not %s", what, extra={"practice_id": self._practice_id, **extra})
