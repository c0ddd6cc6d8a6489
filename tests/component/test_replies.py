"""START, as it comes from a queue that keeps no order, doubles, and holds back what failed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast
from unittest.mock import Mock

import pytest

from balance_alerts.channels.reply_words import Reply
from balance_alerts.channels.text_opt_outs import TextOptOuts
from balance_alerts.delivery.replies import FRESH, ReplyDesk
from balance_alerts.domain.contact import ContactFact
from balance_alerts.domain.practice import Practice
from balance_alerts.queues.alert_queue import AlertQueue
from balance_alerts.store import table
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.registration import Registration
from tests.builders import at, patient
from tests.component.conftest import StoppedClock

NUMBER = "+12025550123"
START_AT = at(1)


@dataclass
class ListOfAws:
    """The numbers that AWS sends no texts to."""

    numbers: set[str] = field(default_factory=set)

    def lists(self, number: str) -> bool:
        return number in self.numbers

    def take_off(self, number: str) -> bool:
        listed = number in self.numbers
        self.numbers.discard(number)
        return listed


@pytest.fixture
def listed() -> ListOfAws:
    return ListOfAws({NUMBER})


@pytest.fixture
def desk(
    accounts: Accounts,
    listed: ListOfAws,
    clock: StoppedClock,
    registration: Registration,
    practice: Practice,
) -> ReplyDesk:
    """What takes replies, a minute after a START of a patient who had opted out."""
    registration.register(practice, patient(), recorded_by="import i-1", now=at(-5))
    accounts.tell_of_number(NUMBER, ContactFact.OPTED_OUT, source="text_reply", at=at(-1))
    clock.now = START_AT + timedelta(minutes=1)
    queue = cast("AlertQueue", Mock(spec=AlertQueue))
    return ReplyDesk(accounts, cast("TextOptOuts", listed), queue, clock)


def start(desk: ReplyDesk) -> str:
    """Take the START; returns the state that the number then has."""
    assert desk.take(NUMBER, "START", at=START_AT) is Reply.START
    return str(desk.accounts.get("harbor", "p-1").mobile_state)


def test_start_takes_the_number_off_the_list_of_aws(desk: ReplyDesk, listed: ListOfAws) -> None:
    assert (start(desk), listed.numbers) == ("reachable", set())


@pytest.mark.parametrize("fact", [ContactFact.OPTED_OUT, ContactFact.COMPLAINED])
def test_a_withdrawal_that_came_first_although_it_is_later_stands_with_aws_too(
    desk: ReplyDesk, listed: ListOfAws, fact: ContactFact
) -> None:
    desk.accounts.tell_of_number(
        NUMBER, fact, source="text_reply", at=START_AT + timedelta(seconds=30)
    )
    assert start(desk) == fact.value
    assert listed.numbers == {NUMBER}


def test_a_start_that_comes_twice_undoes_no_stop_that_only_aws_knows_of(
    desk: ReplyDesk, listed: ListOfAws
) -> None:
    start(desk)
    listed.numbers.add(NUMBER)
    start(desk)
    assert listed.numbers == {NUMBER}


def test_a_start_of_long_ago_takes_no_number_off_the_list(
    desk: ReplyDesk, listed: ListOfAws, clock: StoppedClock
) -> None:
    clock.now = START_AT + FRESH
    assert (start(desk), listed.numbers) == ("opted_out", {NUMBER})
    listed.numbers.clear()
    assert start(desk) == "reachable", "AWS took it off itself"


def test_a_start_that_broke_off_half_way_is_brought_to_its_end(
    desk: ReplyDesk, listed: ListOfAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(table, "update_all", Mock(side_effect=ConnectionError))
        with pytest.raises(ConnectionError):
            start(desk)
    assert str(desk.accounts.get("harbor", "p-1").mobile_state) == "opted_out"
    assert start(desk) == "reachable"
