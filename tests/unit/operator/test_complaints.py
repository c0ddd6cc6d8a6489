"""What AWS or the network says, as the operator reads it: one line, with what to do."""

from __future__ import annotations

import pytest
from boto3.exceptions import S3UploadFailedError
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ReadTimeoutError,
)
from pynamodb.exceptions import GetError, TransactWriteError

from balance_alerts.domain.errors import RuleError
from balance_alerts.store.races import Contention
from balance_alerts.store.table import Throttled
from infra.operator.complaints import FORESEEN, in_one_line
from infra.operator.stack import CommandError


def refused(code: str, message: str = "It was\nrefused") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "TransactWriteItems")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(NoCredentialsError(), "sign in first", id="no credentials"),
        pytest.param(NoRegionError(), "set AWS_DEFAULT_REGION", id="no region"),
        pytest.param(refused("ExpiredToken"), "sign in again (ExpiredToken)", id="expired"),
        pytest.param(refused("UnrecognizedClientException"), "sign in again", id="forged"),
        pytest.param(refused("AccessDeniedException"), "ask for the rights", id="no rights"),
        pytest.param(
            refused("ResourceNotFoundException"), "the stack was deleted", id="table is gone"
        ),
        pytest.param(refused("SomethingElse"), "SomethingElse: It was refused", id="other"),
        pytest.param(refused("ThrottlingException"), "busy (ThrottlingException at", id="busy"),
        pytest.param(
            GetError("Failed to get item", refused("ProvisionedThroughputExceededException")),
            "try again in a minute",
            id="busy as PynamoDB wraps it",
        ),
        pytest.param(
            TransactWriteError("Failed to write", refused("AccessDenied")),
            "AWS refused TransactWriteItems: AccessDenied",
            id="no rights as PynamoDB wraps it",
        ),
        pytest.param(
            EndpointConnectionError(endpoint_url="https://x"), "check the network", id="no network"
        ),
        pytest.param(ReadTimeoutError(endpoint_url="https://x"), "could not be", id="timeout"),
        pytest.param(S3UploadFailedError("Failed\nto upload"), "Failed to upload", id="upload"),
        pytest.param(Throttled(), "AWS is busy", id="throttled"),
        pytest.param(Contention(), "others are writing", id="contention"),
        pytest.param(RuleError("x", "Choose another."), "Choose another.", id="rule"),
        pytest.param(CommandError("do this"), "do this", id="command"),
        pytest.param(FileNotFoundError(2, "No such file", "a.csv"), "a.csv", id="file"),
    ],
)
def test_it_is_one_line_that_says_what_to_do(error: Exception, said: str) -> None:
    assert isinstance(error, FORESEEN)
    line = in_one_line(error)
    assert said in line
    assert "\n" not in line
