"""A channel rests for as long as the longest condition that it met, until somebody lifts it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from balance_alerts.domain.channel_stop import NO_QUOTA, REST, ChannelStop
from balance_alerts.domain.contact import Channel
from balance_alerts.store.channel_stops import lift_stop, note_stop, stops_now
from tests.builders import at

pytestmark = pytest.mark.usefixtures("aws")

APRIL = at(29, "20:00")
"""When March ends in UTC, less than a day before it does in New York."""


def noted(reason: str, day: int) -> bool:
    return note_stop(Channel.TEXT, reason, at(day))


def rests(day: int) -> ChannelStop | None:
    return next(iter(stops_now(at(day))), None)


def test_another_condition_does_not_shorten_the_month_s_rest() -> None:
    assert noted(NO_QUOTA, 1)
    assert not noted("authorization", 2)
    assert rests(3) == ChannelStop(Channel.TEXT, NO_QUOTA, at(1), APRIL)


def test_the_month_s_rest_follows_a_short_one() -> None:
    assert noted("authorization", 1)
    assert noted(NO_QUOTA, 1)
    assert rests(3) == ChannelStop(Channel.TEXT, NO_QUOTA, at(1), APRIL)


def test_what_is_told_of_a_former_month_ends_no_rest() -> None:
    assert noted("authorization", 31)
    assert not noted(NO_QUOTA, 10)
    assert rests(31) == ChannelStop(Channel.TEXT, "authorization", at(31), at(31) + REST)


def test_a_condition_that_is_met_again_meanwhile_is_no_news() -> None:
    assert noted("authorization", 1)
    assert not note_stop(Channel.TEXT, "authorization", at(1) + timedelta(minutes=9))
    [stop] = stops_now(at(1) + timedelta(minutes=15))
    assert stop.since == at(1)


def test_it_is_news_again_once_the_rest_is_over_or_lifted() -> None:
    assert noted("authorization", 1)
    assert noted("authorization", 2)
    assert noted(NO_QUOTA, 3)
    assert lift_stop(Channel.TEXT, at(4))
    assert not noted(NO_QUOTA, 3)
    assert noted(NO_QUOTA, 5)
