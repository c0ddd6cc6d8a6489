"""Who may do what: every operation the staff API declares, by every level and without a token."""

from __future__ import annotations

import re
from dataclasses import replace
from http import HTTPStatus

import pytest

from balance_alerts.domain.permissions import Level
from balance_alerts.store.jobs import JobKind
from balance_alerts.store.orphan_charges import OrphanCharges, OrphanReason
from infra.local.gateway.modes import GatewayMode
from staff.api import GUARDED
from staff.operation import StaffOperation
from tests.stack.due import Clinic, clinics
from tests.stack.portal_client import Browser, link_to
from tests.stack.staff_client import staff
from tests.stack.test_staff_card_payments import pay

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


BODIES = {
    "decide_attention": {"action": "dismiss", "note": "not mine"},
    "resolve_payment": {"outcome": "not_charged", "note": "not mine"},
    "answer_question": {"release_hold": True},
    "change_staff": {"name": "Not mine"},
    "switch_patient_alerts": {"text": True},
    "hold_patient_alerts": {"until": "2026-04-01"},
    "record_entry": {
        "entry_id": "theirs",
        "kind": "payment",
        "amount_cents": 100,
        "case_id": "knee",
        "recorded_at": "2026-03-02T15:00:00Z",
    },
}
"""What is asked with that is in order, but for whose it is."""

OWN_ANEW = {"save_patient"}
"""By an id of another practice's patient a patient of one's own is made."""


def whats_theirs(clinic: Clinic, browser: Browser) -> dict[str, str]:
    """An id of each kind that a path may hold, all of this practice."""
    stack, practice_id = clinic.stack, clinic.practice.practice_id
    owner = staff(browser, clinic, Level.BUSINESS_OWNER, "Olga Owner")
    clinic.patient("p-1", email=True)
    stack.connect_to_gateway(practice_id)
    stack.gateway.set_mode(GatewayMode.HOLD)
    patient = browser.signed_in(link_to(clinic, "p-1"))
    asked = patient.send("POST", "/portal/questions", {"reason": "other"})
    orphan = OrphanReason.UNKNOWN_ATTEMPT
    OrphanCharges().raise_once(
        practice_id,
        "600",
        orphan,
        invoice_number=None,
        amount_cents=700,
        patient_id=None,
        now=stack.now(),
    )
    upload = owner.send("POST", "/imports/uploads?kind=entries")
    desk = replace(stack.wiring.job_desk, start=lambda *_: None)
    return {
        "patient_id": "p-1",
        "channel": "text",
        "reason": "dispute",
        "payment_id": pay(clinic, browser, "1").json["payment_id"],
        "question_id": asked.json["question_id"],
        "item_id": f"charge-600.{orphan.value}",
        "import_id": upload.json["import_id"],
        "job_id": desk.begin(practice_id, JobKind.PREVIEW, "{}"),
        "staff_id": owner.get("/staff").json["staff"][0]["staff_id"],
    }


def test_what_is_another_practices_is_as_if_it_did_not_exist(
    clinic: Clinic, browser: Browser
) -> None:
    theirs = whats_theirs(next(clinics(clinic.stack)), browser)
    owner = staff(browser, clinic, Level.BUSINESS_OWNER)
    wrong = []
    for operation in GUARDED:
        if "{" not in operation.path or operation.name in OWN_ANEW:
            continue
        path = operation.path.format(**theirs)
        headers = {"Idempotency-Key": "not-mine"} if operation.headers else {}
        answer = owner.send(operation.method, path, BODIES.get(operation.name), headers)
        if answer.status != HTTPStatus.NOT_FOUND or answer.code == "not_found":
            wrong.append((route(operation), answer.status, answer.raw[:200]))
    assert wrong == []


def test_lists_hold_nothing_of_another_practice(clinic: Clinic, browser: Browser) -> None:
    whats_theirs(next(clinics(clinic.stack)), browser)
    owner = staff(browser, clinic, Level.BUSINESS_OWNER, "Olu Owner")
    for operation in GUARDED:
        if operation.method == "GET" and "{" not in operation.path:
            answer = owner.get(operation.path)
            assert answer.status == HTTPStatus.OK, operation.path
            for secret in (b"p-1", b"Olga", b"charge-600"):
                assert secret not in answer.raw, operation.path


def test_who_belongs_to_no_practice_that_there_is_gets_nothing(
    clinic: Clinic, browser: Browser
) -> None:
    token = clinic.stack.staff.token(
        practice_id="nowhere", level=Level.BUSINESS_OWNER, name="Nina Nowhere"
    )
    nobody = Browser(browser.address, {"Authorization": f"Bearer {token}"})
    assert nobody.get("/practice").code == "unknown_practice"
    for operation in GUARDED:
        status, _ = ask(nobody, operation)
        assert status < HTTPStatus.INTERNAL_SERVER_ERROR, route(operation)
