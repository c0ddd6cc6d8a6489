"""The parts that take card payments."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, cast

from botocore.config import Config

from balance_alerts.wiring.common import CommonParts

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from balance_alerts.gateway.authorize_net import AuthorizeNet
    from balance_alerts.gateway.requests import Credentials
    from balance_alerts.payments.connections import Connections
    from balance_alerts.payments.pay import Checkout
    from balance_alerts.payments.receipts import Receipts
    from balance_alerts.store.attempts import Attempts


_ANSWERS_AT_ONCE = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 1})
"""For what is done later anyway if it cannot be done now."""


class PaymentParts(CommonParts):
    """Checkout, and the practices' merchant accounts."""

    @cached_property
    def attempts(self) -> Attempts:
        """The attempts to pay."""
        from balance_alerts.store.attempts import Attempts

        return Attempts()

    @cached_property
    def checkout(self) -> Checkout:
        """Where patients pay."""
        from balance_alerts.payments.pay import Checkout

        return Checkout(
            attempts=self.attempts,
            accounts=self.accounts,
            connections=self.connections,
            want_receipt=self.receipts.want,
            clock=self.now,
        )

    @cached_property
    def receipts(self) -> Receipts:
        """What asks for receipts, by a queue that nobody has to wait for."""
        from balance_alerts.payments.receipts import Receipts
        from balance_alerts.queues.alert_queue import AlertQueue

        client = self.session.create_client("sqs", config=_ANSWERS_AT_ONCE)
        return Receipts(AlertQueue(cast("SQSClient", client), os.environ["ALERT_QUEUE_URL"]))

    @cached_property
    def connections(self) -> Connections:
        """The merchant accounts of practices."""
        from balance_alerts.gateway.credential_vault import CredentialVault
        from balance_alerts.payments.connections import Connections

        vault = CredentialVault(
            self.client("secretsmanager"),
            os.environ["GATEWAY_SECRETS"],
            key_id=os.environ.get("GATEWAY_SECRETS_KEY"),
        )
        return Connections(
            practices=self.practices,
            attempts=self.attempts,
            vault=vault,
            merchant=self._merchant,
            clock=self.now,
        )

    def _merchant(self, credentials: Credentials) -> AuthorizeNet:
        from balance_alerts.gateway.authorize_net import AuthorizeNet
        from balance_alerts.gateway.transport import Transport

        return AuthorizeNet(credentials, Transport(os.environ["GATEWAY_URL"]))
