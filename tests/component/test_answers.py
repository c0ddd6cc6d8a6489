"""Answers of DynamoDB are taken as they come, and say what botocore would have made of them."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.retries import standard

from balance_alerts.store import table
from balance_alerts.store.answers import take_as_they_come

_ITEM = {
    "text": {"S": "Zoë"},
    "empty": {"S": ""},
    "cents": {"N": "-12050"},
    "shown": {"BOOL": False},
    "nothing": {"NULL": True},
    "facts": {"M": {"opted_out": {"M": {"at": {"S": "2026-11-28"}, "by": {"L": [{"N": "1"}]}}}}},
    "codes": {"SS": ["a", "b"]},
    "none": {"L": []},
    "shares": {"NS": ["1", "2.5"]},
}
_KEY = {"pk": {"S": "P"}, "sk": {"S": "S"}}
_REFUSED = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"
_CANCELLED = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException"

ANSWERS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("get_item", {"TableName": "t", "Key": _KEY}, {"Item": _ITEM}),
    ("get_item", {"TableName": "t", "Key": _KEY}, {}),
    (
        "query",
        {"TableName": "t", "KeyConditionExpression": "pk = :pk"},
        {"Items": [_ITEM, {}], "Count": 2, "ScannedCount": 2, "LastEvaluatedKey": _KEY},
    ),
    (
        "batch_get_item",
        {"RequestItems": {"t": {"Keys": [_KEY]}}},
        {"Responses": {"t": [_ITEM]}, "UnprocessedKeys": {"t": {"Keys": [_KEY]}}},
    ),
    (
        "batch_write_item",
        {"RequestItems": {"t": [{"PutRequest": {"Item": _ITEM}}]}},
        {"UnprocessedItems": {"t": [{"PutRequest": {"Item": _ITEM}}]}},
    ),
    (
        "batch_execute_statement",
        {"Statements": [{"Statement": "SELECT 1"}]},
        {"Responses": [{"TableName": "t"}, {"Error": {"Code": "Refused", "Item": _ITEM}}]},
    ),
    ("put_item", {"TableName": "t", "Item": _ITEM}, {"Attributes": _ITEM}),
    ("update_item", {"TableName": "t", "Key": _KEY}, {"Attributes": _ITEM}),
    ("transact_write_items", {"TransactItems": []}, {}),
    ("transact_get_items", {"TransactItems": []}, {"Responses": [{"Item": _ITEM}, {}]}),
]


@pytest.mark.parametrize(("operation", "asked", "answer"), ANSWERS)
def test_an_answer_is_what_botocore_makes_of_it(
    operation: str, asked: dict[str, Any], answer: dict[str, Any]
) -> None:
    told = _told(200, answer)

    taken = _call(operation, asked, told, as_they_come=True)

    assert taken == _call(operation, asked, told, as_they_come=False)
    assert answer.items() <= taken.items()


@pytest.mark.parametrize(
    "refusal",
    [
        {"__type": _REFUSED, "message": "The conditional request failed", "Item": _ITEM},
        {
            "__type": _CANCELLED,
            "Message": "Transaction cancelled",
            "CancellationReasons": [{"Code": "None"}, {"Code": "Refused", "Item": _ITEM}],
        },
    ],
)
def test_a_refusal_is_what_botocore_makes_of_it(refusal: dict[str, Any]) -> None:
    asked, told = {"TransactItems": []}, _told(400, refusal)

    taken, made = (
        _refusal(lambda way=way: _call("transact_write_items", asked, told, as_they_come=way))
        for way in (True, False)
    )

    assert taken == made
    assert taken["Error"]["Code"] in refusal["__type"]


@pytest.mark.parametrize(
    "damaged",
    [lambda body: body[:-9], lambda body: body.replace(b"12050", b"12051")],
    ids=["cut short", "changed"],
)
def test_a_damaged_answer_is_asked_for_again(
    damaged: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standard.ExponentialBackoff, "delay_amount", lambda *_: 0.0)
    whole = _told(200, {"Item": _ITEM})
    status, headers, body = whole
    broken = status, headers, damaged(body)

    answer = _call("get_item", {"TableName": "t", "Key": _KEY}, broken, whole, as_they_come=True)

    assert answer["Item"] == _ITEM
    assert answer["ResponseMetadata"]["RetryAttempts"] == 1


def test_the_table_is_read_so(aws: None) -> None:
    left_to_walk: list[bytes] = []

    def note(*, response_dict: dict[str, Any], **_: Any) -> None:
        left_to_walk.append(response_dict["body"])

    events = table.client().meta.events
    events.register_last("before-parse.dynamodb", note)
    try:
        assert table.read([("P", "S")]) == {}
    finally:
        events.unregister("before-parse.dynamodb", note)

    assert left_to_walk == [b"{}"]


_Told = tuple[int, dict[str, str], bytes]


def _told(status: int, content: dict[str, Any]) -> _Told:
    body = json.dumps(content).encode()
    return status, {"x-amzn-RequestId": "1", "x-amz-crc32": str(zlib.crc32(body))}, body


def _call(
    operation: str, asked: dict[str, Any], *told: _Told, as_they_come: bool
) -> dict[str, Any]:
    """Make a call that DynamoDB answers so, one after the other."""
    session = botocore.session.Session()
    session.set_credentials("x", "x")
    if as_they_come:
        take_as_they_come(session)
    coming = iter(told)

    def answer(request: Any, **_: Any) -> AWSResponse:
        status, headers, body = next(coming)
        return AWSResponse(request.url, status, headers, _Body(body))

    session.register("before-send.dynamodb", answer)
    client = session.create_client(
        "dynamodb",
        region_name="us-east-1",
        config=Config(parameter_validation=False, retries={"mode": "standard"}),
    )
    return dict(getattr(client, operation)(**asked))


class _Body:
    """What a connection would be read from."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> list[bytes]:
        return [self._content]


def _refusal(call: Callable[[], object]) -> Any:
    with pytest.raises(ClientError) as refused:
        call()
    return refused.value.response
