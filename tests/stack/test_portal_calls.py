"""How many AWS calls a patient's visit takes, counted at the transport."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from balance_alerts.access.sessions import Visit
from balance_alerts.access.sign_in import NotRecognised
from balance_alerts.portal.activity import activity_of
from balance_alerts.portal.balance import balance_of
from balance_alerts.portal.payments import payments_of
from balance_alerts.store.attempts import Attempts
from tests.stack.due import Clinic
from tests.stack.paying import Till
from tests.stack.portal_client import BORN, link_to
from tests.stack.test_calls import counted_calls


def test_a_visit_is_one_read_and_a_view_one_query_or_two(till: Till) -> None:
    till.clinic.patient("p-1")
    wiring = till.clinic.stack.wiring
    session = wiring.sign_in.sign_in(link_to(till.clinic, "p-1"), BORN).session
    views: dict[Callable[[Visit], object], dict[str, int]] = {
        lambda visit: balance_of(visit, attempts=Attempts(), card_form_script=""): {"Query": 1},
        activity_of: {"Query": 1},
        # The ledger, and what never came into it.
        lambda visit: payments_of(visit, Attempts()): {"Query": 2},
    }
    for view, made in views.items():
        with counted_calls() as calls:
            view(wiring.sessions.visit(session))
        assert calls == {"BatchGetItem": 1, **made}


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
