"""Practices' connections to their merchant accounts: made, replaced, suspended, given up.

While an attempt to pay is open the connection stays: another merchant account knows nothing of its
charge, and "not found" would look like "not charged". So a change suspends the connection first,
which no new attempt gets past, and looks for open attempts after that. Only where the gateway
refuses the key may another one of the same account come: nothing else can tell what became of an
open attempt.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import replace

from balance_alerts.domain.audit import OPERATOR, Who
from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.practice import GatewayConnection, Practice
from balance_alerts.gateway.authorize_net import (
    AuthorizeNet,
    CredentialsRefusedError,
    GatewayError,
    PermissionMissingError,
)
from balance_alerts.gateway.credential_vault import CredentialVault
from balance_alerts.gateway.reports import MerchantDetails
from balance_alerts.gateway.requests import Credentials
from balance_alerts.store.attempts import Attempts
from balance_alerts.store.audit import AuditRecord, audit_record
from balance_alerts.store.practices import Practices
from balance_alerts.telemetry import failure

logger = logging.getLogger(__name__)

CURRENCY = "USD"
_ID_BYTES = 8


class Connections:
    """The connections of the stack's practices.

    Args:
        merchant: speaks to the gateway with some credentials.
    """

    def __init__(
        self,
        *,
        practices: Practices,
        attempts: Attempts,
        vault: CredentialVault,
        merchant: Callable[[Credentials], AuthorizeNet],
        clock: Clock,
    ) -> None:
        self._practices = practices
        self._attempts = attempts
        self._vault = vault
        self._merchant = merchant
        self._clock = clock
        self._merchants: dict[str, AuthorizeNet] = {}
        self._signature_keys: dict[str, str | None] = {}

    def merchant_of(self, practice: Practice) -> AuthorizeNet:
        """The merchant account of a connected practice, suspended or not.

        Raises:
            ClientError, BotoCoreError: its credentials could not be read.
        """
        connection = _connection_of(practice)
        self._learn(practice.practice_id, connection)
        return self._merchants[connection.connection_id]

    def signature_key_of(self, practice: Practice) -> str | None:
        """What the gateway signs its webhooks to a connected practice with, if it does.

        Raises:
            ClientError, BotoCoreError: the credentials could not be read.
        """
        connection = _connection_of(practice)
        if not connection.has_signature_key:
            return None
        self._learn(practice.practice_id, connection)
        return self._signature_keys[connection.connection_id]

    def connect(
        self, practice_id: str, credentials: Credentials, *, by: Who = OPERATOR
    ) -> Practice:
        """Let patients of a practice pay by card from now on, to this merchant account.

        Raises:
            RuleError: `unknown_practice`; `gateway_credentials_refused`, `gateway_test_mode`,
                `gateway_currency`, `gateway_reporting_off`, `gateway_unreachable`: nothing
                changed; `payment_open` while one is elsewhere; `changed_meanwhile`.
        """
        practice = self._practices.get(practice_id)
        details = self._proven(credentials)
        connection = GatewayConnection(
            connection_id=secrets.token_hex(_ID_BYTES),
            api_login_id=credentials.api_login_id,
            client_key=details.public_client_key,
            has_signature_key=bool(credentials.signature_key),
        )
        before = practice.gateway
        renewed = practice.has_books_of(credentials.api_login_id) and not practice.takes_cards
        if not renewed:
            practice = self._closed(practice)
        self._vault.keep(practice_id, connection.connection_id, credentials)
        note = self._note(practice_id, by, "authorize_net_connected", before, connection)
        practice = self._practices.save_gateway(practice, connection, with_it=[note])
        if before is not None:
            self._forget(practice_id, before)
        return practice

    def disconnect(self, practice_id: str, *, by: Who = OPERATOR) -> Practice:
        """Take no payments online any more. A practice without a connection stays as it is.

        Raises:
            RuleError: `unknown_practice`, `payment_open` while a payment is, `changed_meanwhile`.
        """
        practice = self._practices.get(practice_id)
        before = practice.gateway
        if before is None:
            return practice
        note = self._note(practice_id, by, "authorize_net_disconnected", before, None)
        practice = self._practices.save_gateway(self._closed(practice), None, with_it=[note])
        self._forget(practice_id, before)
        return practice

    def suspend(self, practice: Practice) -> None:
        """Let no payment begin: the gateway refuses the credentials. Never fails.

        Whoever changed the practice meanwhile knew better, so nothing is done then.
        """
        ids = {"practice_id": practice.practice_id}
        logger.error("credentials refused", extra=ids)
        try:
            if practice.takes_cards:
                suspended = replace(_connection_of(practice), suspended_at=self._clock())
                self._save_unless_changed(practice, suspended)
        except Exception as error:
            logger.error("the connection is not suspended", extra={**ids, **failure(error)})

    def check_suspended(self, practice: Practice) -> bool:
        """Let payments begin again if the gateway takes the credentials; whether it does."""
        connection = _connection_of(practice)
        try:
            self.merchant_of(practice).authenticate_test()
        except GatewayError:
            return False
        self._save_unless_changed(practice, replace(connection, suspended_at=None))
        return True

    def _proven(self, credentials: Credentials) -> MerchantDetails:
        """What the gateway says of these credentials, if patients can pay with them."""
        merchant = self._merchant(credentials)
        try:
            merchant.authenticate_test()
            details = merchant.merchant_details()
            merchant.unsettled()
        except CredentialsRefusedError as error:
            raise RuleError(
                "gateway_credentials_refused",
                "Authorize.net does not know this login id and transaction key; copy both from "
                "its Merchant Interface, Account, API Credentials & Keys.",
            ) from error
        except PermissionMissingError as error:
            raise RuleError(
                "gateway_reporting_off",
                "Payments could not be looked up; switch on Transaction Details API in the "
                "Merchant Interface, Account, Settings, then try again.",
            ) from error
        except GatewayError as error:
            raise RuleError(
                "gateway_unreachable", "Authorize.net does not answer properly; try again later."
            ) from error
        if details.test_mode:
            raise RuleError(
                "gateway_test_mode",
                "This account is in test mode and takes no money; switch it to live mode first.",
            )
        if CURRENCY not in details.currencies:
            raise RuleError("gateway_currency", "This account does not take US dollars.")
        return details

    def _closed(self, practice: Practice) -> Practice:
        """The practice with its connection suspended, and no payment open."""
        before = practice.gateway
        if before is not None:
            suspended = replace(before, suspended_at=before.suspended_at or self._clock())
            practice = self._practices.save_gateway(practice, suspended)
        if next(self._attempts.open(practice.practice_id), None) is not None:
            if before is not None:
                self._save_unless_changed(practice, before)
            raise RuleError(
                "payment_open",
                "A payment is still being confirmed; try again when it is settled.",
            )
        return practice

    def _save_unless_changed(self, practice: Practice, connection: GatewayConnection) -> None:
        try:
            self._practices.save_gateway(practice, connection)
        except RuleError as error:
            if error.code != "changed_meanwhile":
                raise
            logger.info("the practice was changed meanwhile", extra={"code": error.code})

    def _learn(self, practice_id: str, connection: GatewayConnection) -> None:
        """Read a connection's credentials; they never change."""
        if connection.connection_id in self._merchants:
            return
        credentials = self._vault.fetch(practice_id, connection.connection_id)
        self._signature_keys[connection.connection_id] = credentials.signature_key
        self._merchants[connection.connection_id] = self._merchant(credentials)

    def _note(
        self,
        practice_id: str,
        by: Who,
        action: str,
        before: GatewayConnection | None,
        after: GatewayConnection | None,
    ) -> AuditRecord:
        return audit_record(
            practice_id,
            by,
            self._clock(),
            action=action,
            subject="practice",
            before=_told(before),
            after=_told(after),
        )

    def _forget(self, practice_id: str, connection: GatewayConnection) -> None:
        """Give up a connection's secret; a secret that stays costs little and opens nothing new."""
        try:
            self._vault.forget(practice_id, connection.connection_id)
        except Exception as error:
            logger.warning(
                "the secret of a former connection could not be deleted",
                extra={"practice_id": practice_id, **failure(error)},
            )


def _told(connection: GatewayConnection | None) -> dict[str, object]:
    """A connection as the audit trail tells it: which one, none of its secrets."""
    if connection is None:
        return {}
    return {
        "connection_id": connection.connection_id,
        "api_login_id": connection.api_login_id,
        "has_signature_key": connection.has_signature_key,
    }


def _connection_of(practice: Practice) -> GatewayConnection:
    if practice.gateway is None:
        raise ValueError("the practice has no merchant account")
    return practice.gateway
