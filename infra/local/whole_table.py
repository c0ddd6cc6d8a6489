"""What reads the whole table, as nothing deployed ever does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import WriteRequestTypeDef

    from balance_alerts.store.account_record import AccountRecord
    from balance_alerts.store.accounts import Accounts


def practice_ids(dynamodb: DynamoDBClient, table: str) -> list[str]:
    """The id of every practice, those that do not send included."""
    items = _items(dynamodb, table, names="practice_id", only="sk = :sk", sk={"S": "PRACTICE"})
    return [item["practice_id"]["S"] for item in items]


def empty_table(dynamodb: DynamoDBClient, table: str) -> None:
    """Delete every item."""
    keys = list(_items(dynamodb, table, names="pk, sk"))
    for start in range(0, len(keys), 25):
        some: list[WriteRequestTypeDef] = [
            {"DeleteRequest": {"Key": key}} for key in keys[start : start + 25]
        ]
        dynamodb.batch_write_item(RequestItems={table: some})


def forget_closed_windows(dynamodb: DynamoDBClient, table: str, accounts: Accounts) -> None:
    """Let the next scan look again at every account whose window was seen closed.

    For a clock that was set back, which never happens to a deployed stack: time alone does not
    bring back what a scan took out of the due index.
    """
    closed = "attribute_exists(window_seen_closed)"
    for item in _items(dynamodb, table, names="practice_id, patient_id", only=closed):
        accounts.change(item["practice_id"]["S"], item["patient_id"]["S"], _forget)


def _forget(account: AccountRecord) -> None:
    account.window_seen_closed = None


def _items(
    dynamodb: DynamoDBClient, table: str, *, names: str, only: str | None = None, **values: Any
) -> Iterator[dict[str, Any]]:
    request: dict[str, Any] = {"TableName": table, "ProjectionExpression": names}
    if only:
        request["FilterExpression"] = only
    if values:
        request["ExpressionAttributeValues"] = {f":{name}": v for name, v in values.items()}
    for page in dynamodb.get_paginator("scan").paginate(**request, ConsistentRead=True):
        yield from page["Items"]
