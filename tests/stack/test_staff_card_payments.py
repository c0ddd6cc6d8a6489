"""A director connects the practice to its merchant account, and patients can pay."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import pytest

from balance_alerts.domain.permissions import Level
from infra.local.gateway.modes import GatewayMode
from tests.stack.due import Clinic
from tests.stack.portal_client import Browser, link_to
from tests.stack.staff_client import staff

PATH = "/practice/authorize-net"
CREDENTIALS = {
    "api_login_id": "harborpoint",
    "transaction_key": "4tR9aa00bb11cc22",
    "signature_key": "AB" * 64,
}


@pytest.fixture
def director(browser: Browser, clinic: Clinic) -> Browser:
    return staff(browser, clinic, Level.THERAPY_DIRECTOR)


def pay(clinic: Clinic, browser: Browser, key: str, cents: int = 2_000) -> Any:
    patient = browser.signed_in(link_to(clinic, "p-1"))
    token = clinic.stack.gateway.card_token()
    opaque = {"data_descriptor": token.data_descriptor, "data_value": token.data_value}
    body = {"amount_cents": cents, "opaque_data": opaque}
    return patient.send("POST", "/portal/payments", body, {"Idempotency-Key": key})


def test_patients_pay_once_their_practice_is_connected(
    clinic: Clinic, browser: Browser, director: Browser
) -> None:
    clinic.patient("p-1")
    assert pay(clinic, browser, "1").code == "online_payments_unavailable"
    answer = director.send("PUT", PATH, CREDENTIALS)
    assert answer.status == HTTPStatus.OK, answer
    shown = {"api_login_id": "harborpoint", "has_signature_key": True, "suspended_at": None}
    assert answer.json["authorize_net"] == shown
    for secret in ("4tR9aa00bb11cc22", "AB" * 64):
        assert secret not in answer.raw.decode() + director.get("/audit").raw.decode()
    assert pay(clinic, browser, "2").status == HTTPStatus.CREATED
    (change,) = director.get("/audit").json["changes"]
    assert (change["action"], change["by"]["name"]) == ("authorize_net_connected", "Ines Vega")

    assert director.send("DELETE", PATH).status == HTTPStatus.NO_CONTENT
    assert director.get("/practice").json["authorize_net"] is None
    assert pay(clinic, browser, "3").code == "online_payments_unavailable"
    assert director.send("DELETE", PATH).status == HTTPStatus.NO_CONTENT


def test_what_the_gateway_refuses_is_not_saved(clinic: Clinic, director: Browser) -> None:
    answer = director.send("PUT", PATH, {**CREDENTIALS, "api_login_id": "wrong"})
    assert (answer.status, answer.code) == (422, "gateway_credentials_refused")
    assert director.get("/practice").json["authorize_net"] is None
    assert director.get("/audit").json["changes"] == []


def test_the_connection_stays_while_a_payment_is_open(
    clinic: Clinic, browser: Browser, director: Browser
) -> None:
    clinic.patient("p-1")
    director.send("PUT", PATH, CREDENTIALS)
    clinic.stack.gateway.set_mode(GatewayMode.HOLD)
    assert pay(clinic, browser, "1").status == HTTPStatus.ACCEPTED
    for method, body in (("PUT", CREDENTIALS), ("DELETE", None)):
        answer = director.send(method, PATH, body)
        assert (answer.status, answer.code) == (HTTPStatus.CONFLICT, "payment_open")
    assert director.get("/practice").json["authorize_net"]["suspended_at"] is None


def test_locally_the_gateway_tells_the_practice_of_its_payments(
    clinic: Clinic, browser: Browser, director: Browser
) -> None:
    """As if somebody had set up the webhook on the real gateway's pages."""
    clinic.patient("p-1")
    director.send("PUT", PATH, CREDENTIALS)
    clinic.stack.gateway.set_mode(GatewayMode.TIMEOUT_AFTER_CHARGE)
    assert pay(clinic, browser, "1").status == HTTPStatus.ACCEPTED
    clinic.stack.reconcile()
    assert clinic.account("p-1").open_attempt is None
    webhooks = clinic.stack.gateway.webhooks
    practice_id = clinic.practice.practice_id
    assert any(delivery.url.endswith(practice_id) for delivery, _ in webhooks.sent)
