"""Doing all that can be done although some of it fails."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from balance_alerts.telemetry import failure

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Troubles:
    """Collects what fails, so that one account's trouble does not become its neighbours'."""

    def __init__(self) -> None:
        self.count = 0

    def trying(self, what: str, work: Callable[[], T], **ids: str) -> T | None:
        """The result of `work`; None where it failed, which is logged with the ids."""
        try:
            return work()
        except Exception as error:
            self.note(what, **ids, **failure(error))
            return None

    def note(self, what: str, **details: str) -> None:
        """Log something that went wrong, and count it."""
        self.count += 1
        logger.error("failed to %s", what, extra=details)
