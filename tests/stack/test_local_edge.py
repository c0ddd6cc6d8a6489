"""The edge of the local stack: what the providers of texts and email do wrong on request."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from infra.local.outbox import FaultMode
from infra.local.stack import LocalStack

NUMBER, ADDRESS = "+12025550123", "dana@example.org"


def send(stack: LocalStack, channel: str, *, to: str | None = None) -> str:
    """Send one message as a function does, without the SDK's own retries; returns its id."""
    config = Config(read_timeout=0.5, retries={"total_max_attempts": 1})
    name = {"text": "sns", "email": "sesv2"}[channel]
    client: Any = boto3.client(
        name,
        endpoint_url=stack.edge_url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=config,
    )
    if channel == "text":
        answer = client.publish(PhoneNumber=to or NUMBER, Message="You have a balance to view")
    else:
        answer = client.send_email(
            FromEmailAddress="alerts@clinic.example",
            Destination={"ToAddresses": [to or ADDRESS]},
            Content={"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}},
        )
    return str(answer["MessageId"])


REFUSALS = {
    ("text", FaultMode.THROTTLED): (400, "Throttling"),
    ("text", FaultMode.REJECTED): (400, "InvalidParameter"),
    ("text", FaultMode.STOPPED): (403, "AuthorizationError"),
    ("text", FaultMode.SERVER_ERROR_BEFORE): (500, "InternalError"),
    ("text", FaultMode.SERVER_ERROR_AFTER): (500, "InternalError"),
    ("email", FaultMode.THROTTLED): (429, "TooManyRequestsException"),
    ("email", FaultMode.REJECTED): (400, "BadRequestException"),
    ("email", FaultMode.STOPPED): (400, "SendingPausedException"),
    ("email", FaultMode.SERVER_ERROR_BEFORE): (500, "InternalServiceErrorException"),
    ("email", FaultMode.SERVER_ERROR_AFTER): (500, "InternalServiceErrorException"),
}


@pytest.mark.parametrize(("channel", "mode"), REFUSALS, ids=lambda value: str(value))
def test_a_provider_answers_with_an_error(stack: LocalStack, channel: str, mode: FaultMode) -> None:
    stack.outbox.set_fault(channel, mode)
    with pytest.raises(ClientError) as raised:
        send(stack, channel)
    response = raised.value.response
    found = (response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"])
    assert found == REFUSALS[channel, mode]
    assert len(stack.outbox.messages()) == (1 if mode.delivers else 0)


@pytest.mark.parametrize("channel", ["text", "email"])
@pytest.mark.parametrize(
    ("mode", "error"),
    [
        (FaultMode.HANG_BEFORE, ReadTimeoutError),
        (FaultMode.HANG_AFTER, ReadTimeoutError),
        (FaultMode.RESET_BEFORE, ConnectionClosedError),
        (FaultMode.RESET_AFTER, ConnectionClosedError),
    ],
)
def test_a_provider_does_not_answer(
    stack: LocalStack, channel: str, mode: FaultMode, error: type[Exception]
) -> None:
    stack.outbox.set_fault(channel, mode)
    with pytest.raises(error):
        send(stack, channel)
    assert len(stack.outbox.messages()) == (1 if mode.delivers else 0)


@pytest.mark.parametrize("channel", ["text", "email"])
def test_without_a_fault_a_provider_accepts(stack: LocalStack, channel: str) -> None:
    message_id = send(stack, channel)
    (message,) = stack.outbox.messages()
    assert (message.message_id, message.channel) == (message_id, channel)


def test_a_fault_ends_after_its_times_and_keeps_to_its_contact(stack: LocalStack) -> None:
    stack.outbox.set_fault("text", "throttled", times=1, to=NUMBER)
    send(stack, "text", to="+12025550199")
    with pytest.raises(ClientError):
        send(stack, "text")
    send(stack, "text")
    assert [message.to for message in stack.outbox.messages()] == ["+12025550199", NUMBER]
