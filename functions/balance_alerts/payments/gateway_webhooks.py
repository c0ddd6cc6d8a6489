"""Webhooks of the gateway: each is a hint to look one transaction up, if it is genuine at all."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.ids import ID
from balance_alerts.domain.practice import Practice
from balance_alerts.gateway.answers import GarbledAnswerError
from balance_alerts.gateway.authorize_net import CredentialsRefusedError
from balance_alerts.gateway.webhook_signature import is_genuine, read_notification
from balance_alerts.payments.connections import Connections
from balance_alerts.payments.gateway_books import GatewayBooks
from balance_alerts.payments.gateway_news import GatewayNews
from balance_alerts.payments.taking_in import Taken
from balance_alerts.store.practices import Practices

logger = logging.getLogger(__name__)

SECONDS_FOR_A_CALL = 24.0
"""As long as one call to the gateway may take; none is begun with less time left."""

_TRANS_ID = re.compile(r"[1-9]\d{0,19}", re.ASCII)


class Reception(StrEnum):
    """What a webhook turned out to be.

    TAKEN: looked up and taken in. NOTHING: genuine, and about no transaction. NOT_GENUINE: whoever
    sent it, nothing was done. GARBLED: genuine, and not what the gateway sends.
    """

    TAKEN = "taken"
    NOTHING = "nothing"
    NOT_GENUINE = "not_genuine"
    GARBLED = "garbled"


@dataclass(frozen=True, slots=True)
class Received:
    """A webhook, and what came into ledgers by it."""

    reception: Reception
    taken: Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayWebhooks:
    """Where webhooks arrive. Twice, forged, late or in any order, they do no harm."""

    practices: Practices
    connections: Connections
    news: GatewayNews
    clock: Clock

    def receive(
        self,
        practice_id: str,
        body: bytes,
        signature: str | None,
        seconds_left: Callable[[], float],
    ) -> Received:
        """Take a webhook in: `body` is the very bytes that came, `signature` what came with them.

        Raises:
            GatewayError, OutOfTime, Contention: it is to be sent again.
        """
        practice = self._practice(practice_id)
        key = None if practice is None else self.connections.signature_key_of(practice)
        # Compared in any case: what is not there answers as late as what is wrong.
        genuine = is_genuine(body=body, signature=signature, signature_key=key or "no key")
        if practice is None or not key or not genuine:
            return Received(Reception.NOT_GENUINE, Taken())
        try:
            told = read_notification(body)
        except GarbledAnswerError:
            return Received(Reception.GARBLED, Taken())
        if told is None or not _TRANS_ID.fullmatch(told.trans_id):
            return Received(Reception.NOTHING, Taken())
        taken = self._look_up(practice, told.trans_id, seconds_left)
        logger.info(
            "webhook about transaction %s",
            told.trans_id,
            extra={"practice_id": practice_id, "trans_id": told.trans_id},
        )
        return Received(Reception.TAKEN, taken)

    def _practice(self, practice_id: str) -> Practice | None:
        """The practice, if there is one of this id and it is connected."""
        if not ID.fullmatch(practice_id):
            return None
        try:
            practice = self.practices.get(practice_id)
        except RuleError:
            return None
        return practice if practice.gateway is not None else None

    def _look_up(
        self, practice: Practice, trans_id: str, seconds_left: Callable[[], float]
    ) -> Taken:
        books = GatewayBooks(
            self.connections.merchant_of(practice),
            self.clock,
            lambda: seconds_left() >= SECONDS_FOR_A_CALL,
        )
        try:
            return self.news.take_in(practice, trans_id, books.transaction)
        except CredentialsRefusedError:
            self.connections.suspend(practice)
            raise
