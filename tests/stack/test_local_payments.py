"""Card payments on the local stack as whoever tries it out meets them: over HTTP, all deployed."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.gateway.webhooks import signature_key
from tests.stack.due import Clinic
from tests.stack.portal_client import Answer, Browser, link_to


@pytest.fixture
def patient(clinic: Clinic, browser: Browser) -> Browser:
    """Somebody who owes 50 dollars to a practice that takes cards, signed in."""
    clinic.patient("p-1", email=True)
    clinic.stack.connect_to_gateway(clinic.practice.practice_id)
    login = clinic.practice.practice_id.replace("-", "")
    # The stack was started before this address was known.
    address = f"{browser.address}/webhooks/authorize-net/{clinic.practice.practice_id}"
    clinic.stack.gateway.webhooks.subscribe(login, address, signature_key(login))
    return browser.signed_in(link_to(clinic, "p-1"))


def pay(patient: Browser, cents: int, key: str) -> Answer:
    token = patient.send("POST", "/local/card-token").json
    body = {"amount_cents": cents, "opaque_data": token}
    return patient.send("POST", "/portal/payments", body, {"Idempotency-Key": key})


def gateway(patient: Browser, mode: str) -> None:
    assert patient.send("PUT", "/local/gateway", {"mode": mode}).status == 200


def review(patient: Browser, decision: str) -> Answer:
    (held, *_) = patient.get("/local/gateway/charges").json["charges"]
    body = {"trans_id": held["trans_id"], "decision": decision}
    return patient.send("POST", "/local/gateway/reviews", body)


def rows(patient: Browser) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = patient.get("/portal/payments").json["payments"]
    return found


def test_a_payment_shows_at_the_gateway_and_its_receipt_in_the_outbox(
    clinic: Clinic, patient: Browser
) -> None:
    paid = pay(patient, 2_000, "one")
    assert (paid.status, paid.json["balance_cents"]) == (201, 3_000)
    (charge,) = patient.get("/local/gateway/charges").json["charges"]
    assert charge == {
        "trans_id": charge["trans_id"],
        "invoice_number": paid.json["payment_id"],
        "amount_cents": 2_000,
        "status": "capturedPendingSettlement",
    }
    (receipt,) = patient.get("/local/outbox").json["messages"]
    assert (receipt["channel"], receipt["to"]) == ("email", clinic.account("p-1").email)
    assert "$20.00" in receipt["text"]


def test_reconciling_finds_the_charge_whose_answer_never_came(patient: Browser) -> None:
    gateway(patient, "timeout_after_charge")
    unknown = pay(patient, 2_000, "one")
    assert (unknown.status, unknown.json["status"]) == (202, "pending")
    assert pay(patient, 1_000, "two").code == "payment_open"
    gateway(patient, "approve")
    assert patient.get("/portal/balance").json["balance_cents"] == 5_000
    counts = patient.send("POST", "/local/reconcile").json
    assert (counts["open_attempts"], counts["payments"], counts["failures"]) == (1, 1, 0)
    assert patient.get("/portal/balance").json["balance_cents"] == 3_000
    assert [(row["amount_cents"], row["status"]) for row in rows(patient)] == [(2_000, "posted")]
    assert len(patient.get("/local/outbox").json["messages"]) == 1
    assert len(patient.get("/local/gateway/charges").json["charges"]) == 1


def test_a_held_payment_is_posted_by_the_webhook_of_its_release(
    clinic: Clinic, patient: Browser
) -> None:
    gateway(patient, "hold")
    assert pay(patient, 2_000, "one").status == 202
    released = review(patient, "release")
    assert (released.status, released.json["status"]) == (200, "capturedPendingSettlement")
    assert {status for _, status in clinic.stack.gateway.webhooks.sent} == {200}
    assert patient.get("/portal/balance").json["balance_cents"] == 3_000
    assert [row["status"] for row in rows(patient)] == ["posted"]
    again = review(patient, "release")
    assert (again.status, again.code) == (409, "not_held")


def test_a_held_payment_that_is_refused_ends_even_without_webhooks(
    clinic: Clinic, patient: Browser
) -> None:
    clinic.stack.gateway.webhooks.clear()
    gateway(patient, "hold")
    assert pay(patient, 2_000, "one").status == 202
    assert review(patient, "refuse").json["status"] == "declined"
    assert pay(patient, 1_000, "two").code == "payment_open"
    counts = patient.send("POST", "/local/reconcile").json
    assert (counts["looked_up"], counts["not_charged"], counts["still_open"]) == (1, 1, 0)
    assert [row["status"] for row in rows(patient)] == ["declined"]
    gateway(patient, "approve")
    assert pay(patient, 1_000, "three").status == 201
