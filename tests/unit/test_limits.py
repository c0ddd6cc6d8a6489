"""The even pace of provider calls, on a clock that only the test moves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from balance_alerts.channels.limits import Pace, client_config


class Clock:
    """A monotonic clock; sleeping moves nothing but is noted."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_the_first_goes_at_once_and_the_others_at_even_distances(clock: Clock) -> None:
    pace = Pace(20, clock=clock, sleep=clock.sleep)
    assert all(pace.wait() for _ in range(4))
    assert clock.slept == [0.05, 0.1, 0.15]


def test_a_lull_saves_up_no_burst(clock: Clock) -> None:
    pace = Pace(10, clock=clock, sleep=clock.sleep)
    pace.wait()
    clock.now += 60
    pace.wait()
    pace.wait()
    assert clock.slept == [0.1]


def test_a_rate_below_one_a_second(clock: Clock) -> None:
    pace = Pace(0.1, clock=clock, sleep=clock.sleep)
    pace.wait()
    pace.wait()
    assert clock.slept == [10]


def test_a_turn_that_comes_too_late_is_refused_and_delays_nobody(clock: Clock) -> None:
    pace = Pace(1, clock=clock, sleep=clock.sleep)
    assert pace.wait(until=clock.now)
    assert not pace.wait(until=clock.now + 0.5)
    assert not pace.wait(until=clock.now + 0.5)
    assert pace.wait(until=clock.now + 1)
    assert clock.slept == [1]


def test_threads_share_one_pace(clock: Clock) -> None:
    pace = Pace(100, clock=clock, sleep=clock.sleep)
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: pace.wait(), range(50)))
    assert sorted(clock.slept) == [round(turn * 0.01, 6) for turn in range(1, 50)]


class SlowedDown:
    """Seconds that pass by sleeping; in the first sleep the provider says that it is too much."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self.pace = Pace(10, clock=lambda: self.now, sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        if len(self.slept) == 1:
            self.pace.slow_down()
        self.now += seconds


def test_a_turn_given_out_moves_when_the_rate_goes_down() -> None:
    slowed = SlowedDown()
    assert slowed.pace.wait()
    assert slowed.pace.wait()
    assert slowed.slept == [0.1, 0.1]
    assert slowed.pace.wait()
    assert slowed.slept == [0.1, 0.1, 0.2]


@pytest.mark.parametrize(("until", "goes"), [(1.0, True), (0.35, False)])
def test_whoever_waits_for_a_turn_that_moves_waits_on_or_gives_up(until: float, goes: bool) -> None:
    slowed = SlowedDown()
    slowed.pace.wait()
    slowed.pace._given += 2  # of two who wait as well
    assert slowed.pace.wait(until=until) is goes
    assert slowed.slept == ([0.3, 0.3] if goes else [0.3])


@pytest.mark.parametrize("rate", [0, -1])
def test_a_pace_of_nothing_is_a_mistake(rate: float) -> None:
    with pytest.raises(ValueError, match="more than nothing"):
        Pace(rate)


def test_the_sdk_never_sends_twice_and_gives_up_soon() -> None:
    config = client_config(connections=7)
    assert config.retries == {"mode": "standard", "total_max_attempts": 1}
    assert (config.connect_timeout, config.read_timeout) == (2, 5)
    assert config.max_pool_connections == 7


def test_who_is_told_that_it_is_too_much_goes_slower_until_the_next_run() -> None:
    slept: list[float] = []
    pace = Pace(10, clock=lambda: 0.0, sleep=slept.append)
    for _ in range(5):
        pace.slow_down()
    pace.wait()
    pace.wait()
    assert slept == [pytest.approx(0.8)], "an eighth of the usual rate, and no less"
    pace.recover()
    pace.wait()
    pace.wait()
    assert slept[-1] - slept[-2] == pytest.approx(0.1)
