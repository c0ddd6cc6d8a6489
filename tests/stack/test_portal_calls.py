"""How many AWS calls a patient's visit takes, counted at the transport."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from balance_alerts.access.sessions import NoSession, Visit
from balance_alerts.access.sign_in import NotRecognised
from balance_alerts.portal.activity import activity_of
from balance_alerts.portal.payments import payments_of
from balance_alerts.store import table
from balance_alerts.store.attempts import Attempts
from balance_alerts.store.entries import cases_of
from tests.stack.due import Clinic
from tests.stack.paying import Till
from tests.stack.portal_client import BORN, link_to
from tests.stack.test_calls import counted_calls


def test_a_visit_is_one_read_and_a_view_one_query_or_two(till: Till) -> None:
    till.clinic.patient("p-1")
    wiring = till.clinic.stack.wiring
    session = wiring.sign_in.sign_in(link_to(till.clinic, "p-1"), BORN).session
    views: dict[Callable[[Visit], object], dict[str, int]] = {
        activity_of: {"Query": 1},
        # The ledger, and what never came into it.
        lambda visit: payments_of(visit, Attempts()): {"Query": 2},
    }
    for view, made in views.items():
        with counted_calls() as calls:
            view(wiring.sessions.visit(session))
        assert calls == {"BatchGetItem": 1, **made}


def test_a_balance_is_one_read_and_one_query_at_the_same_time(till: Till) -> None:
    till.clinic.patient("p-1")
    wiring = till.clinic.stack.wiring
    session = wiring.sign_in.sign_in(link_to(till.clinic, "p-1"), BORN).session
    both = threading.Barrier(2, timeout=20)

    def meet(**_: Any) -> None:
        both.wait()

    events = table.client().meta.events
    events.register("before-send.dynamodb", meet)
    try:
        with counted_calls() as calls:
            wiring.sessions.visit_with(session, cases_of)
    finally:
        events.unregister("before-send.dynamodb", meet)
    assert calls == {"BatchGetItem": 1, "Query": 1}


def test_nobody_gets_what_was_read_beside_a_session_that_does_not_stand(till: Till) -> None:
    till.clinic.patient("p-1")
    wiring = till.clinic.stack.wiring
    session = wiring.sign_in.sign_in(link_to(till.clinic, "p-1"), BORN).session
    another_secret = "x" + session[1:] if session[0] != "x" else "y" + session[1:]
    with pytest.raises(NoSession):
        wiring.sessions.visit_with(another_secret, cases_of)


def test_a_payment_is_written_down_before_the_charge_and_posted_after_it(till: Till) -> None:
    till.clinic.patient("p-1")
    asked, checkout = till.asked(), till.checkout
    with counted_calls() as calls:
        checkout.pay(till.clinic.practice, "p-1", asked)
    # Beside them the credentials, which a worker reads once a connection, and the charge.
    assert calls == {"BatchGetItem": 3, "Query": 3, "TransactWriteItems": 2}


def test_every_failed_try_makes_the_same_calls(clinic: Clinic) -> None:
    clinic.patient("p-1")
    sign_in = clinic.stack.wiring.sign_in
    expired, known = link_to(clinic, "p-1"), link_to(clinic, "p-1")
    clinic.stack.clock.set(clinic.stack.now().replace(year=2027))
    fresh = link_to(clinic, "p-1")
    made = []
    for token, born in [(expired, BORN), (fresh, date(1, 1, 1)), ("none", BORN), (known, BORN)]:
        with counted_calls() as calls, pytest.raises(NotRecognised):
            sign_in.sign_in(token, born)
        made.append(calls)
    assert made == [{"BatchGetItem": 2, "UpdateItem": 1}] * 4
