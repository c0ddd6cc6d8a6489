"""The running portal, asked whatever docs/openapi.json allows and much that it does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import positive_data_acceptance

from balance_alerts.domain.contact import Channel, ContactFact
from infra.local.gateway.modes import GatewayMode
from infra.local.stack import LocalStack
from tests import builders
from tests.stack.due import Clinic, clinics
from tests.stack.fuzzing import (
    THEIRS,
    Check,
    accepted_if_allowed,
    api_of,
    is_allowed,
    leaks_nothing,
    somebody_else,
)
from tests.stack.portal_client import BORN, Browser, browser_of, link_to

api = api_of("openapi.json")

PAY = "POST /portal/payments"
BEYOND_THE_DOCUMENT = {
    "GET /portal/activity": {"invalid_value"},  # a cursor is taken from another answer
    "GET /portal/payments": {"invalid_value"},
    # What is owed and for which case changes; a card's token is good for one payment.
    PAY: {"amount_out_of_range", "unknown_case", "declined"},
}
"""Why a request that the document allows may be refused, where it cannot tell which will be."""

NOBODY = {"headers": {"Authorization": "Bearer nobody"}}
_clicks = count(1)


@dataclass(frozen=True)
class Patient:
    """Somebody signed in, and a payment of somebody else."""

    clinic: Clinic
    browser: Browser
    token: str
    their_payment: str

    def leaks_nothing(self) -> Check:
        """A check that nothing is told of others, and nothing but answers of the patient."""
        session = self.browser.headers["Authorization"].removeprefix("Bearer ")
        return leaks_nothing(THEIRS, ("Maya", "Okafor", self.token[6:], session))


@pytest.fixture(scope="module")
def patient(shared_stack: LocalStack) -> Iterator[Patient]:
    """A patient who owes 9,000 dollars, beside one of another practice who owes and paid."""
    shared_stack.empty()
    shared_stack.clock.set(builders.at(1))
    ours, other = (clinic for clinic, _ in zip(clinics(shared_stack), range(2), strict=False))
    ours.practice = shared_stack.connect_to_gateway(ours.practice.practice_id)
    ours.patient("p-1", owes=900_000, email=True)
    their_payment = somebody_else(other)
    with browser_of(shared_stack) as browser:
        token = link_to(ours, "p-1")
        yield Patient(ours, browser.signed_in(token), token, their_payment)


@api.parametrize()
def test_whatever_is_asked_is_answered_as_documented(case: Case, patient: Patient) -> None:
    if case.operation.label == PAY and isinstance(case.body, dict) and is_allowed(case):
        case.body = payable(case.body, patient.clinic)
        case.headers["Idempotency-Key"] = f"{next(_clicks)} {case.headers['Idempotency-Key']}"[:200]
    case.call_and_validate(
        base_url=patient.browser.address,
        headers=patient.browser.headers,
        excluded_checks=[positive_data_acceptance],
        additional_checks=[accepted_if_allowed(BEYOND_THE_DOCUMENT), patient.leaks_nothing()],
    )


def payable(body: dict[str, Any], clinic: Clinic) -> dict[str, Any]:
    """An allowed payment with a good card, for a case that exists if for any."""
    token = clinic.stack.gateway.card_token()
    opaque = {"data_descriptor": token.data_descriptor, "data_value": token.data_value}
    case_id = {"case_id": "knee"} if body.get("case_id") else {}
    return {**body, "amount_cents": body["amount_cents"] % 1_000, "opaque_data": opaque, **case_id}


def test_every_documented_answer_is_given_as_documented(patient: Patient) -> None:
    """But 500, which no request brings about."""
    operations = {each.ok().label: each.ok() for each in api.get_all_operations()}
    documented = {
        (label, int(status))
        for label, each in operations.items()
        for status in each.definition.raw["responses"]
        if status != "500"
    }
    expected = set()
    for label, status, parts in everything(patient):
        parts["headers"] = {**patient.browser.headers, **parts.get("headers", {})}
        case = operations[label].Case(media_type="application/json", **parts)
        answer = case.call_and_validate(
            base_url=patient.browser.address,
            excluded_checks=[not_a_server_error] if status == 503 else [],  # the gateway is down
            additional_checks=[patient.leaks_nothing()],
        )
        assert (label, answer.status_code) == (label, status), answer.text
        expected.add((label, status))
    assert expected == documented


Asked = tuple[str, int, dict[str, Any]]


def everything(patient: Patient) -> Iterator[Asked]:
    """A request for each answer of each operation, and that answer's status."""
    yield from asked_for_pages(patient)
    yield from asked_without_a_session(patient)
    yield from asked_with_a_session(patient)
    yield from asked_to_pay(patient)


