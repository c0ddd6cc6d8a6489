"""The table of template.yaml on moto: fast, and good for one writer at a time only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from unittest.mock import patch

import boto3
import botocore.session
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


@pytest.fixture(scope="session")
def new_session() -> Callable[[], boto3.Session]:
    """Opens sessions of the SDK that share its models of AWS, which take long to read."""
    models = botocore.session.get_session().get_component("data_loader")

    def open_session() -> boto3.Session:
        session = botocore.session.get_session()
        session.register_component("data_loader", models)
        return boto3.Session(botocore_session=session)

    return open_session


@pytest.fixture(scope="session")
def create_table(new_session: Callable[[], boto3.Session]) -> Callable[[], object]:
    """Creates the table of template.yaml, which is read once a worker."""
    properties = load().body["Resources"]["Table"]["Properties"]
    wanted = {name: properties[name] for name in _CREATE_TABLE}
    dynamodb = new_session().client(
        "dynamodb", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
    return lambda: dynamodb.create_table(TableName="table", **wanted)


@pytest.fixture(scope="session")
def connection() -> object:
    """One connection to the table a worker; what it reaches is empty in every test."""
    with (
        patch.multiple(table.Record, _connection=None),
        patch.multiple(table.Record.Meta, table_name=""),
    ):
        table.connect("table")
        return table.Record._connection


@pytest.fixture
def aws(
    monkeypatch: pytest.MonkeyPatch,
    new_session: Callable[[], boto3.Session],
    create_table: Callable[[], object],
    connection: object,
) -> Iterator[None]:
    """An empty AWS account in this process, with the stack's table."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL_DYNAMODB", raising=False)
    with (
        mock_aws(),
        patch.object(boto3, "DEFAULT_SESSION", new_session()),
        patch.object(table.Record.Meta, "table_name", "table"),
        patch.object(table.Record, "_connection", connection),
    ):
        create_table()
        yield


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
