"""Where the credentials of merchant accounts are kept: AWS Secrets Manager."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from balance_alerts.gateway.requests import Credentials

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_secretsmanager.type_defs import CreateSecretRequestTypeDef

RECOVERY_DAYS = 7
"""As long as a secret that was given up can be brought back by hand."""


class CredentialVault:
    """One secret a connection, written once: what was read of it is true for good.

    Args:
        client: the Secrets Manager.
        prefix: what the secrets' names begin with; what a function may read is granted by it.
        key_id: the key they are encrypted with, None for the account's own.
    """

    def __init__(
        self, client: SecretsManagerClient, prefix: str, *, key_id: str | None = None
    ) -> None:
        self._client = client
        self._prefix = prefix
        self._key_id = key_id

    def keep(self, practice_id: str, connection_id: str, credentials: Credentials) -> None:
        """Keep the credentials of a new connection."""
        content = {
            "api_login_id": credentials.api_login_id,
            "transaction_key": credentials.transaction_key,
            "signature_key": credentials.signature_key,
        }
        request: CreateSecretRequestTypeDef = {
            "Name": self._name(practice_id, connection_id),
            "Description": "Authorize.net credentials of one practice",
            "SecretString": json.dumps(content),
        }
        if self._key_id is not None:
            request["KmsKeyId"] = self._key_id
        self._client.create_secret(**request)

    def fetch(self, practice_id: str, connection_id: str) -> Credentials:
        """The credentials of a connection."""
        answer = self._client.get_secret_value(SecretId=self._name(practice_id, connection_id))
        content = json.loads(answer["SecretString"])
        return Credentials(
            content["api_login_id"], content["transaction_key"], content["signature_key"]
        )

    def forget(self, practice_id: str, connection_id: str) -> None:
        """Give up the credentials of a connection that nothing uses any more."""
        self._client.delete_secret(
            SecretId=self._name(practice_id, connection_id), RecoveryWindowInDays=RECOVERY_DAYS
        )

    def _name(self, practice_id: str, connection_id: str) -> str:
        return f"{self._prefix}{practice_id}/{connection_id}"
