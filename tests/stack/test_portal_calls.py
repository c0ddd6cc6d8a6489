"""How many AWS calls a patient's visit takes, counted at the transport."""

from __future__ import annotations

from datetime import date

import pytest

from balance_alerts.access.sign_in import NotRecognised
from balance_alerts.portal.activity import activity_of
from balance_alerts.portal.balance import balance_of
from balance_alerts.portal.payments import payments_of
from tests.stack.due import Clinic
from tests.stack.portal_client import BORN, link_to
from tests.stack.test_calls import counted_calls


def test_a_visit_is_one_read_and_each_view_one_query(clinic: Clinic) -> None:
    clinic.patient("p-1")
    wiring = clinic.stack.wiring
    opened = wiring.sign_in.sign_in(link_to(clinic, "p-1"), BORN)
    for view in (balance_of, activity_of, payments_of):
        with counted_calls() as calls:
            view(wiring.sessions.visit(opened.session))
        assert calls == {"BatchGetItem": 1, "Query": 1}, view


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
