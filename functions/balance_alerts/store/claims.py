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
from pynamodb.exceptions import TransactWriteError

from balance_alerts.domain.contact import Channel
from balance_alerts.store import keys, races, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.attributes import instant_text
from balance_alerts.store.sent_now import alert_of, is_free, sent_now_record
from balance_alerts.store.table import Record
from balance_alerts.telemetry import failure

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import BatchStatementRequestTypeDef
    from pynamodb.expressions.update import Action

logger = logging.getLogger(__name__)

_LOST_RACES = frozenset({"ConditionalCheckFailed", "TransactionConflict"})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Claim:
    """The right to send one alert.

    `account` is as it was read, before the claim. `claim_id` names the alert from here on;
    `alert_on` is the local date that counts for the rhythm. `click` is where it is written down
    which alert a click of staff has become, for what they send themselves.
    """

    account: AccountRecord
    claim_id: str
    claimed_at: datetime
    alert_on: date
    channels: tuple[Channel, ...]
    click: keys.Key | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """What came of claiming: the claims that hold, and why some could not even be tried.

    A claim in neither lost a race, and its account is somebody else's business; `lost` counts them.
    `trouble` are the table's error codes for the rest, whose accounts stay due.
    """

    held: list[Claim]
    trouble: list[str]
    lost: int = 0


class Claims:
    """Sets and releases claims."""

    def claim(self, wanted: Sequence[Claim]) -> Claimed:
        """Set each claim on its account, provided the account is still as it was read.

        Whatever the answer says, one that is on its account holds: its id tells. So a claim whose
        answer was lost is neither lost nor sent twice.
        """
        try:
            answer = table.client().batch_execute_statement(
                Statements=[_statement(claim) for claim in wanted]
            )
        except (BotoCoreError, ClientError) as error:
            return _read_back(wanted, held=[], trouble=[_code(error)] * len(wanted))
        codes = [response.get("Error", {}).get("Code") for response in answer["Responses"]]
        unsure = [claim for claim, code in zip(wanted, codes, strict=True) if code is not None]
        held = [claim for claim, code in zip(wanted, codes, strict=True) if code is None]
        return _read_back(unsure, held=held, trouble=[code for code in codes if code is not None])

    def claim_by_click(self, wanted: Claim, note: Record) -> None:
        """Set one claim together with the click it comes from, each once; `note` goes along.

        Where the answer is lost, what is written down of the click tells.

        Raises:
            TransactWriteError: not claimed; for `races.retrying`, where another write came first.
        """
        assert wanted.click is not None
        click = sent_now_record(wanted.click, wanted.claim_id, wanted.claimed_at)
        changes: list[Action] = [
            AccountRecord.last_alert_on.set(wanted.alert_on),
            AccountRecord.sent_now_on.set(wanted.alert_on),
            AccountRecord.claim_id.set(wanted.claim_id),
            AccountRecord.claimed_at.set(wanted.claimed_at),
            AccountRecord.claim_channels.set({channel.value for channel in wanted.channels}),
        ]
        try:
            with table.transaction() as transaction:
                transaction.update(wanted.account, changes)
                transaction.save(click, condition=is_free(wanted.claimed_at))
                transaction.save(note)
        except TransactWriteError:
            if alert_of(wanted.click, wanted.claimed_at) != wanted.claim_id:
                raise

    def release(self, released: Claim) -> None:
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
            if released.click is None:
                account.update(account.changes())
                return
            account.sent_now_on = released.account.sent_now_on
            click = sent_now_record(released.click, released.claim_id, released.claimed_at)
            click.given_back = True
            table.update_with(account, [click])

        races.retrying(write)


def _read_back(unsure: Sequence[Claim], *, held: list[Claim], trouble: list[str]) -> Claimed:
    """Add those of the unsure claims that turn out to be on their accounts."""
    if not unsure:
        return Claimed(held, [])
    try:
        stored = table.read((claim.account.pk, claim.account.sk) for claim in unsure)
    except (BotoCoreError, ClientError, table.Throttled) as error:
        # Not sending what may hold costs at most a reminder; the history shows it as unknown.
        logger.error("claims could not be read back", extra=failure(error))
        return Claimed(held, trouble)
    found = [claim for claim in unsure if _holds(claim, stored)]
    others = [code for claim, code in zip(unsure, trouble, strict=True) if claim not in found]
    broken = [code for code in others if code not in _LOST_RACES]
    return Claimed(held + found, broken, lost=len(others) - len(broken))


def _code(error: BotoCoreError | ClientError) -> str:
    if isinstance(error, ClientError):
        return error.response.get("Error", {}).get("Code", "Unknown")
    return type(error).__name__


_CLAIM = (
    "SET last_alert_on=? SET claim_id=? SET claimed_at=? SET claim_channels=? SET version=?"
    " WHERE pk=? AND sk=? AND version=?"
)


def _statement(wanted: Claim) -> BatchStatementRequestTypeDef:
    account = wanted.account
    return {
        # The table's name is the deployment's; whatever comes from outside is a parameter.
        "Statement": f'UPDATE "{AccountRecord.Meta.table_name}" {_CLAIM}',
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


def _holds(wanted: Claim, stored: dict[tuple[str, str], AccountRecord]) -> bool:
    account = stored.get((wanted.account.pk, wanted.account.sk))
    return account is not None and account.claim_id == wanted.claim_id
