"""Calls that need not wait for one another."""

from __future__ import annotations

import threading

import pytest

from balance_alerts.overlap import at_once


def test_calls_are_made_at_the_same_time_and_the_first_is_answered() -> None:
    all_there = threading.Barrier(3, timeout=20)

    def first() -> str:
        all_there.wait()
        return "found"

    assert at_once(first, all_there.wait, all_there.wait) == "found"


@pytest.mark.parametrize("failing", ["first", "other"])
def test_what_one_raises_is_raised_once_all_have_ended(failing: str) -> None:
    begun, may_end, ended = threading.Event(), threading.Event(), []

    def fail() -> None:
        begun.wait(20)
        threading.Timer(0.1, may_end.set).start()
        raise ValueError(failing)

    def end() -> None:
        begun.set()
        may_end.wait(20)
        ended.append(True)

    calls = (fail, end) if failing == "first" else (end, fail)
    with pytest.raises(ValueError, match=failing):
        at_once(*calls)
    assert ended == [True]
