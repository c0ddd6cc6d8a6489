"""Staff of the local stack: accounts in its user pool, and tokens without a browser."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from balance_alerts.domain.permissions import Level

PASSWORD = "Practice-Today-1"
"""Of every local account: they are made up, and gone when the stack stops."""


_SAMPLE = {
    Level.FRONT_DESK: "Freya Lindqvist",
    Level.CLINICAL_STAFF: "Camila Duarte",
    Level.THERAPY_DIRECTOR: "Thabo Nkosi",
    Level.PRACTICE_ADMINISTRATOR: "Priya Raman",
    Level.BUSINESS_OWNER: "Bao Nguyen",
}

SignIn = tuple[str, str, str, str]
"""Practice, level, name and email of somebody who can sign in."""

Remember = Callable[[str, str, str, str, str], None]
"""Puts an account on the practice's list: practice, `sub`, level, name, email."""


class LocalStaff:
    """The user pool of a running stack; who is added is on their practice's list, too."""

    def __init__(
        self,
        cognito: Any,
        *,
        user_pool_id: str,
        client_id: str,
        remember: Remember,
    ) -> None:
        self._cognito = cognito
        self._remember = remember
        self._user_pool_id = user_pool_id
        self._client_id = client_id

    def add(self, *, practice_id: str, level: str, name: str, email: str) -> None:
        """Add an account that can sign in at once; one that is there is left as it is."""
        with suppress(self._cognito.exceptions.UsernameExistsException):
            answer = self._cognito.admin_create_user(
                UserPoolId=self._user_pool_id,
                Username=email,
                MessageAction="SUPPRESS",
                UserAttributes=[
                    {"Name": "email", "Value": email},
                    {"Name": "email_verified", "Value": "true"},
                    {"Name": "name", "Value": name},
                    {"Name": "custom:practice_id", "Value": practice_id},
                ],
            )
            self._cognito.admin_set_user_password(
                UserPoolId=self._user_pool_id, Username=email, Password=PASSWORD, Permanent=True
            )
            self._cognito.admin_add_user_to_group(
                UserPoolId=self._user_pool_id, Username=email, GroupName=level
            )
            told = {each["Name"]: each["Value"] for each in answer["User"]["Attributes"]}
            self._remember(practice_id, told["sub"], level, name, email)

    def add_sample(self, practice_id: str) -> list[SignIn]:
        """Add somebody of each level who can sign in in a browser."""
        sign_ins = [
            (practice_id, level.value, name, f"{level.replace('_', '.')}@{practice_id}.example")
            for level, name in _SAMPLE.items()
        ]
        for _, level, name, email in sign_ins:
            self.add(practice_id=practice_id, level=level, name=name, email=email)
        return sign_ins

    def token(self, *, practice_id: str, level: str, name: str) -> str:
        """The ID token of a new account."""
        email = f"{secrets.token_hex(8)}@staff.example"
        self.add(practice_id=practice_id, level=level, name=name, email=email)
        answer = self._cognito.admin_initiate_auth(
            UserPoolId=self._user_pool_id,
            ClientId=self._client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": PASSWORD},
        )
        token: str = answer["AuthenticationResult"]["IdToken"]
        return token
