"""Paying through the deployed path: browser, API, function, table and gateway."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest

from balance_alerts.domain.account import HoldReason
from balance_alerts.domain.ledger import EntryKind
from infra.local.gateway.modes import GatewayMode
from tests import builders
from tests.builders import at
from tests.stack.due import Clinic
from tests.stack.portal_client import Answer, Browser, link_to

_keys = count(1)


@pytest.fixture
def patient(clinic: Clinic, browser: Browser) -> Browser:
    """A patient who owes 50 dollars at a practice that takes cards, signed in."""
    clinic.practice = clinic.stack.connect_to_gateway(clinic.practice.practice_id)
    clinic.patient("p-1")
    return browser.signed_in(link_to(clinic, "p-1"))


def click(clinic: Clinic, cents: int = 2_000, **changes: Any) -> dict[str, Any]:
    """The body of a payment, with a card token of its own."""
    token = clinic.stack.gateway.card_token()
    opaque = {"data_descriptor": token.data_descriptor, "data_value": token.data_value}
    return {"amount_cents": cents, "opaque_data": opaque, **changes}


def pay(patient: Browser, body: dict[str, Any], key: str | None = None) -> Answer:
    headers = {"Idempotency-Key": key or f"click-{next(_keys)}"}
    return patient.send("POST", "/portal/payments", body, headers)


def statuses(patient: Browser) -> list[str]:
    return [row["status"] for row in patient.get("/portal/payments").json["payments"]]


def test_a_payment_is_in_the_balance_and_the_history_when_the_answer_comes(
    clinic: Clinic, patient: Browser
) -> None:
    online = patient.get("/portal/balance").json["online_payments"]
    assert online["api_login_id"]
    assert online["script_url"] == clinic.stack.gateway.script_url
    answer = pay(patient, click(clinic))
    paid = answer.json
    assert (answer.status, paid["status"], paid["balance_cents"]) == (201, "posted", 3_000)
    receipt = paid["receipt"]
    assert (receipt["amount_cents"], receipt["last_four"]) == (2_000, "1111")
    assert receipt["payment_id"] == paid["payment_id"]
    balance = patient.get("/portal/balance").json
    assert (balance["balance_cents"], balance["open_payment"]) == (3_000, None)
    [row] = patient.get("/portal/payments").json["payments"]
    assert {name: paid[name] for name in row} == row
    assert patient.get("/portal/activity").json["entries"][0]["amount_cents"] == -2_000
    assert patient.get(f"/portal/payments/{paid['payment_id']}").json == paid


def test_the_same_click_again_is_the_same_payment(clinic: Clinic, patient: Browser) -> None:
    body = click(clinic)
    with ThreadPoolExecutor(5) as browsers:
        answers = list(browsers.map(lambda _: pay(patient, body, "one click"), range(5)))
    again = pay(patient, body, "one click")
    assert again.status == 201
    assert {answer.json["payment_id"] for answer in answers} == {again.json["payment_id"]}
    assert {answer.status for answer in answers} <= {201, 202}
    assert len(clinic.stack.gateway.charges()) == 1
    conflict = pay(patient, {**body, "amount_cents": 2_001}, "one click")
    assert (conflict.status, conflict.code) == (409, "idempotency_conflict")


@pytest.mark.parametrize(
    ("mode", "status", "code", "open_status", "listed"),
    [
        (GatewayMode.DECLINE, 402, "declined", None, "declined"),
        (GatewayMode.DOWN, 503, "gateway_unavailable", None, "failed"),
        (GatewayMode.HOLD, 202, None, "held", "pending"),
        (GatewayMode.GARBLED, 202, None, "unknown", "pending"),
        (GatewayMode.DUPLICATE, 202, None, "unknown", "pending"),
        (GatewayMode.TIMEOUT_BEFORE_CHARGE, 202, None, "unknown", "pending"),
        (GatewayMode.TIMEOUT_AFTER_CHARGE, 202, None, "unknown", "pending"),
    ],
)
def test_what_the_patient_is_told_when_it_does_not_go_well(
    clinic: Clinic,
    patient: Browser,
    mode: GatewayMode,
    status: int,
    code: str | None,
    open_status: str | None,
    listed: str,
) -> None:
    clinic.stack.gateway.set_mode(mode)
    body = click(clinic)
    answer = pay(patient, body, "one click")
    assert answer.status == status
    assert answer.json.get("code") == code
    balance = patient.get("/portal/balance").json
    assert balance["balance_cents"] == 5_000
    assert statuses(patient) == [listed]
    told = balance["open_payment"]
    assert (told and told["status"]) == open_status
    clinic.stack.gateway.set_mode(GatewayMode.APPROVE)
    again = pay(patient, body, "one click")
    assert (again.status, again.json.get("code")) == (status, code), "never a second charge"
    another = pay(patient, click(clinic))
    expected = (201, None) if open_status is None else (409, "payment_open")
    assert (another.status, another.json.get("code")) == expected


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"amount_cents": 99}, 422, "amount_out_of_range"),
        ({"amount_cents": 5_001}, 422, "amount_out_of_range"),
        ({"amount_cents": 0}, 422, "amount_out_of_range"),
        ({"amount_cents": -100}, 422, "amount_out_of_range"),
        ({"amount_cents": 10**12}, 422, "amount_out_of_range"),
        ({"amount_cents": "50"}, 422, "invalid_value"),
        ({"case_id": "of-nobody"}, 422, "unknown_case"),
        ({"opaque_data": {"data_descriptor": "x"}}, 422, "missing_field"),
        ({"card_number": "4111111111111111"}, 422, "unknown_field"),
    ],
)
def test_what_cannot_be_paid_is_refused_before_any_charge(
    clinic: Clinic, patient: Browser, body: dict[str, Any], status: int, code: str
) -> None:
    answer = pay(patient, {**click(clinic), **body})
    assert (answer.status, answer.code) == (status, code)
    assert (clinic.stack.gateway.charges(), statuses(patient)) == ([], [])


@pytest.mark.parametrize(("key", "code"), [(None, "missing_field"), ("k" * 201, "invalid_value")])
def test_a_payment_needs_a_key_of_its_click(
    clinic: Clinic, patient: Browser, key: str | None, code: str
) -> None:
    headers = {} if key is None else {"Idempotency-Key": key}
    answer = patient.send("POST", "/portal/payments", click(clinic), headers)
    assert (answer.status, answer.code) == (422, code)


def test_a_card_that_was_used_or_belongs_to_another_practice_can_be_entered_again(
    clinic: Clinic, patient: Browser
) -> None:
    body = click(clinic)
    assert pay(patient, body).status == 201
    used = pay(patient, body)
    assert (used.status, used.code) == (402, "declined")
    theirs = clinic.stack.gateway.card_token(merchant="another")
    opaque = {"data_descriptor": theirs.data_descriptor, "data_value": theirs.data_value}
    other = pay(patient, click(clinic, opaque_data=opaque))
    assert (other.status, other.code) == (402, "declined")
    assert pay(patient, click(clinic)).status == 201


def test_without_a_connection_the_patient_is_asked_to_call(
    clinic: Clinic, browser: Browser
) -> None:
    clinic.patient("p-1")
    patient = browser.signed_in(link_to(clinic, "p-1"))
    assert patient.get("/portal/balance").json["online_payments"] is None
    answer = pay(patient, click(clinic))
    assert (answer.status, answer.code) == (409, "online_payments_unavailable")


def test_nobody_sees_the_payment_of_another(
    clinic: Clinic, patient: Browser, browser: Browser
) -> None:
    payment_id = pay(patient, click(clinic)).json["payment_id"]
    clinic.patient("p-2")
    neighbour = browser.signed_in(link_to(clinic, "p-2"))
    answer = neighbour.get(f"/portal/payments/{payment_id}")
    assert (answer.status, answer.code) == (404, "unknown_payment")


def test_a_payment_taken_at_the_office_has_a_state_too(clinic: Clinic, patient: Browser) -> None:
    entry = builders.entry("desk-1", EntryKind.PAYMENT, 700, recorded_at=at(1), method="check")
    clinic.stack.wiring.ledger.post(clinic.practice, "p-1", [entry])
    told = patient.get("/portal/payments/desk-1").json
    assert (told["status"], told["method"], told["receipt"]) == ("posted", "check", None)
    assert told["balance_cents"] == 4_300


def test_the_paid_account_gets_no_alert(clinic: Clinic, patient: Browser) -> None:
    assert pay(patient, click(clinic, 5_000)).json["balance_cents"] == 0
    assert clinic.stack.scan().queued == 0


def test_a_hold_that_ends_online_payment_ends_the_session_and_offers_no_card_form(
    clinic: Clinic, browser: Browser, patient: Browser
) -> None:
    accounts, now = clinic.stack.wiring.accounts, clinic.stack.now()
    practice_id = clinic.practice.practice_id
    accounts.set_hold(practice_id, "p-1", HoldReason.DECEASED, until=None, now=now)
    answer = pay(patient, click(clinic))
    assert (answer.status, answer.code) == (401, "no_session")
    # Staff may hand out a new link, so that what was owed can be seen.
    family = browser.signed_in(link_to(clinic, "p-1"))
    assert family.get("/portal/balance").json["online_payments"] is None
    refused = pay(family, click(clinic))
    assert (refused.status, refused.code) == (409, "online_payments_unavailable")
