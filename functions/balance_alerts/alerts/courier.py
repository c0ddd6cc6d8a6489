"""Handing messages to the providers: several at once, at the account's rate, none twice."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Container, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from balance_alerts.channels.limits import Pace
from balance_alerts.channels.provider_errors import THROTTLED
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.delivery import Delivery, SendOutcome
from balance_alerts.queues.alert_queue import SLICE_SIZE

logger = logging.getLogger(__name__)

MESSAGES_AT_ONCE = len(Channel) * SLICE_SIZE
"""All of a slice. The paces decide how many really are under way."""
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 2.0
STOPS_IN_A_ROW = 3
"""So many messages must meet a condition of the whole account before their channel stops: one
message that a provider has something odd against must not keep all others from going out."""


CHANNEL_STOPPED = Delivery(SendOutcome.STOPPED, detail="channel_stopped")


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
        self._stops: dict[Channel, int] = dict.fromkeys(Channel, 0)
        self._stopped: dict[Channel, str] = {}
        self._pool = ThreadPoolExecutor(MESSAGES_AT_ONCE, thread_name_prefix="courier")

    def start(self) -> None:
        """Begin a run: every channel may be tried again, at its usual pace."""
        for pace in self._paces.values():
            pace.recover()
        with self._lock:
            self._stops = dict.fromkeys(Channel, 0)
            self._stopped = {}

    def deliver(
        self,
        messages: Sequence[Message],
        *,
        until: float,
        resting: Container[Channel] = frozenset(),
    ) -> list[Delivery]:
        """Deliver every message; one outcome each, in their order.

        Args:
            messages: what to send.
            until: the monotonic instant after which nothing is sent any more.
            resting: channels that are not even tried.
        """

        def deliver(message: Message) -> Delivery:
            if message.channel in resting:
                return CHANNEL_STOPPED
            return self._deliver(message, until)

        return list(self._pool.map(deliver, messages))

    def stopped(self) -> dict[Channel, str]:
        """The channels that stopped in this run, and by which condition."""
        with self._lock:
            return dict(self._stopped)

    def _deliver(self, message: Message, until: float) -> Delivery:
        pause = FIRST_PAUSE_SECONDS
        delivery = Delivery(SendOutcome.NOT_SENT, detail="out_of_time")
        while self._paces[message.channel].wait(until=until):
            if self._stops[message.channel] >= STOPS_IN_A_ROW:
                return CHANNEL_STOPPED
            delivery = message.send()
            self._note(message.channel, delivery)
            if delivery.outcome is not SendOutcome.NOT_SENT:
                return delivery
            if delivery == THROTTLED:
                self._paces[message.channel].slow_down()
            if self._monotonic() + pause >= until:
                return delivery
            self._sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        return delivery

    def _note(self, channel: Channel, delivery: Delivery) -> None:
        """Count the conditions met in a row; what was accepted disproves them."""
        with self._lock:
            if delivery.outcome is SendOutcome.ACCEPTED:
                self._stops[channel] = 0
            elif delivery.outcome is SendOutcome.STOPPED:
                self._stops[channel] += 1
                if self._stops[channel] == STOPS_IN_A_ROW:
                    self._stopped[channel] = delivery.detail
                    extra = {"channel": channel.value, "detail": delivery.detail}
                    logger.error("channel stopped", extra=extra)
