"""What each answer of SES to an email means.

Through a real SDK client and real sockets; nothing replaces the SDK's exceptions.
"""

from __future__ import annotations

import json

import boto3
import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sesv2 import sesv2_backends

from balance_alerts.channels.email import EmailChannel
from balance_alerts.channels.wording import email_alert
from balance_alerts.domain.delivery import Delivery, SendOutcome
from tests.component.channels.misbehaving import (
    Answer,
    Server,
    http,
    impatient,
    ses_error,
    ses_ok,
)

ACCEPTED, REFUSED, NOT_SENT, STOPPED, UNKNOWN = SendOutcome

CONTENT = email_alert(
    display_name="Clínica Río",
    phone="303-555-0123",
    link="https://pay.example/a/x",
    unsubscribe_link="https://pay.example/u/x",
    language="es",
)


def channel(server: Server, configuration_set: str | None = None) -> EmailChannel:
    client = boto3.client("sesv2", endpoint_url=server.url, config=impatient())
    return EmailChannel(client, "alerts@clinic.example", configuration_set)


def send(emails: EmailChannel, *, reply_to: str | None = None) -> Delivery:
    return emails.send(
        to="pat@example.org",
        from_name="Clínica Río",
        content=CONTENT,
        alert_id="a1",
        practice_code="hrbr23",
        reply_to=reply_to,
    )


@pytest.mark.parametrize(
    ("answer", "outcome", "detail"),
    [
        (ses_ok(), ACCEPTED, ""),
        (ses_ok("{}"), UNKNOWN, "no_message_id"),
        (ses_ok('{"MessageId": ""}'), UNKNOWN, "no_message_id"),
        (ses_ok('{"MessageId": '), UNKNOWN, "no_message_id"),
        (ses_ok("<html>"), UNKNOWN, "no_message_id"),
        (ses_ok("[]"), UNKNOWN, None),
        (ses_error(500, "InternalServiceError"), UNKNOWN, "http_500"),
        (ses_error(503, "TooManyRequestsException"), UNKNOWN, "http_503"),
        (ses_error(429, "TooManyRequestsException", "Too many"), NOT_SENT, "throttled"),
        (ses_error(400, "ThrottlingException", "Rate exceeded"), NOT_SENT, "throttled"),
        (
            ses_error(429, "TooManyRequestsException", "Maximum sending rate exceeded."),
            NOT_SENT,
            "throttled",
        ),
        (
            ses_error(400, "LimitExceededException", "Maximum sending rate exceeded."),
            NOT_SENT,
            "throttled",
        ),
        (
            ses_error(429, "TooManyRequestsException", "Daily message quota exceeded"),
            STOPPED,
            "daily_quota_exceeded",
        ),
        (
            ses_error(400, "LimitExceededException", "Daily message quota exceeded."),
            STOPPED,
            "daily_quota_exceeded",
        ),
        (ses_error(400, "LimitExceededException", "Limit."), STOPPED, "limit_exceeded"),
        (ses_error(400, "SendingPausedException"), STOPPED, "sending_paused"),
        (ses_error(400, "AccountSuspendedException"), STOPPED, "account_suspended"),
        (
            ses_error(400, "MailFromDomainNotVerifiedException"),
            STOPPED,
            "mail_from_domain_not_verified",
        ),
        (
            ses_error(
                400,
                "MessageRejected",
                "Email address is not verified. The following identities failed the check in "
                "region US-EAST-1: pat@example.org",
            ),
            STOPPED,
            "not_verified",
        ),
        (ses_error(400, "MessageRejected", "Bad content"), STOPPED, "message_rejected"),
        (ses_error(400, "BadRequestException", "Illegal address"), REFUSED, "invalid_address"),
        (
            ses_error(400, "BadRequestException", "Missing final '@domain'"),
            REFUSED,
            "invalid_address",
        ),
        (
            ses_error(400, "BadRequestException", "Domain contains illegal character"),
            REFUSED,
            "invalid_address",
        ),
        (
            ses_error(400, "BadRequestException", "Invalid sender address"),
            STOPPED,
            "bad_request",
        ),
        (
            ses_error(400, "BadRequestException", "Invalid EmailTag value"),
            STOPPED,
            "bad_request",
        ),
        (
            ses_error(404, "NotFoundException", "Configuration set <x> does not exist"),
            STOPPED,
            "not_found",
        ),
        (ses_error(403, "AccessDeniedException"), STOPPED, "access_denied"),
        (ses_error(403, "ExpiredTokenException"), STOPPED, "expired_token"),
        (ses_error(400, "SomethingNewException"), STOPPED, "something_new"),
        (http(403, "<html>Forbidden</html>"), STOPPED, "http_403"),
    ],
)
def test_each_answer_to_an_email(
    server: Server, answer: Answer, outcome: SendOutcome, detail: str | None
) -> None:
    server.answer = answer
    delivery = send(channel(server))
    assert delivery.outcome is outcome
    assert detail is None or delivery.detail == detail
    assert delivery.message_id == ("m-1" if outcome is ACCEPTED else None)
    assert len(server.requests) == 1


def test_the_request_holds_what_ses_needs(server: Server) -> None:
    server.answer = ses_ok()
    send(channel(server, "alerts"), reply_to="front@clinic.example")
    sent = json.loads(server.body)
    assert sent["FromEmailAddress"].startswith("=?utf-8?")
    assert sent["FromEmailAddress"].endswith("?= <alerts@clinic.example>")
    assert sent["Destination"] == {"ToAddresses": ["pat@example.org"]}
    assert sent["ReplyToAddresses"] == ["front@clinic.example"]
    assert sent["ConfigurationSetName"] == "alerts"
    assert sent["EmailTags"] == [
        {"Name": "alert_id", "Value": "a1"},
        {"Name": "practice", "Value": "hrbr23"},
    ]
    simple = sent["Content"]["Simple"]
    assert simple["Subject"] == {"Data": CONTENT.subject, "Charset": "UTF-8"}
    assert simple["Body"]["Text"] == {"Data": CONTENT.text, "Charset": "UTF-8"}
    assert simple["Body"]["Html"] == {"Data": CONTENT.html, "Charset": "UTF-8"}
    assert simple["Headers"] == [
        {"Name": "List-Unsubscribe", "Value": "<https://pay.example/u/x>"},
        {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
    ]


def test_without_reply_to_and_configuration_set_neither_is_named(server: Server) -> None:
    server.answer = ses_ok()
    send(channel(server))
    assert not {"ReplyToAddresses", "ConfigurationSetName"} & set(json.loads(server.body))


def test_it_goes_on_after_dropping_its_connections(server: Server) -> None:
    server.answer = ses_ok()
    emails = channel(server)
    assert send(emails).outcome is ACCEPTED
    emails.reconnect()
    assert send(emails).outcome is ACCEPTED


def test_an_email_reaches_ses(aws: None) -> None:
    client = boto3.client("sesv2")
    client.create_email_identity(EmailIdentity="alerts@clinic.example")
    delivery = send(EmailChannel(client, "alerts@clinic.example"))
    assert delivery.outcome is ACCEPTED
    (sent,) = sesv2_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].core_backend.sent_messages
    assert sent.id == delivery.message_id
    assert sent.destinations["ToAddresses"] == ["pat@example.org"]


@pytest.mark.parametrize("sender", ["", "alerts", "Clinic <a@b.example>", "a@b@c", "a b@c.example"])
def test_a_sender_that_would_make_every_address_look_bad_is_refused(aws: None, sender: str) -> None:
    with pytest.raises(ValueError, match="bare email address"):
        EmailChannel(boto3.client("sesv2"), sender)
