"""How a local stack takes cards: at the stand-in gateway, for practices connected to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from infra.local.deploy import STACK_NAME
from infra.local.gateway.gateway import Gateway
from infra.local.gateway.webhooks import signature_key

if TYPE_CHECKING:
    from balance_alerts.domain.practice import Practice
    from balance_alerts.wiring import Wiring

_LONGEST_LOGIN = 20
_TRANSACTION_KEY = "LocalStackKey123"


class CardPayments:
    """The gateway of one stack, and the practices that have a merchant account at it."""

    def __init__(self, gateway: Gateway, *, public_url: str) -> None:
        self._gateway = gateway
        self._public_url = public_url

    def environment(self) -> dict[str, str]:
        """Variables that lead the application to the stand-in instead of the real gateway."""
        script = urlsplit(self._gateway.script_url)
        return {
            "GATEWAY_URL": self._gateway.api_url,
            "GATEWAY_SECRETS": f"{STACK_NAME}/authorize-net/",
            "CARD_FORM_SCRIPT_URL": self._gateway.script_url,
            "CARD_FORM_ORIGINS": f"{script.scheme}://{script.netloc}",
        }

    def connect(self, wiring: Wiring, practice_id: str) -> Practice:
        """Give a practice a merchant account, as its director would; its webhooks are set up too.

        Raises:
            RuleError: what `Connections.connect` raises.
        """
        from balance_alerts.gateway.requests import Credentials

        login = re.sub(r"[^A-Za-z0-9]", "", practice_id)[:_LONGEST_LOGIN]
        key = signature_key(login)
        practice = wiring.connections.connect(
            practice_id, Credentials(login, _TRANSACTION_KEY, key)
        )
        self.tell_of_payments(practice_id, login, key)
        return practice

    def tell_of_payments(self, practice_id: str, login: str, key: str) -> None:
        """Let webhooks be sent, as a practice sets up by hand on the real gateway's own pages."""
        address = f"{self._public_url}/webhooks/authorize-net/{practice_id}"
        self._gateway.webhooks.subscribe(login, address, key)
