"""Setting the clock back, which never happens to a deployed stack.

A scan takes accounts whose window is over out of the due index, since time alone does not bring
them back. On a clock that was set back it does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from balance_alerts.store.account_record import AccountRecord
    from balance_alerts.store.accounts import Accounts


def forget_closed_windows(dynamodb: DynamoDBClient, table_name: str, accounts: Accounts) -> None:
    """Let the next scan look again at every account whose window was seen closed."""
    pages = dynamodb.get_paginator("scan").paginate(
        TableName=table_name,
        FilterExpression="attribute_exists(window_seen_closed)",
        ProjectionExpression="practice_id, patient_id",
        ConsistentRead=True,
    )
    for page in pages:
        for item in page["Items"]:
            accounts.change(item["practice_id"]["S"], item["patient_id"]["S"], _forget)


def _forget(account: AccountRecord) -> None:
    account.window_seen_closed = None
