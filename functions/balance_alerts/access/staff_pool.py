"""The user pool that staff sign in with: Amazon Cognito."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.permissions import Level

_PRACTICE = "custom:practice_id"


class StaffPool:
    """The accounts of everybody's staff. A person is named by their `sub`, which never changes."""

    def __init__(self, client: Any, user_pool_id: str) -> None:
        self._client = client
        self._pool = user_pool_id

    def add(self, *, practice_id: str, name: str, email: str) -> str:
        """Add somebody without any rights yet, and invite nobody yet; returns their `sub`.

        Somebody whom an earlier try added to this practice is returned as well.

        Raises:
            RuleError: `staff_exists`, where the address is taken by another practice.
        """
        attributes = {
            "email": email,
            "email_verified": "true",
            "name": name,
            _PRACTICE: practice_id,
        }
        try:
            answer = self._client.admin_create_user(
                UserPoolId=self._pool,
                Username=email,
                MessageAction="SUPPRESS",
                UserAttributes=[
                    {"Name": name, "Value": value} for name, value in attributes.items()
                ],
            )
            told = _told(answer["User"]["Attributes"])
        except self._client.exceptions.UsernameExistsException:
            told = self._told(email)
        if told.get(_PRACTICE) != practice_id:
            raise address_taken()
        return told["sub"]

    def invite(self, email: str) -> None:
        """Email somebody how to sign in; once they have, nothing is sent any more."""
        with suppress(self._client.exceptions.UnsupportedUserStateException):
            self._client.admin_create_user(
                UserPoolId=self._pool, Username=email, MessageAction="RESEND"
            )

    def rename(self, staff_id: str, *, name: str, email: str) -> None:
        """Change what somebody is called and where they are written to.

        Raises:
            RuleError: `staff_exists`, where somebody else has the address.
        """
        try:
            self._client.admin_update_user_attributes(
                UserPoolId=self._pool,
                Username=staff_id,
                UserAttributes=[
                    {"Name": "name", "Value": name},
                    {"Name": "email", "Value": email},
                    {"Name": "email_verified", "Value": "true"},
                ],
            )
        except self._client.exceptions.AliasExistsException as error:
            raise address_taken() from error

    def set_level(self, staff_id: str, level: Level) -> None:
        """Give somebody the rights of one level, and of no other.

        They are signed out where they had other rights: tokens tell the level of an hour ago at
        most.
        """
        answer = self._client.admin_list_groups_for_user(UserPoolId=self._pool, Username=staff_id)
        groups = {group["GroupName"] for group in answer["Groups"]}
        for group in sorted(groups - {level.value}):
            self._client.admin_remove_user_from_group(
                UserPoolId=self._pool, Username=staff_id, GroupName=group
            )
        if level.value not in groups:
            self._client.admin_add_user_to_group(
                UserPoolId=self._pool, Username=staff_id, GroupName=level.value
            )
        if groups - {level.value}:
            self._sign_out(staff_id)

    def set_enabled(self, staff_id: str, enabled: bool) -> None:
        """Let somebody sign in, or no more."""
        if enabled:
            self._client.admin_enable_user(UserPoolId=self._pool, Username=staff_id)
        else:
            self._client.admin_disable_user(UserPoolId=self._pool, Username=staff_id)
            self._sign_out(staff_id)

    def remove(self, staff_id: str) -> None:
        """Delete an account; where there is none, nothing happens."""
        with suppress(self._client.exceptions.UserNotFoundException):
            self._sign_out(staff_id)
            self._client.admin_delete_user(UserPoolId=self._pool, Username=staff_id)

    def is_taken(self, email: str) -> bool:
        """Whether somebody has an account by this address."""
        try:
            self._told(email)
        except self._client.exceptions.UserNotFoundException:
            return False
        return True

    def _told(self, username: str) -> dict[str, str]:
        answer = self._client.admin_get_user(UserPoolId=self._pool, Username=username)
        return _told(answer["UserAttributes"])

    def _sign_out(self, staff_id: str) -> None:
        self._client.admin_user_global_sign_out(UserPoolId=self._pool, Username=staff_id)


def _told(attributes: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {each["Name"]: each.get("Value", "") for each in attributes}


def address_taken() -> RuleError:
    """The refusal of an address that has an account."""
    return RuleError("staff_exists", "There is an account with this email; use another address.")
