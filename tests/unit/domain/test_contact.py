"""What is known of a contact, whatever was told of it, in whatever order."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balance_alerts.domain.contact import (
    ContactFact,
    ContactState,
    Facts,
    Told,
    facts_with,
    state_of,
)
from tests.builders import at

COMPLAINED, OPTED_OUT = ContactFact.COMPLAINED, ContactFact.OPTED_OUT
OPTED_IN, CONFIRMED = ContactFact.OPTED_IN, ContactFact.CONFIRMED
INVALID, BOUNCED = ContactFact.INVALID, ContactFact.BOUNCED


def known(*facts: tuple[ContactFact, int]) -> Facts:
    """What is known once these were told, each so many hours after day 0."""
    told: Facts = {}
    for fact, hours in facts:
        told = facts_with(told, fact, Told(at(0) + timedelta(hours=hours), "test"))
    return told


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        pytest.param([], "reachable", id="nothing is known"),
        pytest.param([(BOUNCED, 1)], "bounced", id="an email came back"),
        pytest.param([(INVALID, 1)], "invalid", id="no such number"),
        pytest.param([(OPTED_OUT, 1)], "opted_out", id="STOP"),
        pytest.param([(COMPLAINED, 1)], "complained", id="called spam"),
        pytest.param([(OPTED_OUT, 1), (BOUNCED, 2)], "opted_out", id="a bounce hides no STOP"),
        pytest.param([(OPTED_OUT, 1), (COMPLAINED, 2)], "complained", id="spam, then"),
        pytest.param([(COMPLAINED, 1), (OPTED_OUT, 2)], "complained", id="spam, before"),
        pytest.param([(OPTED_OUT, 1), (OPTED_IN, 2)], "reachable", id="START after STOP"),
        pytest.param([(COMPLAINED, 1), (OPTED_IN, 2)], "reachable", id="opting in after spam"),
        pytest.param([(OPTED_IN, 2), (OPTED_OUT, 1)], "reachable", id="a STOP that comes late"),
        pytest.param([(OPTED_OUT, 1), (OPTED_IN, 2), (OPTED_OUT, 3)], "opted_out", id="STOP again"),
        pytest.param([(OPTED_OUT, 2), (OPTED_IN, 2)], "opted_out", id="both at one instant"),
        pytest.param([(OPTED_OUT, 1), (CONFIRMED, 2)], "opted_out", id="staff undo no STOP"),
        pytest.param([(OPTED_OUT, 1), (CONFIRMED, 2), (OPTED_OUT, 1)], "opted_out", id="twice"),
        pytest.param([(BOUNCED, 1), (CONFIRMED, 2)], "reachable", id="staff confirm"),
        pytest.param([(CONFIRMED, 2), (BOUNCED, 1)], "reachable", id="a bounce from before that"),
        pytest.param([(BOUNCED, 1), (CONFIRMED, 2), (BOUNCED, 3)], "bounced", id="and it bounces"),
        pytest.param([(BOUNCED, 1), (OPTED_IN, 2)], "bounced", id="wishing mends no address"),
        pytest.param(
            [(BOUNCED, 1), (OPTED_OUT, 2), (OPTED_IN, 3)], "bounced", id="nor after an opt-out"
        ),
    ],
)
def test_state(facts: list[tuple[ContactFact, int]], state: str) -> None:
    assert state_of(known(*facts))[0] == state


def test_the_state_names_who_brought_it_about_and_when() -> None:
    told = facts_with({}, OPTED_OUT, Told(at(1), "text_reply"))
    told = facts_with(told, BOUNCED, Told(at(2), "email_report"))
    assert state_of(told) == (ContactState.OPTED_OUT, Told(at(1), "text_reply"))
    told = facts_with(
        facts_with(told, OPTED_IN, Told(at(3), "portal")), CONFIRMED, Told(at(4), "staff")
    )
    assert state_of(told) == (ContactState.REACHABLE, Told(at(4), "staff"))
    assert state_of({}) == (ContactState.REACHABLE, None)


TELLING = st.lists(st.tuples(st.sampled_from(ContactFact), st.integers(0, 6)), max_size=12)


@given(told=TELLING, random=st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(
    told: list[tuple[ContactFact, int]], random: Random
) -> None:
    shuffled = told + told[: len(told) // 2]
    random.shuffle(shuffled)
    assert known(*shuffled) == known(*told)


@given(told=TELLING)
def test_alerts_go_where_nothing_stands_against_it(told: list[tuple[ContactFact, int]]) -> None:
    """The rules said once more, day by day instead of by the latest of each."""
    withdrawn = failed = False
    against = {COMPLAINED, OPTED_OUT}, {INVALID, BOUNCED}
    # At the same instant, what takes back comes first.
    for fact, _ in sorted(told, key=lambda each: (each[1], each[0] not in (OPTED_IN, CONFIRMED))):
        withdrawn = (withdrawn and fact is not OPTED_IN) or fact in against[0]
        failed = (failed and fact is not CONFIRMED) or fact in against[1]
    assert (state_of(known(*told))[0] is ContactState.REACHABLE) == (not withdrawn and not failed)
