"""Who gets into the staff API, by the token of the stack's own user pool."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from balance_alerts.domain.permissions import Level
from tests.stack.due import Clinic
from tests.stack.portal_client import Browser


def staff(browser: Browser, token: str) -> Browser:
    return Browser(browser.address, {"Authorization": f"Bearer {token}"})


def test_every_level_sees_its_practice(clinic: Clinic, browser: Browser) -> None:
    for level in Level:
        token = clinic.stack.staff.token(
            practice_id=clinic.practice.practice_id, level=level, name="Ines Vega"
        )
        answer = staff(browser, token).get("/practice")
        assert answer.status == HTTPStatus.OK, level
        assert answer.json["practice_id"] == clinic.practice.practice_id


@pytest.mark.parametrize("token", ["", "nonsense", "eyJhbGciOiJub25lIn0.e30."])
def test_without_a_good_token_nobody_gets_in(browser: Browser, token: str) -> None:
    assert staff(browser, token).get("/practice").status == HTTPStatus.UNAUTHORIZED
    assert browser.get("/practice").status == HTTPStatus.UNAUTHORIZED
