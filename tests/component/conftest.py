"""The table of template.yaml on moto: fast, and good for one writer at a time only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import boto3
import pytest
from moto import mock_aws

from balance_alerts.domain.practice import Practice
from balance_alerts.store import table
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.ledger import Ledger
from balance_alerts.store.practices import Practices
from balance_alerts.store.registration import Registration
from tests import builders
from tests.template.loading import load

_CREATE_TABLE = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "BillingMode")


class StoppedClock:
    """A clock that tests set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(builders.at(1))


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty AWS account in this process, with the stack's table."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL_DYNAMODB", raising=False)
    connected_before = table.Record.Meta.table_name
    properties = load().body["Resources"]["Table"]["Properties"]
    with mock_aws():
        wanted = {name: properties[name] for name in _CREATE_TABLE}
        boto3.client("dynamodb").create_table(TableName="table", **wanted)
        table.connect("table")
        yield
    table.connect(connected_before)


@pytest.fixture
def practices(aws: None) -> Practices:
    return Practices()


@pytest.fixture
def practice(practices: Practices) -> Practice:
    """A practice that sends every two weeks, as stored."""
    practices.create(builders.practice())
    return practices.get("harbor")


@pytest.fixture
def accounts(aws: None) -> Accounts:
    return Accounts()


@pytest.fixture
def registration(practices: Practices) -> Registration:
    return Registration(practices)


@pytest.fixture
def ledger(aws: None, clock: StoppedClock) -> Ledger:
    # moto loses updates of parallel writers; the emulator's tests write in parallel.
    return Ledger(clock, parallel_accounts=1)
