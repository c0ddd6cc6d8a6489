"""Webhooks: signed like the gateway's, delivered in the background, at least once."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import queue
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from infra.local.gateway.answers import dollars, instant, plain
from infra.local.gateway.transactions import Transaction

CHARGED = "net.authorize.payment.authcapture.created"
VOIDED = "net.authorize.payment.void.created"
REFUNDED = "net.authorize.payment.refund.created"
HELD = "net.authorize.payment.fraud.held"
RELEASED = "net.authorize.payment.fraud.approved"
REFUSED = "net.authorize.payment.fraud.declined"

_TIMEOUT_SECONDS = 30.0


class When(StrEnum):
    """When a webhook leaves: at once, or when it is asked for by `Webhooks.deliver`.

    The real gateway takes seconds, in which the answer to a charge has long arrived. One whose
    answer was lost is told of much later.
    """

    AT_ONCE = "at_once"
    ONCE_ANSWERED = "once_answered"
    MUCH_LATER = "much_later"


def signature_key(merchant: str) -> str:
    """The signature key a merchant finds on the gateway's pages: 128 hexadecimal digits."""
    return hashlib.sha512(f"signature key of {merchant}".encode()).hexdigest().upper()


def sign(body: bytes, key: str) -> str:
    """The `X-ANET-Signature` of a body; the key counts as the letters it is written in."""
    return "sha512=" + hmac.new(key.encode(), body, hashlib.sha512).hexdigest().upper()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook on its way to one address."""

    url: str
    body: bytes
    signature: str


class Webhooks:
    """Who wants to be told of what, and what was told. Safe to share between threads."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._addresses: dict[str, tuple[str, str]] = {}
        self._queue: queue.Queue[Delivery | None] = queue.Queue()
        self._waiting: list[tuple[When, Delivery]] = []
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.sent: list[tuple[Delivery, int]] = []
        """Each delivery tried, with the status it was answered with, 0 for none."""

    def subscribe(self, merchant: str, url: str, key: str | None = None) -> None:
        """Tell `url` of a merchant's transactions from now on, signed by its signature key."""
        with self._lock:
            self._addresses[merchant] = (url, key or signature_key(merchant))
            if self._thread is None:
                self._thread = threading.Thread(target=self._deliver_all, daemon=True)
                self._thread.start()

    def unsubscribe(self, merchant: str) -> None:
        """Tell nobody of a merchant's transactions any more."""
        with self._lock:
            self._addresses.pop(merchant, None)

    def tell(self, event: str, transaction: Transaction, when: When = When.AT_ONCE) -> None:
        """Queue a webhook about a transaction, if somebody wants it."""
        with self._lock:
            address = self._addresses.get(transaction.merchant)
        if address:
            url, key = address
            body = self._body(event, transaction)
            with self._lock:
                self._waiting.append((when, Delivery(url, body, sign(body, key))))
            self.deliver(When.AT_ONCE)

    def deliver(self, when: When) -> None:
        """Queue the webhooks that wait for this."""
        with self._lock:
            ready = [delivery for waits_for, delivery in self._waiting if waits_for is when]
            self._waiting = [waiting for waiting in self._waiting if waiting[0] is not when]
            for delivery in ready:
                self._queue.put(delivery)

    def redeliver(self) -> None:
        """Send everything once more, the latest first: neither once nor in order is promised."""
        with self._lock:
            before = [delivery for delivery, _ in reversed(self.sent)]
        for delivery in before:
            self._queue.put(delivery)

    def wait(self) -> None:
        """Return once everything queued so far was delivered, or was tried."""
        self._queue.join()

    def clear(self) -> None:
        """Forget who wants to be told, and all that was told or still is to be."""
        with self._lock:
            self._addresses.clear()
            self._waiting.clear()
        with suppress(queue.Empty):
            while True:
                self._queue.get_nowait()
                self._queue.task_done()
        self.wait()
        with self._lock:
            self.sent.clear()

    def stop(self) -> None:
        """Deliver nothing any more."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread:
            self._queue.put(None)

    def _deliver_all(self) -> None:
        while (delivery := self._queue.get()) is not None:
            status = 0
            with suppress(OSError, http.client.HTTPException):
                status = _post(delivery)
            with self._lock:
                self.sent.append((delivery, status))
            self._queue.task_done()
        self._queue.task_done()

    def _body(self, event: str, transaction: Transaction) -> bytes:
        response, _ = transaction.response
        return plain(
            {
                "notificationId": str(uuid.uuid4()),
                "eventType": event,
                "eventDate": instant(self._clock()),
                "webhookId": str(uuid.uuid5(uuid.NAMESPACE_URL, transaction.merchant)),
                "payload": {
                    "responseCode": response,
                    "authCode": transaction.auth_code,
                    "avsResponse": transaction.address_result,
                    "authAmount": dollars(transaction.amount_cents),
                    **({"merchantReferenceId": transaction.ref_id} if transaction.ref_id else {}),
                    "invoiceNumber": transaction.invoice_number,
                    "entityName": "transaction",
                    "id": transaction.trans_id,
                },
            }
        )


def _post(delivery: Delivery) -> int:
    parts = urlsplit(delivery.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=_TIMEOUT_SECONDS)
    headers = {"Content-Type": "application/json", "X-ANET-Signature": delivery.signature}
    try:
        connection.request("POST", parts.path or "/", delivery.body, headers)
        return connection.getresponse().status
    finally:
        connection.close()
