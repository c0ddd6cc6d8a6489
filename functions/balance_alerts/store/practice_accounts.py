"""Every account of a practice, as `decide` sees it: no names and no contacts are read.

Most accounts are in no index of those that may be due, so they are found by the patients' names,
which lie together, and read a hundred at a time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, cast

from balance_alerts.domain.account import Account
from balance_alerts.store import keys, table
from balance_alerts.store.due_accounts import account_of
from balance_alerts.store.patient_names import NameOrder, begins

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import KeysAndAttributesTypeDef, QueryInputTypeDef

READERS = 4
_CHUNKS_AHEAD = 20
_NAMES_A_PAGE = 2_000
_TRIES = 8
_ATTRIBUTES = (
    "practice_id",
    "patient_id",
    "time_zone",
    "text_subscribed",
    "email_subscribed",
    "mobile_state",
    "email_state",
    "balance_cents",
    "window_opened_at",
    "newest_responsibility_at",
    "holds",
    "open_attempt",
    "last_alert_on",
    "version",
)


def patient_ids_of(practice_id: str, *, most: int | None = None) -> list[str]:
    """The ids of the patients of a practice, no more than `most` if that is given."""
    request: QueryInputTypeDef = {
        "TableName": table.Record.Meta.table_name,
        "KeyConditionExpression": "pk = :names AND begins_with(sk, :order)",
        "ExpressionAttributeValues": {
            ":names": {"S": keys.patient_names(practice_id)},
            ":order": {"S": begins(NameOrder.LAST, "")},
        },
        "ProjectionExpression": "patient_id",
        "Limit": _NAMES_A_PAGE,
    }
    found: list[str] = []
    while True:
        page = table.client().query(**request)
        found += [item["patient_id"]["S"] for item in page["Items"]]
        if most is not None and len(found) >= most:
            return found[:most]
        if "LastEvaluatedKey" not in page:
            return found
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def accounts_of(practice_id: str, patient_ids: Sequence[str]) -> Iterator[Account]:
    """These accounts; raises what `items_of` raises."""
    return map(account_of, items_of(practice_id, patient_ids, _ATTRIBUTES))


def items_of(
    practice_id: str, patient_ids: Sequence[str], attributes: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Some attributes of these accounts, raw, several calls at once; as they were a moment ago.

    Raises:
        Throttled: the table would not hand some out, however long we waited.
    """
    chunks = [
        patient_ids[start : start + table.KEYS_A_READ]
        for start in range(0, len(patient_ids), table.KEYS_A_READ)
    ]
    with ThreadPoolExecutor(READERS) as pool:
        # Only so many at once: whoever takes them may be slower than whoever reads.
        for start in range(0, len(chunks), _CHUNKS_AHEAD):
            some = chunks[start : start + _CHUNKS_AHEAD]
            for items in pool.map(lambda chunk: _items(practice_id, chunk, attributes), some):
                yield from items


def _items(
    practice_id: str, patient_ids: Sequence[str], attributes: Sequence[str]
) -> list[dict[str, Any]]:
    names = {f"#{number}": name for number, name in enumerate(attributes)}
    table_name = table.Record.Meta.table_name
    wanted: KeysAndAttributesTypeDef = {
        "Keys": [
            {"pk": {"S": pk}, "sk": {"S": sk}}
            for pk, sk in (keys.account(practice_id, patient_id) for patient_id in patient_ids)
        ],
        "ProjectionExpression": ", ".join(names),
        "ExpressionAttributeNames": names,
    }
    found: list[dict[str, Any]] = []
    for attempt in range(_TRIES):
        answer = table.client().batch_get_item(RequestItems={table_name: wanted})
        found += answer["Responses"].get(table_name, [])
        left = answer.get("UnprocessedKeys", {}).get(table_name)
        if left is None:
            return found
        wanted = cast("KeysAndAttributesTypeDef", left)
        time.sleep(0.05 * 2**attempt)
    raise table.Throttled
