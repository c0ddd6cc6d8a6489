"""Claims: the conditional writes that make one worker the only sender of an alert.

They go through PartiQL, since only BatchExecuteStatement sets 25 conditional updates in one call.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from balance_alerts.domain.contact import Channel
from balance_alerts.store import table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.table import instant_text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import BatchStatementRequestTypeDef

logger = logging.getLogger(__name__)

MOST_CLAIMS_A_CALL = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to send one alert.

    `account` is as it was read, before the claim. `claim_id` names the alert from here on;
    `alert_on` is the local date that counts for the rhythm.
    """

    account: AccountRecord
    claim_id: str
    claimed_at: datetime
    alert_on: date
    channels: tuple[Channel, ...]


def claim(claims: Sequence[Claim]) -> list[Claim]:
    """Set each claim on its account, provided the account is still as it was read.

    Returns those that hold. One whose answer was lost is recognised by its id.
    """
    try:
        answer = table.client().batch_execute_statement(
            Statements=[_statement(wanted) for wanted in claims]
        )
    except (BotoCoreError, ClientError):
        logger.warning("the answer to %d claims was lost; reading what became of them", len(claims))
        stored = _read(claims)
        return [wanted for wanted in claims if _holds(wanted, stored)]
    unsure = [
        wanted
        for wanted, response in zip(claims, answer["Responses"], strict=True)
        if "Error" in response
    ]
    if not unsure:
        return list(claims)
    stored = _read(unsure)
    lost = {wanted.claim_id for wanted in unsure if not _holds(wanted, stored)}
    return [wanted for wanted in claims if wanted.claim_id not in lost]


def release(released: Claim) -> None:
    """Undo a claim after which certainly nothing was sent; the account stays due.

    A claim that is not on the account any more is left as it is.
    """
    key = (released.account.pk, released.account.sk)

    def write() -> None:
        account: AccountRecord | None = table.read([key]).get(key)
        if account is None or account.claim_id != released.claim_id:
            return
        account.last_alert_on = released.account.last_alert_on
        account.claim_id = released.account.claim_id
        account.claimed_at = released.account.claimed_at
        account.claim_channels = released.account.claim_channels
        account.update(account.changes())

    table.retrying(write)


def _statement(wanted: Claim) -> BatchStatementRequestTypeDef:
    account = wanted.account
    return {
        "Statement": (
            f'UPDATE "{AccountRecord.Meta.table_name}"'
            " SET last_alert_on=? SET claim_id=? SET claimed_at=? SET claim_channels=?"
            " SET version=? WHERE pk=? AND sk=? AND version=?"
        ),
        "Parameters": [
            {"S": wanted.alert_on.isoformat()},
            {"S": wanted.claim_id},
            {"S": instant_text(wanted.claimed_at)},
            {"SS": [channel.value for channel in wanted.channels]},
            {"N": str(int(account.version) + 1)},
            {"S": account.pk},
            {"S": account.sk},
            {"N": str(int(account.version))},
        ],
    }


def _read(claims: Sequence[Claim]) -> dict[tuple[str, str], AccountRecord]:
    return table.read((wanted.account.pk, wanted.account.sk) for wanted in claims)


def _holds(wanted: Claim, stored: dict[tuple[str, str], AccountRecord]) -> bool:
    account = stored.get((wanted.account.pk, wanted.account.sk))
    return account is not None and account.claim_id == wanted.claim_id
