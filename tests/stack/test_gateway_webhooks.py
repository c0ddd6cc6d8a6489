"""Webhooks of the gateway: genuine ones are looked up, in whatever order and number they come."""

from __future__ import annotations

import random

import pytest

from balance_alerts.domain.attempt import AttemptState
from balance_alerts.gateway.authorize_net import (
    AuthorizeNet,
    CredentialsRefusedError,
    GatewayError,
)
from balance_alerts.gateway.requests import Charge, Credentials
from balance_alerts.payments.gateway_webhooks import Reception
from balance_alerts.payments.taking_in import Taken
from infra.local.gateway.webhooks import Delivery, sign
from tests.stack.paying import Till
from tests.stack.reconciling import BackOffice
from tests.stack.test_payments_at_once import at_once

KEY = "a signature key"
NOWHERE = "http://127.0.0.1:9/"


@pytest.fixture
def office(till: Till) -> BackOffice:
    till.gateway.webhooks.subscribe(till.clinic.practice.practice_id, NOWHERE, KEY)
    return BackOffice(till)


def told(office: BackOffice) -> list[Delivery]:
    """What the gateway has told so far; nobody was there to hear it."""
    office.till.gateway.webhooks.wait()
    return [delivery for delivery, _ in office.till.gateway.webhooks.sent]


def receive(office: BackOffice, delivery: Delivery) -> Taken:
    received = office.receive(delivery.body, delivery.signature)
    assert received.reception is Reception.TAKEN
    return received.taken


def test_a_webhook_posts_what_the_books_say_and_not_what_it_says(office: BackOffice) -> None:
    till = office.till
    till.clinic.patient("p-1")
    till.gateway.set_mode("garbled")
    till.pay("p-1")
    (charged,) = told(office)
    body = charged.body.replace(b"50.00", b"1.00")
    assert body != charged.body
    assert office.receive(body, sign(body, KEY)).taken == Taken(payments=1)
    assert receive(office, charged) == Taken()
    assert (till.balance("p-1"), till.locked("p-1")) == (0, False)


def test_every_order_and_number_of_webhooks_ends_the_same(office: BackOffice) -> None:
    till, desk = office.till, office.till.gateway.desk
    lost, refunded, voided, released = till.clinic.patients(4)
    till.gateway.set_mode("hold")
    desk.release(str(till.pay(released).attempt.trans_id))
    till.gateway.set_mode("garbled")
    for patient_id in (refunded, voided, lost):
        till.pay(patient_id)
    of = {charge["invoice_number"]: charge["trans_id"] for charge in till.gateway.charges()}
    desk.void(of[office.attempt(voided).attempt_id])
    till.gateway.settle()
    desk.refund(of[office.attempt(refunded).attempt_id], 1_500)
    deliveries = told(office) * 2
    random.Random(4).shuffle(deliveries)
    assert len(deliveries) == 14
    for delivery in deliveries[:8]:
        receive(office, delivery)
    at_once(*[lambda each=each: receive(office, each) for each in deliveries[8:]])  # type: ignore[misc]  # its own
    balances = [till.balance(each) for each in (lost, refunded, voided, released)]
    assert balances == [0, 1_500, 5_000, 0]
    assert office.signed(refunded) == {"payment": [-5_000], "refund": [1_500]}
    assert till.open_attempts() == []


def test_a_webhook_that_is_faster_than_our_own_posting_posts_once(
    office: BackOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    till, charge = office.till, AuthorizeNet.charge

    def charged(merchant: AuthorizeNet, asked: Charge) -> object:
        answer = charge(merchant, asked)
        assert receive(office, told(office)[-1]) == Taken(payments=1)
        return answer

    till.clinic.patient("p-1")
    monkeypatch.setattr(AuthorizeNet, "charge", charged)
    payment = till.pay("p-1")
    assert (payment.state, payment.balance_cents) == (AttemptState.APPROVED, 0)
    assert not payment.is_new, "it is counted once, by the webhook"
    assert (till.paid("p-1"), till.balance("p-1")) == ({"knee": 5_000}, 0)


def test_forged_webhooks_do_nothing(office: BackOffice) -> None:
    till = office.till
    till.clinic.patient("p-1")
    till.gateway.set_mode("garbled")
    till.pay("p-1")
    (charged,) = told(office)
    genuine = (charged.body, charged.signature)
    forged = [
        (charged.body, None, ""),
        (charged.body, sign(charged.body, "no key"), ""),
        (charged.body + b" ", charged.signature, ""),
        (*genuine, "another-practice"),
        (*genuine, "no id/at all"),
    ]
    for body, signature, practice_id in forged:
        assert office.receive(body, signature, practice_id).reception is Reception.NOT_GENUINE
    practice_id = till.clinic.practice.practice_id
    assert till.balance("p-1") == 5_000
    assert receive(office, charged) == Taken(payments=1)
    till.clinic.practice = till.connections.connect(practice_id, Credentials(practice_id, "k"))
    for signature in (charged.signature, sign(charged.body, ""), sign(charged.body, "no key")):
        unsigned = office.receive(charged.body, signature)
        assert unsigned.reception is Reception.NOT_GENUINE, "there is no signature key"
    till.disconnect()
    assert office.receive(*genuine).reception is Reception.NOT_GENUINE


@pytest.mark.parametrize(
    ("body", "reception"),
    [
        (b"{", Reception.GARBLED),
        (b'{"eventType": "net.authorize.payment.void.created"}', Reception.GARBLED),
        (b'{"notificationId": "n", "eventType": "e"}', Reception.NOTHING),
        (
            b'{"notificationId": "n", "eventType": "e", "payload": '
            b'{"entityName": "transaction", "id": "0"}}',
            Reception.NOTHING,
        ),
        (
            b'{"notificationId": "n", "eventType": "e", "payload": '
            b'{"entityName": "transaction", "id": "60999999999"}}',
            Reception.TAKEN,
        ),
    ],
    ids=["no json", "half of it", "about no transaction", "no such id", "an unknown one"],
)
def test_genuine_webhooks_about_nothing_of_ours(
    office: BackOffice, body: bytes, reception: Reception
) -> None:
    received = office.receive(body, sign(body, KEY))
    assert (received.reception, received.taken) == (reception, Taken())


def test_a_webhook_that_cannot_be_looked_up_is_asked_for_again(
    office: BackOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = office.till
    till.clinic.patient("p-1")
    till.gateway.set_mode("garbled")
    till.pay("p-1")
    (charged,) = told(office)
    till.gateway.set_mode("down")
    with pytest.raises(GatewayError):
        office.receive(charged.body, charged.signature)
    till.gateway.set_mode("approve")

    def refuse(*_: object) -> None:
        raise CredentialsRefusedError("credentials")

    with monkeypatch.context() as patched:
        patched.setattr(AuthorizeNet, "transaction", refuse)
        with pytest.raises(CredentialsRefusedError):
            office.receive(charged.body, charged.signature)
    practices = till.clinic.stack.wiring.practices
    assert not practices.get(till.clinic.practice.practice_id).takes_cards
    assert receive(office, charged) == Taken(payments=1), "refused or not, it can be looked up"
