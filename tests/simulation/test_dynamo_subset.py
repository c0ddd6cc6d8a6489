"""The table in memory answers as the emulator does, errors included."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.local.emulator import REGION, Emulator
from tests.simulation.dynamo.errors import Refused
from tests.simulation.dynamo.storage import Storage
from tests.simulation.dynamo.subset import Subset
from tests.simulation.dynamo_cases import CASES, Request
from tests.simulation.world.world import INDEXES
from tests.template.loading import load


@pytest.fixture(scope="module")
def emulator() -> Iterator[Any]:
    """The emulator's client, over an empty table as the template makes it."""
    running = Emulator()
    running.launch()
    try:
        running.wait_ready()
        client = boto3.client(
            "dynamodb",
            endpoint_url=running.endpoint_url,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        told = load().properties("Table")
        needed = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
        made = {name: told[name] for name in needed}
        yield client, made
    finally:
        running.stop()


def normal(value: Any) -> Any:
    """An answer without what nobody looks at: order of sets, words, empty leftovers."""
    if isinstance(value, dict):
        left_out = {"ResponseMetadata", "ConsumedCapacity", "Message", "TableName", "message"}
        kept = {
            name: sorted(each) if name == "SS" else normal(each)
            for name, each in value.items()
            if name not in left_out
        }
        empty = ("UnprocessedKeys", "UnprocessedItems")
        return {name: each for name, each in kept.items() if each or name not in empty}
    if isinstance(value, list):
        return [normal(each) for each in value]
    return value


def asked_emulator(client: Any, request: Request) -> Any:
    try:
        # Copied: botocore adds a token of its own to what it is given.
        return normal(client._make_api_call(*deepcopy(request)))
    except ClientError as error:
        reasons = [each["Code"] for each in error.response.get("CancellationReasons", [])]
        return error.response["Error"]["Code"], reasons


def asked_subset(subset: Subset, request: Request) -> Any:
    try:
        return normal(subset.answer(*request))
    except Refused as refused:
        return refused.code, [each["Code"] for each in refused.more.get("CancellationReasons", [])]


@pytest.mark.parametrize("name", list(CASES))
def test_both_answer_alike(emulator: tuple[Any, Any], name: str) -> None:
    client, made = emulator
    client.create_table(TableName="table", **made)
    try:
        subset = Subset(Storage(INDEXES, lambda: datetime(2026, 3, 2, tzinfo=UTC)), "table")
        for request in CASES[name]:
            assert asked_subset(subset, request) == asked_emulator(client, request), request
    finally:
        client.delete_table(TableName="table")
