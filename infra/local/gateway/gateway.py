"""The stand-in gateway: its state, what merchants and tests do with it, and its requests."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infra.local.gateway import transactions as books
from infra.local.gateway.answers import Json, encode, ok, refused
from infra.local.gateway.cards import (
    DATA_DESCRIPTOR,
    TEST_CARD,
    Card,
    CardFormError,
    Tokens,
    client_key,
)
from infra.local.gateway.charging import charge
from infra.local.gateway.desk import Desk
from infra.local.gateway.http_api import API_PATH, SCRIPT_PATH, ApiHandler, Door, FormHandler
from infra.local.gateway.modes import GatewayMode
from infra.local.gateway.reporting import REPORTS
from infra.local.gateway.schema import REQUESTS, SchemaError, as_text, check
from infra.local.gateway.transactions import Batch, Books
from infra.local.gateway.webhooks import CHARGED, HELD, Webhooks, When

REFUSED_LOGIN = "wrong"

_HANG_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class OpaqueData:
    """What the card form hands to the page that opened it: a one-use token."""

    data_descriptor: str
    data_value: str


class Gateway:
    """One gateway with any number of merchants, told apart by login id. Thread-safe.

    It hangs for `hang_seconds` where it hangs, then drops the connection. With `late_webhooks`
    those of charges wait for `webhooks.deliver`.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        hang_seconds: float = _HANG_SECONDS,
        late_webhooks: bool = False,
    ) -> None:
        self.hang_seconds = hang_seconds
        self.late_webhooks = late_webhooks
        self.stopping = threading.Event()
        self.reporting_enabled = True
        """Whether merchants switched the reporting API on; without it look-ups are E00011."""
        self.webhooks = Webhooks(clock)
        self._clock = clock
        self._mode = GatewayMode.APPROVE
        self._books = Books()
        self._tokens = Tokens(clock)
        self._lock = threading.RLock()
        self.desk = Desk(self._books, self.webhooks, clock=clock, lock=self._lock)
        self._doors = threading.Lock()
        self._api = Door(type("Handler", (ApiHandler,), {"gateway": self}))
        self._form = Door(type("Handler", (FormHandler,), {"gateway": self}))

    @property
    def api_url(self) -> str:
        """Address of the JSON API."""
        return self._api.url + API_PATH

    @property
    def script_url(self) -> str:
        """Address of the card form's script; its frame has the same origin."""
        return self._form.url + SCRIPT_PATH

    @property
    def mode(self) -> GatewayMode:
        return self._mode

    def set_mode(self, mode: GatewayMode | str) -> None:
        """Change how charges are answered."""
        with self._doors:
            self._mode = GatewayMode(mode)
            if self._mode is GatewayMode.DOWN:
                self._api.close()
            elif not self.stopping.is_set():
                self._api.open()

    def start(self) -> None:
        """Serve in background threads."""
        self._api.start()
        self._form.start()

    def stop(self) -> None:
        """Stop serving and free the ports."""
        self.stopping.set()
        with self._doors:
            self._api.stop()
            self._form.stop()
        self.webhooks.stop()

    def reset(self) -> None:
        """Be as new: no charges, no tokens, nobody to be told, and every charge is approved."""
        self.set_mode(GatewayMode.APPROVE)
        self.reporting_enabled = True
        self.webhooks.clear()
        self._tokens.clear()
        with self._lock:
            self._books.clear()

    def card_token(
        self, card_number: str = TEST_CARD, zip_code: str = "", *, merchant: str | None = None
    ) -> OpaqueData:
        """A token as the card form would give it; without a merchant any may charge it.

        Raises:
            CardFormError: the form would refuse this card or zip code.
        """
        number = re.sub(r"[\s-]", "", card_number)
        card = Card(number, self._clock().year + 2, 12, code="900", zip_code=zip_code)
        return OpaqueData(DATA_DESCRIPTOR, self._tokens.make(card, merchant))

    def charges(self) -> list[dict[str, Any]]:
        """Every charge in the order made, as `GET /local/gateway/charges` shows it."""
        with self._lock:
            return [
                {
                    "trans_id": found.trans_id,
                    "invoice_number": found.invoice_number,
                    "amount_cents": found.amount_cents,
                    "status": found.status,
                }
                for found in self._books.charges()
            ]

    def settle(self) -> list[Batch]:
        """Close the day: everything that is not held goes into a batch."""
        with self._lock:
            return self._books.settle(self._clock())

    def settle_days_before(self) -> None:
        """Close the days that ended a day ago or longer, for a clock that is stepped."""
        with self._lock:
            self._books.settle_days_before(self._clock())

    def respond(self, body: bytes) -> bytes:
        """The answer to one API request, byte order mark first."""
        try:
            content = json.loads(body.decode("utf-8-sig"))
            ((name, request),) = content.items()
        except (ValueError, AttributeError):
            return encode(refused("E00003", "Root element is missing."))
        if name not in REQUESTS:
            return encode(refused("E00004"))
        try:
            check(name, request)
        except SchemaError as error:
            return encode(refused("E00003", str(error)))
        answer = self._make_token(request) if "data" in request else self._serve(name, request)
        return encode({**answer, "refId": request["refId"]} if request.get("refId") else answer)

    def _serve(self, name: str, request: dict[str, Any]) -> Json:
        """A request of a merchant's server."""
        merchant = as_text(request["merchantAuthentication"].get("name"))
        key = as_text(request["merchantAuthentication"].get("transactionKey"))
        if not merchant or not key or merchant == REFUSED_LOGIN:
            return refused("E00007")
        if name == "authenticateTestRequest":
            return ok()
        if name == "getMerchantDetailsRequest":
            return _merchant(merchant)
        with self._lock:
            if name in REPORTS:
                if not self.reporting_enabled:
                    return refused("E00011")
                return REPORTS[name](request, merchant, self._books, self._clock())
            answer, made = charge(
                request,
                merchant=merchant,
                ledger=self._books,
                tokens=self._tokens,
                mode=self._mode,
                now=self._clock(),
            )
        if made and made.status != books.DECLINED:
            event = HELD if made.status == books.HELD else CHARGED
            self.webhooks.tell(event, made, self._when_told())
        return answer

    def _when_told(self) -> When:
        if not self.late_webhooks:
            return When.AT_ONCE
        return When.MUCH_LATER if self._mode.loses_answers else When.ONCE_ANSWERED

    def _make_token(self, request: dict[str, Any]) -> Json:
        """A request of the card form: a card for a token."""
        merchant = as_text(request["merchantAuthentication"].get("name"))
        key = as_text(request["merchantAuthentication"].get("clientKey"))
        if merchant == REFUSED_LOGIN or key != client_key(merchant):
            text = "User authentication failed due to invalid authentication values."
            return refused("E_WC_21", text)
        try:
            value = self._tokens.make(_typed_card(request["data"]["token"]), merchant)
        except CardFormError as error:
            return refused(error.code, error.text)
        return ok(opaqueData={"dataDescriptor": DATA_DESCRIPTOR, "dataValue": value})


def _merchant(login: str) -> Json:
    return ok(
        isTestMode=False,
        processors=[{"name": "First Data Nashville", "id": 2, "cardTypes": ["V", "M", "A", "D"]}],
        merchantName=f"Merchant {login}",
        gatewayId="565697",
        marketTypes=["Ecommerce"],
        productCodes=["CNP"],
        paymentMethods=["AmericanExpress", "Discover", "MasterCard", "Visa"],
        currencies=["USD"],
        publicClientKey=client_key(login),
    )


def _typed_card(token: dict[str, Any]) -> Card:
    """The card of a form's request; its expiration is `MMYYYY`."""
    expiration = as_text(token.get("expirationDate"))
    match = re.fullmatch(r"(\d{1,2})(\d{4})", expiration, re.ASCII)
    return Card(
        re.sub(r"[\s-]", "", as_text(token["cardNumber"])),
        int(match[2]) if match else 0,
        int(match[1]) if match else 0,
        code=as_text(token.get("cardCode")),
        zip_code=as_text(token.get("zip")),
        last_name=as_text(token.get("fullName")),
    )
