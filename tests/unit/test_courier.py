"""Handing messages over: what is tried again, how long, and when a channel rests."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from balance_alerts.alerts.courier import STOPS_IN_A_ROW, Courier, Message
from balance_alerts.channels.limits import Pace
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.delivery import Delivery, SendOutcome

ACCEPTED = Delivery(SendOutcome.ACCEPTED, message_id="m")
THROTTLED = Delivery(SendOutcome.NOT_SENT, detail="throttled")
QUOTA = Delivery(SendOutcome.STOPPED, detail="daily_quota_exceeded")
UNKNOWN = Delivery(SendOutcome.UNKNOWN, detail="http_500")
REFUSED = Delivery(SendOutcome.REFUSED, detail="invalid_number")


class Time:
    """Passes by waiting only."""

    def __init__(self) -> None:
        self.now = 0.0
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.now += seconds


class Provider:
    """Answers as told, then accepts."""

    def __init__(self, *answers: Delivery) -> None:
        self.answers = list(answers)
        self.calls = 0

    def send(self) -> Delivery:
        self.calls += 1
        return self.answers.pop(0) if self.answers else ACCEPTED


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def courier(time: Time) -> Courier:
    paces = {c: Pace(100, clock=time.monotonic, sleep=time.sleep) for c in Channel}
    return Courier(paces, monotonic=time.monotonic, sleep=time.sleep)


def deliver(courier: Courier, providers: Sequence[Provider], until: float = 10) -> list[Delivery]:
    """One message after the other, so that what comes of it does not depend on threads."""
    return [
        courier.deliver([Message(Channel.TEXT, provider.send)], until=until)[0]
        for provider in providers
    ]


@pytest.mark.parametrize("final", [ACCEPTED, UNKNOWN, REFUSED, QUOTA])
def test_only_what_had_no_effect_is_tried_again(courier: Courier, final: Delivery) -> None:
    provider = Provider(THROTTLED, THROTTLED, final)
    assert deliver(courier, [provider]) == [final]
    assert provider.calls == 3


def test_trying_again_ends_at_the_deadline(courier: Courier, time: Time) -> None:
    provider = Provider(*[THROTTLED] * 100)
    assert deliver(courier, [provider], until=10) == [THROTTLED]
    assert 4 < provider.calls < 20
    assert time.now <= 10


def test_nothing_is_begun_after_the_deadline(courier: Courier, time: Time) -> None:
    time.now = 10.5
    provider = Provider()
    assert deliver(courier, [provider], until=10)[0].detail == "out_of_time"
    assert provider.calls == 0


def test_a_condition_of_the_whole_account_rests_its_channel_until_the_next_run(
    courier: Courier,
) -> None:
    providers = [Provider(QUOTA) for _ in range(STOPS_IN_A_ROW + 4)]
    assert {d.outcome for d in deliver(courier, providers)} == {SendOutcome.STOPPED}
    assert [provider.calls for provider in providers] == [1] * STOPS_IN_A_ROW + [0] * 4
    email = Provider()
    [sent] = courier.deliver([Message(Channel.EMAIL, email.send)], until=10)
    assert sent == ACCEPTED
    courier.start()
    assert deliver(courier, [Provider()]) == [ACCEPTED]


def test_a_message_that_alone_meets_a_condition_keeps_no_other_back(courier: Courier) -> None:
    odd = [Provider(QUOTA) for _ in range(STOPS_IN_A_ROW + 1)]
    for provider in odd:
        assert deliver(courier, [provider, Provider()])[1] == ACCEPTED
    assert [provider.calls for provider in odd] == [1] * len(odd)


def test_outcomes_come_back_in_the_order_of_their_messages(courier: Courier) -> None:
    answers = [Delivery(SendOutcome.ACCEPTED, message_id=str(n)) for n in range(40)]
    messages = [Message(Channel.TEXT, Provider(answer).send) for answer in answers]
    assert courier.deliver(messages, until=60) == answers
