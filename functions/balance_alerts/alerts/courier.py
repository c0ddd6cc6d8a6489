"""Handing messages to the providers: several at once, at the account's rate, none twice."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from balance_alerts.channels.limits import Pace
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.delivery import Delivery, SendOutcome

logger = logging.getLogger(__name__)

MESSAGES_AT_ONCE = 12
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Message:
    """One message on one channel; `send` makes the provider call, once."""

    channel: Channel
    send: Callable[[], Delivery]


class Courier:
    """Delivers messages.

    Only what certainly had no effect is tried again, and only until a deadline. A condition of
    the whole AWS account (`SendOutcome.STOPPED`) stops its channel until `start` is called again.

    Args:
        paces: how many calls a second a channel may take.
        monotonic: seconds, for deadlines.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        paces: Mapping[Channel, Pace],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._paces = paces
        self._monotonic = monotonic
        self._sleep = sleep
        self._lock = threading.Lock()
        self._stopped: dict[Channel, Delivery] = {}
        self._pool = ThreadPoolExecutor(MESSAGES_AT_ONCE, thread_name_prefix="courier")

    def start(self) -> None:
        """Begin a run: every channel may be tried again."""
        with self._lock:
            self._stopped.clear()

    def deliver(self, messages: Sequence[Message], *, until: float) -> list[Delivery]:
        """Deliver every message; one outcome each, in their order.

        Args:
            messages: what to send.
            until: the monotonic instant after which nothing is sent any more.
        """
        return list(self._pool.map(lambda message: self._deliver(message, until), messages))

    def _deliver(self, message: Message, until: float) -> Delivery:
        pause = FIRST_PAUSE_SECONDS
        delivery = Delivery(SendOutcome.NOT_SENT, detail="out_of_time")
        while self._paces[message.channel].wait(until=until):
            stopped = self._stopped.get(message.channel)
            if stopped is not None:
                return stopped
            delivery = message.send()
            if delivery.outcome is SendOutcome.STOPPED:
                self._stop(message.channel, delivery)
            if delivery.outcome is not SendOutcome.NOT_SENT:
                return delivery
            if self._monotonic() + pause >= until:
                return delivery
            self._sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        return delivery

    def _stop(self, channel: Channel, delivery: Delivery) -> None:
        with self._lock:
            first = channel not in self._stopped
            self._stopped.setdefault(channel, delivery)
        if first:
            logger.error("channel stopped", extra={"channel": channel, "detail": delivery.detail})
