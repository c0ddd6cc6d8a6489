"""The wire that benchmarks talk over: what was noted is answered again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from typing import Any

import botocore.session
import pytest

from infra.bench.floor import replay
from infra.bench.wire import Answers, Call, Wire, in_a_row, like

GET = Call(
    service="dynamodb",
    operation="GetItem",
    asked={"TableName": "t", "Key": {"pk": {"S": "a"}}},
    wanted=("", b'{"TableName": "t", "Key": {"pk": {"S": "a"}}}'),
    status=200,
    headers={"content-type": "application/x-amz-json-1.0", "x-amz-crc32": "1"},
    answer=b"",
)
GET = like(GET, {"Item": {"n": {"N": "1"}}})
PUT = replace(
    GET,
    operation="PutItem",
    asked={"TableName": "t", "Item": {"pk": {"S": "b"}}},
    wanted=("", b"whatever"),
    answer=b"{}",
)


@pytest.fixture
def wire() -> Iterator[Wire]:
    wire = Wire()
    yield wire
    botocore.unregister_initializer(wire._join)


def client() -> Any:
    session = botocore.session.Session()
    session.set_credentials("x", "x")
    return session.create_client("dynamodb", region_name="us-east-1")


def test_reads_are_answered_by_what_they_ask_for_and_writes_in_turn(wire: Wire) -> None:
    wire.answers = Answers([GET, PUT])
    replay([GET, PUT, PUT])()
    assert len(wire.intervals) == 3
    table = client()
    assert table.get_item(**GET.asked)["Item"] == {"n": {"N": "1"}}
    with pytest.raises(LookupError, match="no answer to this GetItem"):
        table.get_item(TableName="t", Key={"pk": {"S": "other"}})


def test_answers_of_one_kind_may_be_given_whatever_is_asked() -> None:
    second = like(GET, {})
    answers = Answers([GET]).each("GetItem", cycle([GET, second]))
    told = [json.loads(answers.of("GetItem", ("", b"any")).answer) for _ in range(3)]
    assert told == [{"Item": {"n": {"N": "1"}}}, {}, {"Item": {"n": {"N": "1"}}}]


@pytest.mark.parametrize(
    ("intervals", "row"),
    [
        pytest.param([], 0, id="none"),
        pytest.param([(0, 1), (1, 2), (2, 3)], 3, id="one after the other"),
        pytest.param([(0, 1), (0.1, 1.1), (0.2, 0.9)], 1, id="all at once"),
        pytest.param([(0, 1), (0.1, 1.1), (1.2, 2), (1.3, 2.5)], 2, id="two and two"),
    ],
)
def test_calls_in_a_row_are_those_made_after_others_had_ended(
    intervals: list[tuple[float, float]], row: int
) -> None:
    assert in_a_row(intervals) == row
