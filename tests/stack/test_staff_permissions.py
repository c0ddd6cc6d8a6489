"""Who may do what: every operation the staff API declares, by every level and without a token."""

from __future__ import annotations

import re
from http import HTTPStatus

import pytest

from balance_alerts.domain.permissions import Level
from staff.api import GUARDED
from staff.operation import StaffOperation
from tests.stack.due import Clinic
from tests.stack.portal_client import Browser
from tests.stack.staff_client import staff

DIRECTOR, ADMINISTRATOR = Level.THERAPY_DIRECTOR, Level.PRACTICE_ADMINISTRATOR

LEAST = {
    "GET /practice": Level.FRONT_DESK,
    "PUT /practice": DIRECTOR,
    "PUT /practice/balance-alerts": DIRECTOR,
    "POST /practice/balance-alerts/preview": DIRECTOR,
    "GET /practice/balance-alerts/preview/{job_id}": DIRECTOR,
    "PUT /practice/authorize-net": DIRECTOR,
    "DELETE /practice/authorize-net": DIRECTOR,
    "POST /payments/{payment_id}/resolve": DIRECTOR,
    "GET /staff": ADMINISTRATOR,
    "POST /staff": ADMINISTRATOR,
    "PUT /staff/{staff_id}": ADMINISTRATOR,
    "DELETE /staff/{staff_id}": ADMINISTRATOR,
}
"""What the interface promises; an operation that is not here is a front desk's."""


def route(operation: StaffOperation) -> str:
    return f"{operation.method} {operation.path}"


def ask(browser: Browser, operation: StaffOperation) -> tuple[int, str]:
    """Ask for something that is nobody's, with a body that is refused; status and code."""
    path = re.sub(r"\{\w+\+?\}", "nobody-s", operation.path)
    answer = browser.send(operation.method, path, {"nonsense": 1} if operation.body else None)
    code = answer.json.get("code", "") if answer.status >= HTTPStatus.BAD_REQUEST else ""
    return answer.status, code


def test_the_table_is_what_the_code_declares() -> None:
    declared = {route(each): each.least for each in GUARDED if each.least != Level.FRONT_DESK}
    assert declared == {name: least for name, least in LEAST.items() if least != Level.FRONT_DESK}


def test_each_level_gets_as_far_as_the_table_says(clinic: Clinic, browser: Browser) -> None:
    by_level = {level: staff(browser, clinic, level) for level in Level}
    wrong = []
    for operation in GUARDED:
        least = LEAST.get(route(operation), Level.FRONT_DESK)
        for level, member in by_level.items():
            status, code = ask(member, operation)
            forbidden = (status, code) == (HTTPStatus.FORBIDDEN, "forbidden")
            if forbidden == level.reaches(least) or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                wrong.append((route(operation), level.value, status, code))
    assert wrong == []


@pytest.mark.parametrize("token", ["", "Bearer nonsense", "Bearer eyJhbGciOiJub25lIn0.e30."])
def test_without_a_good_token_nobody_gets_anywhere(browser: Browser, token: str) -> None:
    stranger = Browser(browser.address, {"Authorization": token} if token else {})
    for operation in GUARDED:
        assert ask(stranger, operation)[0] == HTTPStatus.UNAUTHORIZED, route(operation)
