"""What each answer of SNS to a text means.

Through a real SDK client and real sockets; nothing replaces the SDK's exceptions.
"""

from __future__ import annotations

import boto3
import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sns import sns_backends

from balance_alerts.channels.sms import TextChannel
from balance_alerts.domain.delivery import SendOutcome
from tests.component.channels.misbehaving import (
    Answer,
    Server,
    http,
    impatient,
    sns_error,
    sns_ok,
)

ACCEPTED, REFUSED, NOT_SENT, STOPPED, UNKNOWN = SendOutcome


def channel(server: Server, origination_number: str | None = None) -> TextChannel:
    client = boto3.client("sns", endpoint_url=server.url, config=impatient())
    return TextChannel(client, origination_number)


@pytest.mark.parametrize(
    ("answer", "outcome", "detail"),
    [
        (sns_ok(), ACCEPTED, ""),
        (sns_ok(""), UNKNOWN, "no_message_id"),
        (sns_ok("<MessageId/>"), UNKNOWN, "no_message_id"),
        (http(200, ""), UNKNOWN, None),
        (http(200, "{not xml"), UNKNOWN, "response_parser"),
        (http(400, "<html>"), UNKNOWN, "response_parser"),
        (sns_error(500, "InternalError"), UNKNOWN, "http_500"),
        (sns_error(503, "Throttling", "Rate exceeded"), UNKNOWN, "http_503"),
        (sns_error(400, "Throttling", "Rate exceeded"), NOT_SENT, "throttled"),
        (sns_error(400, "ThrottlingException", "Rate exceeded"), NOT_SENT, "throttled"),
        (sns_error(429, "Throttled"), NOT_SENT, "throttled"),
        (sns_error(429, "Anything"), NOT_SENT, "throttled"),
        (sns_error(400, "KMSThrottling"), NOT_SENT, "throttled"),
        (
            sns_error(
                400,
                "InvalidParameter",
                "Invalid parameter: PhoneNumber Reason: +13035550123 is not valid to publish to",
            ),
            REFUSED,
            "invalid_number",
        ),
        (
            sns_error(400, "ParameterValueInvalid", "Invalid parameter: PhoneNumber"),
            REFUSED,
            "invalid_number",
        ),
        (sns_error(400, "OptedOut"), REFUSED, "opted_out"),
        (
            sns_error(400, "InvalidParameter", "Invalid parameter: Message too long"),
            STOPPED,
            "invalid_parameter",
        ),
        (
            sns_error(
                400,
                "InvalidParameter",
                "Invalid parameter: MessageAttributes AWS.MM.SMS.OriginationNumber",
            ),
            STOPPED,
            "invalid_parameter",
        ),
        (sns_error(403, "AuthorizationError"), STOPPED, "authorization"),
        (sns_error(403, "AccessDenied"), STOPPED, "access_denied"),
        (sns_error(403, "InvalidSecurity"), STOPPED, "invalid_security"),
        (sns_error(403, "ExpiredToken"), STOPPED, "expired_token"),
        (sns_error(403, "KMSOptInRequired"), STOPPED, "kms_opt_in_required"),
        (sns_error(400, "KMSDisabled"), STOPPED, "kms_disabled"),
        (sns_error(400, "KMSAccessDenied"), STOPPED, "kms_access_denied"),
        (sns_error(400, "EndpointDisabled"), STOPPED, "endpoint_disabled"),
        (sns_error(404, "NotFound"), STOPPED, "not_found"),
        (sns_error(400, "MonthlySpendLimitReached"), STOPPED, "monthly_spend_limit_reached"),
        (sns_error(400, "SomethingNew"), STOPPED, "something_new"),
        (sns_error(418, ""), STOPPED, None),
    ],
)
def test_each_answer_to_a_text(
    server: Server, answer: Answer, outcome: SendOutcome, detail: str | None
) -> None:
    server.answer = answer
    delivery = channel(server).send("+13035550123", "You have a balance to view")
    assert delivery.outcome is outcome
    assert detail is None or delivery.detail == detail
    assert delivery.message_id == ("m-1" if outcome is ACCEPTED else None)
    assert len(server.requests) == 1


def test_the_request_holds_what_sns_needs(server: Server) -> None:
    server.answer = sns_ok()
    channel(server, "+18885550100").send("+13035550123", "Hola ñ")
    body = server.body.decode()
    assert "PhoneNumber=%2B13035550123" in body
    assert "Message=Hola+%C3%B1" in body
    assert "AWS.SNS.SMS.SMSType" in body
    assert "Transactional" in body
    assert "AWS.MM.SMS.OriginationNumber" in body
    assert "%2B18885550100" in body


def test_without_an_origination_number_none_is_named(server: Server) -> None:
    server.answer = sns_ok()
    channel(server).send("+13035550123", "Hello")
    assert b"OriginationNumber" not in server.body


def test_it_goes_on_after_dropping_its_connections(server: Server) -> None:
    server.answer = sns_ok()
    texts = channel(server)
    assert texts.send("+13035550123", "one").outcome is ACCEPTED
    texts.reconnect()
    assert texts.send("+13035550123", "two").outcome is ACCEPTED


def test_a_text_reaches_sns(aws: None) -> None:
    delivery = TextChannel(boto3.client("sns")).send("+13035550123", "Hello")
    assert delivery.outcome is ACCEPTED
    sent = sns_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sms_messages
    assert sent == {delivery.message_id: ("+13035550123", "Hello")}
