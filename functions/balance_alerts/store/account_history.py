"""What happened on an account since some instant, of several kinds together.

An account's items lie in one partition in the order of their kinds: alerts, attempts, consents,
entries. So one query has what a report needs of an account. What was written a moment ago may be
missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from balance_alerts.domain.attempt import Attempt
from balance_alerts.domain.ledger import EntryKind, LedgerEntry
from balance_alerts.store import keys, table
from balance_alerts.store.alerts import Alert, AlertRecord
from balance_alerts.store.attempt_records import AttemptRecord
from balance_alerts.store.attributes import instant_text
from balance_alerts.store.consents import ConsentRecord
from balance_alerts.store.entries import ENTRIES, EntryRecord
from balance_alerts.store.table import Record

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef

_CLAIMED = AlertRecord.claimed_at.attr_name
_BEGUN = AttemptRecord.begun_at.attr_name
_GIVEN = ConsentRecord.given_at.attr_name
_RECORDED = EntryRecord.recorded_at.attr_name


class AlertsAndWhatFollowed(NamedTuple):
    """Alerts, oldest first, the payments of the ledger, and when patients took consent back."""

    alerts: list[Alert]
    payments: list[LedgerEntry]
    withdrawals: list[datetime]


class AttemptsAndPayments(NamedTuple):
    """Attempts to pay by card, and the payments of the ledger."""

    attempts: list[Attempt]
    payments: list[LedgerEntry]


def alerts_and_what_followed(
    practice_id: str, patient_id: str, since: datetime
) -> AlertsAndWhatFollowed:
    """Those of one account that were claimed, recorded and withdrawn at `since` or later."""
    begin = keys.alert(practice_id, patient_id, since, "")
    found = AlertsAndWhatFollowed([], [], [])
    wanted = {AlertRecord: _CLAIMED, ConsentRecord: _GIVEN, EntryRecord: _RECORDED}
    for record in _records(begin, wanted, since):
        if isinstance(record, AlertRecord):
            found.alerts.append(record.to_domain(practice_id, patient_id))
        elif isinstance(record, EntryRecord):
            found.payments.append(record.to_domain())
        elif isinstance(record, ConsentRecord) and record.withdrawn_by_themselves:
            found.withdrawals.append(record.given_at)
    return found


def attempts_and_payments(
    practice_id: str, patient_id: str, since: datetime
) -> AttemptsAndPayments:
    """Those of one account that were begun, and recorded, at `since` or later."""
    begin = keys.attempt(practice_id, patient_id, "")
    found = AttemptsAndPayments([], [])
    for record in _records(begin, {AttemptRecord: _BEGUN, EntryRecord: _RECORDED}, since):
        if isinstance(record, AttemptRecord):
            found.attempts.append(record.to_domain())
        elif isinstance(record, EntryRecord):
            found.payments.append(record.to_domain())
    return found


def _records(
    begin: keys.Key, wanted: Mapping[type[Record], str], since: datetime
) -> Iterator[Record]:
    """Items from `begin` through the entries, which lie last; of those, payments only.

    Of these kinds, each with the attribute that tells when it happened.
    """
    pk, first = begin
    kinds = dict(enumerate(wanted))
    asked = " OR ".join(f"(#record = :kind{n} AND #happened{n} >= :since)" for n in kinds)
    request: QueryInputTypeDef = {
        "TableName": Record.Meta.table_name,
        "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
        "FilterExpression": f"({asked}) AND (#record <> :entry OR #kind = :payment)",
        "ExpressionAttributeNames": {
            "#record": Record.record.attr_name,
            "#kind": EntryRecord.kind.attr_name,
            **{f"#happened{n}": wanted[kind] for n, kind in kinds.items()},
        },
        "ExpressionAttributeValues": {
            ":pk": {"S": pk},
            ":first": {"S": first},
            ":last": {"S": f"{ENTRIES}~"},
            ":since": {"S": instant_text(since)},
            ":entry": _discriminator(EntryRecord),
            ":payment": {"S": EntryKind.PAYMENT.value},
            **{f":kind{n}": _discriminator(kind) for n, kind in kinds.items()},
        },
    }
    while True:
        page = table.client().query(**request)
        yield from map(Record.from_raw_data, page["Items"])
        if "LastEvaluatedKey" not in page:
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _discriminator(kind: type[Record]) -> dict[str, str]:
    """What the items of a kind say that they are."""
    return {"S": str(Record.record.serialize(kind))}  # type: ignore[no-untyped-call]
