"""Reconciliation and webhooks as deployed, with the emulator's IAM enforced."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from balance_alerts.store.orphan_charges import OrphanCharges
from infra.local.gateway.webhooks import sign, signature_key
from infra.local.stack import LocalStack
from tests.builders import at
from tests.stack.due import clinics
from tests.stack.portal_client import browser_of, link_to

OURS = "ba234567abcdefghijkl"


@pytest.fixture(scope="module")
def guarded() -> Iterator[LocalStack]:
    with LocalStack(auth=True) as running:
        running.clock.set(at(1))
        yield running


def test_look_ups_sweeps_and_webhooks_need_nothing_that_the_template_does_not_grant(
    guarded: LocalStack,
) -> None:
    stack, gateway, clinic = guarded, guarded.gateway, next(clinics(guarded))
    practice_id = clinic.practice.practice_id
    connection = stack.connect_to_gateway(practice_id).gateway
    assert connection is not None
    looked_up, told = clinic.patients(2)

    def balances() -> list[int]:
        return [int(clinic.account(each).balance_cents) for each in (looked_up, told)]

    with browser_of(stack) as browser:

        def pay(patient_id: str) -> str:
            token = gateway.card_token()
            opaque = {
                "data_descriptor": token.data_descriptor,
                "data_value": token.data_value,
            }
            content = {"amount_cents": 5_000, "opaque_data": opaque}
            headers = {"Idempotency-Key": patient_id}
            patient = browser.signed_in(link_to(clinic, patient_id))
            assert patient.send("POST", "/portal/payments", content, headers).status == 202
            return str(gateway.charges()[-1]["trans_id"])

        def tell(trans_id: str, key: str) -> int:
            payload = {"entityName": "transaction", "id": trans_id}
            event = {"notificationId": "n", "eventType": "e", "payload": payload}
            body = json.dumps(event).encode()
            path = f"/webhooks/authorize-net/{practice_id}"
            return browser.send("POST", path, body, {"X-ANET-Signature": sign(body, key)}).status

        gateway.set_mode("garbled")
        first = pay(looked_up)
        assert stack.reconcile()["payments"] == 1
        second = pay(told)
        assert (tell(second, "another key"), balances()) == (401, [0, 5_000])
        assert (tell(second, signature_key(connection.api_login_id)), balances()) == (200, [0, 0])
    gateway.settle()
    gateway.desk.refund(first, 1_000)
    gateway.desk.charge(connection.api_login_id, 700, invoice_number=OURS, ref_id=OURS)
    report = stack.reconcile()
    assert (report["returns"], report["orphans"], report["swept"]) == (1, 1, 1)
    assert balances() == [1_000, 0]
    stack.clock.set(stack.now() + timedelta(days=11))
    report = stack.reconcile()
    assert (report["failures"], report["swept"]) == (0, 1)
    assert [each.reason for each in OrphanCharges().open(practice_id)] == ["unknown_attempt"]