def asked_for_pages(patient: Patient) -> Iterator[Asked]:
    link, no_link = {"token": link_to(patient.clinic, "p-1", Channel.EMAIL)}, {"token": "no-link"}
    for label in ("GET /a/{token}", "GET /u/{token}", "POST /u/{token}"):
        yield label, 200, {"path_parameters": link}
        yield label, 404, {"path_parameters": no_link}
    page = patient.browser.get(f"/a/{patient.token}").raw.decode()
    path = page.partition('href="/assets/')[2].partition('"')[0]
    tag = {"If-None-Match": patient.browser.get(f"/assets/{path}").headers["ETag"]}
    yield "GET /assets/{file}", 200, {"path_parameters": {"file": path}}
    yield "GET /assets/{file}", 304, {"path_parameters": {"file": path}, "headers": tag}
    yield "GET /assets/{file}", 404, {"path_parameters": {"file": "none.js"}}
    yield "POST /csp-reports", 204, {}


def asked_without_a_session(patient: Patient) -> Iterator[Asked]:
    born = {"date_of_birth": BORN.isoformat()}
    wrong = {"token": "tried-too-often", "date_of_birth": "1999-09-09"}
    for status, body in (
        (200, {"token": patient.token, **born}),
        *((401, wrong) for _ in range(5)),
        (429, wrong),
        (413, {"token": "x" * 70_000, **born}),
        (422, {"token": patient.token}),
    ):
        yield "POST /portal/session", status, {"body": body}
    for status, token in ((202, patient.token), (413, "x" * 70_000), (422, "x" * 1_001)):
        yield "POST /portal/link-requests", status, {"body": {"token": token}}


def asked_with_a_session(patient: Patient) -> Iterator[Asked]:
    for name in ("balance", "activity", "payments", "alerts"):
        yield f"GET /portal/{name}", 200, {}
        yield f"GET /portal/{name}", 401, NOBODY
    for name in ("activity", "payments"):
        yield f"GET /portal/{name}", 422, {"query": {"cursor": "none"}}
    for label, status, good in (
        ("POST /portal/questions", 201, {"reason": "other", "message": "A new emoji: \U0001fae9"}),
        ("PUT /portal/alerts", 200, {"text": True, "email": True}),
    ):
        yield label, status, {"body": good}
        yield label, 401, {"body": good, **NOBODY}
        yield label, 413, {"body": {**good, "more": "x" * 70_000}}
        yield label, 422, {"body": {**good, "more": "x"}}
    patient.clinic.stack.wiring.accounts.tell_of_contact(
        patient.clinic.practice.practice_id,
        Channel.TEXT,
        str(patient.clinic.account("p-1").contact(Channel.TEXT)),
        ContactFact.INVALID,
        source="test",
        at=patient.clinic.stack.now(),
    )
    yield "PUT /portal/alerts", 409, {"body": {"text": True, "email": True}}


def asked_to_pay(patient: Patient) -> Iterator[Asked]:
    gateway = patient.clinic.stack.gateway
    for status, mode, changes in (
        (201, GatewayMode.APPROVE, {}),
        (402, GatewayMode.DECLINE, {}),
        (503, GatewayMode.DOWN, {}),
        (413, GatewayMode.APPROVE, {"card_number": "4" * 70_000}),
        (422, GatewayMode.APPROVE, {"card_number": "4111111111111111"}),
        (202, GatewayMode.HOLD, {}),
        (409, GatewayMode.APPROVE, {}),  # one payment is being reviewed
    ):
        gateway.set_mode(mode)
        yield PAY, status, click({**payable({"amount_cents": 500}, patient.clinic), **changes})
    body = payable({"amount_cents": 500}, patient.clinic)
    yield PAY, 401, {"body": body, "headers": {**NOBODY["headers"], "Idempotency-Key": "k"}}
    for row in patient.browser.get("/portal/payments").json["payments"]:
        payment = {"path_parameters": {"payment_id": row["payment_id"]}}
        yield "GET /portal/payments/{payment_id}", 200, payment
    theirs = {"path_parameters": {"payment_id": patient.their_payment}}
    yield "GET /portal/payments/{payment_id}", 404, theirs
    yield "GET /portal/payments/{payment_id}", 401, {**theirs, **NOBODY}


def click(body: dict[str, Any]) -> dict[str, Any]:
    """A payment under a key of its own."""
    return {"body": body, "headers": {"Idempotency-Key": f"click {next(_clicks)}"}}
