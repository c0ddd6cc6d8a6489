"""Card payments: whether the gateway takes each practice's credentials and answers look-ups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from balance_alerts.domain.practice import GatewayConnection, Practice
from balance_alerts.gateway.authorize_net import (
    CredentialsRefusedError,
    GatewayError,
    PermissionMissingError,
)
from infra.operator.checks.finding import Finding, attention, broken, ok
from infra.operator.complaints import in_one_line

if TYPE_CHECKING:
    from balance_alerts.payments.connections import Connections
    from infra.operator.stack import Stack

_SANDBOX = "https://apitest.authorize.net/"
_CONNECT = "have its director connect it again in the console, under Settings, Card payments"


def environment(stack: Stack) -> Iterator[Finding]:
    """Whether payments move money."""
    if stack.variables_of("PortalFunctionName")["GATEWAY_URL"].startswith(_SANDBOX):
        yield attention(
            "card payments go to the sandbox and take no money",
            "deploy with GatewayEnvironment=production before patients pay",
        )
    else:
        yield ok("card payments do not go to the sandbox")


def connected(stack: Stack) -> Iterator[Finding]:
    """Whether each connected practice's merchant account can be used."""
    ids = list(stack.wiring.connected_practices.all())
    for record in stack.wiring.practices.several(ids):
        practice = record.to_domain()
        if practice.gateway is not None:
            yield usable(practice, practice.gateway, stack.connections)
    if not ids:
        yield ok("no practice takes cards; patients are asked to call")


def usable(practice: Practice, connection: GatewayConnection, connections: Connections) -> Finding:
    """What the gateway says to a practice's credentials; nothing is charged or changed."""
    practice_id = practice.practice_id
    try:
        merchant = connections.merchant_of(practice)
        merchant.authenticate_test()
        test_mode = merchant.merchant_details().test_mode
        merchant.unsettled()
    except CredentialsRefusedError:
        return broken(f"{practice_id}: Authorize.net refuses the credentials", _CONNECT)
    except PermissionMissingError:
        return broken(
            f"{practice_id}: payments cannot be looked up",
            "switch on Transaction Details API in its Merchant Interface, Account, Settings",
        )
    except GatewayError as error:
        return broken(
            f"{practice_id}: Authorize.net does not answer properly ({error.code})",
            "try again later; look at status.authorize.net",
        )
    except (ClientError, BotoCoreError) as error:
        return broken(
            f"{practice_id}: its credentials could not be read: {in_one_line(error)}", _CONNECT
        )
    return _state(practice_id, connection, test_mode=test_mode)


def _state(practice_id: str, connection: GatewayConnection, *, test_mode: bool) -> Finding:
    if test_mode:
        return broken(
            f"{practice_id}: the merchant account is in test mode and takes no money",
            "switch it to live mode in its Merchant Interface",
        )
    if connection.suspended_at is not None:
        return attention(
            f"{practice_id}: suspended since {connection.suspended_at:%Y-%m-%d %H:%M} UTC, though "
            "the credentials are good",
            "nothing: it is tried again within the hour",
        )
    if not connection.has_signature_key:
        return attention(
            f"{practice_id}: takes cards, and webhooks are off for want of a signature key",
            f"{_CONNECT}, with its signature key; without, news come by the next look-up",
        )
    return ok(f"{practice_id}: takes cards, and payments can be looked up")
