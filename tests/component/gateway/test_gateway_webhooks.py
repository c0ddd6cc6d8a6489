"""The stand-in's webhooks, checked by what we check the real ones with."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from balance_alerts.gateway.answers import decode, part
from balance_alerts.gateway.authorize_net import AuthorizeNet
from balance_alerts.gateway.webhook_signature import is_genuine, read_notification
from infra.local.gateway.gateway import Gateway
from infra.local.gateway.webhooks import signature_key
from infra.local.loopback import LoopbackServer, QuietHandler
from tests.component.gateway.conftest import LOGIN, Asked


@dataclass
class Receiver:
    """Takes webhooks and answers them with `status`."""

    url: str = ""
    status: int = 200
    received: list[tuple[bytes, str | None]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def events(self) -> list[str]:
        found = [read_notification(body) for body, _ in self.received]
        return [note.event_type.rpartition("payment.")[2] for note in found if note]


@pytest.fixture
def receiver(gateway: Gateway) -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(QuietHandler):
        def do_POST(self) -> None:
            body = self.read_body()
            with receiver.lock:
                receiver.received.append((body, self.headers["X-ANET-Signature"]))
            self.answer(receiver.status)

    server = LoopbackServer(Handler)
    server.start()
    receiver.url = f"{server.url}/webhooks/authorize-net/harbor"
    gateway.webhooks.subscribe(LOGIN, receiver.url)
    yield receiver
    server.stop()


def test_an_approved_charge_is_told_and_genuine(
    gateway: Gateway, client: AuthorizeNet, asked: Asked, receiver: Receiver
) -> None:
    trans_id = client.charge(asked("ba1", 300_00)).trans_id
    gateway.webhooks.wait()
    ((body, signature),) = receiver.received
    assert is_genuine(body=body, signature=signature, signature_key=signature_key(LOGIN))
    assert b'"authAmount": 300.00' in body
    found = read_notification(body)
    assert found is not None
    assert (found.trans_id, found.ref_id) == (trans_id, "ba1")
    assert part(decode(body), "payload")["responseCode"] == 1


@pytest.mark.parametrize(
    ("body_change", "key"),
    [((b"300.00", b"300.0"), None), ((b"", b""), "another"), ((b"ba1", b"ba2"), None)],
    ids=["written anew", "another key", "changed"],
)
def test_a_changed_one_is_not_genuine(
    gateway: Gateway,
    client: AuthorizeNet,
    asked: Asked,
    receiver: Receiver,
    *,
    body_change: tuple[bytes, bytes],
    key: str | None,
) -> None:
    client.charge(asked("ba1", 300_00))
    gateway.webhooks.wait()
    ((body, signature),) = receiver.received
    changed = body.replace(*body_change)
    key = key or signature_key(LOGIN)
    assert not is_genuine(body=changed, signature=signature, signature_key=key)


def test_every_event_is_told(
    gateway: Gateway, client: AuthorizeNet, asked: Asked, receiver: Receiver
) -> None:
    first = client.charge(asked("ba1")).trans_id
    gateway.set_mode("hold")
    released = client.charge(asked("ba2")).trans_id
    refused = client.charge(asked("ba3")).trans_id
    gateway.set_mode("decline")
    client.charge(asked("ba4"))
    assert first
    assert released
    assert refused
    gateway.desk.release(released)
    gateway.desk.refuse(refused)
    gateway.desk.void(released)
    gateway.settle()
    gateway.desk.refund(first)
    gateway.webhooks.wait()
    assert receiver.events() == [
        "authcapture.created",
        "fraud.held",
        "fraud.held",
        "fraud.approved",
        "fraud.declined",
        "void.created",
        "refund.created",
    ]


def test_a_charge_whose_answer_was_lost_is_told_all_the_same(
    gateway: Gateway, impatient: AuthorizeNet, asked: Asked, receiver: Receiver
) -> None:
    gateway.set_mode("timeout_after_charge")
    impatient.charge(asked())
    gateway.webhooks.wait()
    assert receiver.events() == ["authcapture.created"]


def test_webhooks_come_again_and_out_of_order(
    gateway: Gateway, client: AuthorizeNet, asked: Asked, receiver: Receiver
) -> None:
    receiver.status = 500
    client.charge(asked("ba1"))
    client.charge(asked("ba2"))
    gateway.webhooks.wait()
    assert [status for _, status in gateway.webhooks.sent] == [500, 500]
    gateway.webhooks.redeliver()
    gateway.webhooks.wait()
    bodies = [body for body, _ in receiver.received]
    assert bodies[2:] == bodies[1::-1]


def test_others_transactions_are_not_told(gateway: Gateway, receiver: Receiver) -> None:
    gateway.desk.charge("somebody-else", 1_00)
    gateway.webhooks.unsubscribe(LOGIN)
    gateway.desk.charge(LOGIN, 1_00)
    gateway.webhooks.wait()
    assert receiver.received == []


def test_an_address_that_nobody_answers_at_stops_nothing(
    gateway: Gateway, client: AuthorizeNet, asked: Asked
) -> None:
    gateway.webhooks.subscribe(LOGIN, "http://127.0.0.1:1/webhooks", "key")
    assert client.charge(asked()).trans_id
    gateway.webhooks.wait()
    assert [status for _, status in gateway.webhooks.sent] == [0]
