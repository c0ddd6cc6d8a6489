"""What happened on an account since some instant, of several kinds together.

An account's items lie in one partition in the order of their kinds: alerts, attempts, entries. So
one query has what a report needs of an account. What was written a moment ago may be missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from balance_alerts.domain.attempt import Attempt
from balance_alerts.domain.ledger import EntryKind, LedgerEntry
from balance_alerts.store import keys, table
from balance_alerts.store.alerts import Alert, AlertRecord
from balance_alerts.store.attempt_records import AttemptRecord
from balance_alerts.store.entries import ENTRIES, EntryRecord
from balance_alerts.store.table import Record

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef

R = TypeVar("R", bound=Record)


class AlertsAndPayments(NamedTuple):
    """Alerts, oldest first, and the payments of the ledger."""

    alerts: list[Alert]
    payments: list[LedgerEntry]


class AttemptsAndPayments(NamedTuple):
    """Attempts to pay by card, and the payments of the ledger."""

    attempts: list[Attempt]
    payments: list[LedgerEntry]


def alerts_and_payments(practice_id: str, patient_id: str, since: datetime) -> AlertsAndPayments:
    """Those of one account that were claimed, and recorded, at `since` or later."""
    begin = keys.alert(practice_id, patient_id, since, "")
    alerts, payments = _found(begin, AlertRecord, AlertRecord.claimed_at.attr_name, since)
    return AlertsAndPayments(
        [record.to_domain(practice_id, patient_id) for record in alerts], payments
    )


def attempts_and_payments(
    practice_id: str, patient_id: str, since: datetime
) -> AttemptsAndPayments:
    """Those of one account that were begun, and recorded, at `since` or later."""
    begin = keys.attempt(practice_id, patient_id, "")
    attempts, payments = _found(begin, AttemptRecord, AttemptRecord.begun_at.attr_name, since)
    return AttemptsAndPayments([record.to_domain() for record in attempts], payments)


def _found(
    begin: keys.Key, kind: type[R], happened: str, since: datetime
) -> tuple[list[R], list[LedgerEntry]]:
    """The items of a kind, and the payments, of the account in whose partition `begin` lies."""
    others: list[R] = []
    payments: list[LedgerEntry] = []
    for item in _items(begin, kind, happened, since):
        record = Record.from_raw_data(item)
        if isinstance(record, kind):
            others.append(record)
        elif isinstance(record, EntryRecord):
            payments.append(record.to_domain())
    return others, payments


def _items(
    begin: keys.Key, kind: type[Record], happened: str, since: datetime
) -> Iterator[dict[str, Any]]:
    pk, first = begin
    request: QueryInputTypeDef = {
        "TableName": Record.Meta.table_name,
        "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
        "FilterExpression": "(#record = :wanted AND #happened >= :since) OR "
        "(#record = :entry AND #kind = :payment AND #recorded_at >= :since)",
        "ExpressionAttributeNames": {
            "#record": Record.record.attr_name,
            "#happened": happened,
            "#kind": EntryRecord.kind.attr_name,
            "#recorded_at": EntryRecord.recorded_at.attr_name,
        },
        "ExpressionAttributeValues": {
            ":pk": {"S": pk},
            ":first": {"S": first},
            ":last": {"S": f"{ENTRIES}~"},
            ":since": {"S": table.instant_text(since)},
            ":wanted": _discriminator(kind),
            ":entry": _discriminator(EntryRecord),
            ":payment": {"S": EntryKind.PAYMENT.value},
        },
    }
    while True:
        page = table.client().query(**request)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _discriminator(kind: type[Record]) -> dict[str, str]:
    """What the items of a kind say that they are."""
    return {"S": str(Record.record.serialize(kind))}  # type: ignore[no-untyped-call]
