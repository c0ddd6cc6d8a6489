"""What it takes to pay by card, and to find out what became of a payment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

from balance_alerts.store.orphan_charges import OrphanCharges
from infra.local.deploy import STACK_NAME
from infra.local.gateway.gateway import REFUSED_LOGIN
from infra.local.gateway.webhooks import sign, signature_key
from tests.stack.due import Clinic
from tests.stack.portal_client import Answer, Browser, link_to

OURS = "ba234567abcdefghijkl"


def connected(clinic: Clinic) -> str:
    """Let a clinic with a patient who owes take cards; its login at the gateway."""
    clinic.patient("p-1")
    connection = clinic.stack.connect_to_gateway(clinic.practice.practice_id).gateway
    assert connection is not None
    return connection.api_login_id


def paid(clinic: Clinic, browser: Browser) -> Answer:
    token = clinic.stack.gateway.card_token()
    opaque = {"data_descriptor": token.data_descriptor, "data_value": token.data_value}
    content = {"amount_cents": 5_000, "opaque_data": opaque}
    patient = browser.signed_in(link_to(clinic, "p-1"))
    return patient.send("POST", "/portal/payments", content, {"Idempotency-Key": "click"})


def left_unknown(clinic: Clinic, browser: Browser) -> tuple[str, str]:
    """Pay at a gateway whose answer cannot be read; login and transaction."""
    login = connected(clinic)
    clinic.stack.gateway.set_mode("garbled")
    assert paid(clinic, browser).status == 202
    return login, str(clinic.stack.gateway.charges()[-1]["trans_id"])


def refused_from_now_on(clinic: Clinic) -> None:
    """Let the gateway know the practice's credentials no more."""
    secrets = clinic.stack.client("secretsmanager")
    ours = {"Key": "name", "Values": [f"{STACK_NAME}/authorize-net/{clinic.practice.practice_id}"]}
    (secret,) = secrets.list_secrets(Filters=[ours])["SecretList"]
    content = json.loads(secrets.get_secret_value(SecretId=secret["ARN"])["SecretString"])
    content["api_login_id"] = REFUSED_LOGIN
    secrets.put_secret_value(SecretId=secret["ARN"], SecretString=json.dumps(content))


def is_suspended(clinic: Clinic) -> bool:
    practice = clinic.stack.wiring.practices.get(clinic.practice.practice_id)
    assert practice.gateway is not None
    return practice.gateway.suspended_at is not None


def told_by_the_gateway(clinic: Clinic, browser: Browser, login: str, trans_id: str) -> int:
    """Send the practice's webhook; the status of the answer."""
    payload = {"entityName": "transaction", "id": trans_id}
    event = {"notificationId": "n", "eventType": "e", "payload": payload}
    body = json.dumps(event).encode()
    signature = {"X-ANET-Signature": sign(body, signature_key(login))}
    path = f"/webhooks/authorize-net/{clinic.practice.practice_id}"
    return browser.send("POST", path, body, signature).status


def balance(clinic: Clinic) -> int:
    return int(clinic.account("p-1").balance_cents)


def a_patient_pays(clinic: Clinic, browser: Browser) -> Iterator[None]:
    connected(clinic)
    yield
    answer = paid(clinic, browser)
    assert (answer.status, balance(clinic)) == (201, 0)
    clinic.stack.wait_drained("AlertQueueUrl", within_seconds=5)
    assert len(clinic.stack.outbox.messages(channel="email")) == 1


def a_payment_is_looked_up(clinic: Clinic, browser: Browser) -> Iterator[None]:
    left_unknown(clinic, browser)
    yield
    report = clinic.stack.reconcile()
    assert (report["payments"], report["failures"], balance(clinic)) == (1, 0, 0)
    assert len(clinic.stack.outbox.messages(channel="email")) == 1


def the_gateway_tells_of_a_payment(clinic: Clinic, browser: Browser) -> Iterator[None]:
    login, trans_id = left_unknown(clinic, browser)
    yield
    assert told_by_the_gateway(clinic, browser, login, trans_id) == 200
    assert balance(clinic) == 0
    clinic.stack.wait_drained("AlertQueueUrl", within_seconds=5)
    assert len(clinic.stack.outbox.messages(channel="email")) == 1


def returns_and_orphans_are_found(clinic: Clinic, browser: Browser) -> Iterator[None]:
    login, trans_id = left_unknown(clinic, browser)
    stack, gateway = clinic.stack, clinic.stack.gateway
    assert stack.reconcile()["payments"] == 1
    gateway.settle()
    gateway.desk.refund(trans_id, 1_000)
    gateway.desk.charge(login, 700, invoice_number=OURS, ref_id=OURS)
    yield
    report = stack.reconcile()
    assert (report["returns"], report["orphans"], report["swept"]) == (1, 1, 1)
    assert balance(clinic) == 1_000
    stack.clock.set(stack.now() + timedelta(days=11))
    report = stack.reconcile()
    assert (report["failures"], report["swept"]) == (0, 1)
    orphans = OrphanCharges().open(clinic.practice.practice_id)
    assert [each.reason for each in orphans] == ["unknown_attempt"]


def a_payment_with_refused_credentials_suspends(clinic: Clinic, browser: Browser) -> Iterator[None]:
    connected(clinic)
    refused_from_now_on(clinic)
    yield
    assert (paid(clinic, browser).status, is_suspended(clinic)) == (503, True)


def a_look_up_with_refused_credentials_suspends(clinic: Clinic, browser: Browser) -> Iterator[None]:
    left_unknown(clinic, browser)
    refused_from_now_on(clinic)
    yield
    assert (clinic.stack.reconcile()["suspended"], is_suspended(clinic)) == (1, True)


def a_webhook_with_refused_credentials_suspends(clinic: Clinic, browser: Browser) -> Iterator[None]:
    login, trans_id = left_unknown(clinic, browser)
    refused_from_now_on(clinic)
    yield
    assert told_by_the_gateway(clinic, browser, login, trans_id) == 503
    assert is_suspended(clinic)
