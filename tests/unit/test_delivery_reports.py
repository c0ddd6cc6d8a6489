"""What SES and SNS tell of messages, as our statuses and what it means for the contact."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from balance_alerts.channels.email_events import email_event
from balance_alerts.channels.text_records import text_record
from balance_alerts.domain.contact import ContactFact
from balance_alerts.domain.delivery import ChannelStatus, may_follow
from infra.local import provider_reports
from infra.local.provider_reports import OF_TEXTS, REPLIES, ReportType, Sent

AT = datetime(2026, 3, 4, 15, 0, 0, 250_000, tzinfo=UTC)
EMAIL = Sent("Maya@Example.org", "m-1", AT, {"alert_id": ["a-1"], "practice": ["hrbr23"]})
TEXT = Sent("+12025550123", "t-1", AT, {})


def event(kind: ReportType, **changes: Any) -> dict[str, Any]:
    """An event of SES; `changes` replace parts of what tells its kind."""
    text = provider_reports.email_event(EMAIL, kind, AT, "alerts@clinic.example")
    made: dict[str, Any] = json.loads(text)
    made[made["eventType"].lower()] |= changes
    return made


def record(said: str, *, status: str = "FAILURE") -> dict[str, Any]:
    """A record of the delivery log in which SNS says this."""
    made: dict[str, Any] = json.loads(provider_reports.text_record(TEXT, ReportType.OPT_OUT, AT))
    made["delivery"]["providerResponse"] = said
    return {**made, "status": status}


@pytest.mark.parametrize(
    ("kind", "changes", "status", "detail", "fact"),
    [
        (ReportType.DELIVERED, {}, "delivered", "", None),
        (ReportType.BOUNCE, {}, "bounced", "permanent_general", ContactFact.BOUNCED),
        (
            ReportType.BOUNCE,
            {"bounceSubType": "OnAccountSuppressionList"},
            "bounced",
            "permanent_on_account_suppression_list",
            ContactFact.BOUNCED,
        ),
        (ReportType.SOFT_BOUNCE, {}, "bounced", "transient_mailbox_full", None),
        (
            ReportType.SOFT_BOUNCE,
            {"bounceType": "Undetermined", "bounceSubType": "Undetermined"},
            "bounced",
            "undetermined_undetermined",
            None,
        ),
        (ReportType.COMPLAINT, {}, "complained", "abuse", ContactFact.COMPLAINED),
        (
            ReportType.COMPLAINT,
            {"complaintFeedbackType": None},
            "complained",
            "",
            ContactFact.COMPLAINED,
        ),
    ],
)
def test_emails(
    kind: ReportType, changes: dict[str, Any], status: str, detail: str, fact: ContactFact | None
) -> None:
    found = email_event(event(kind, **changes))
    assert found is not None
    assert (found.report.status, found.report.detail, found.fact) == (status, detail, fact)
    assert (found.report.at, found.address) == (AT, "Maya@Example.org")
    assert (found.reference, found.practice_code) == ("a-1", "hrbr23")


def test_taking_an_email_out_of_the_spam_folder_is_no_complaint() -> None:
    assert email_event(event(ReportType.COMPLAINT, complaintFeedbackType="not-spam")) is None


def test_an_email_that_ses_itself_rejects_was_not_sent() -> None:
    told = event(ReportType.DELIVERED) | {
        "eventType": "Reject",
        "reject": {"reason": "Bad content"},
    }
    found = email_event(told)
    assert found is not None
    assert (found.report.status, found.fact) == (ChannelStatus.NOT_SENT, None)


@pytest.mark.parametrize("kind", ["Open", "Click", "Send", "DeliveryDelay", "Something New"])
def test_events_that_change_nothing(kind: str) -> None:
    assert email_event(event(ReportType.DELIVERED) | {"eventType": kind}) is None


def test_an_email_of_somebody_else_has_no_tags_of_ours() -> None:
    told = event(ReportType.BOUNCE)
    del told["mail"]["tags"]
    found = email_event(told)
    assert found is not None
    assert (found.reference, found.practice_code) == (None, None)


def test_a_complaint_that_names_several_people_blames_none() -> None:
    """Mailbox providers may name everybody at a domain; each of our emails has one recipient."""
    told = event(ReportType.COMPLAINT)
    told["mail"]["destination"].append("other@example.org")
    found = email_event(told)
    assert found is not None
    assert found.address is None


@pytest.mark.parametrize(
    "broken", [{}, {"eventType": "Bounce"}, {"eventType": "Delivery", "mail": {}}]
)
def test_what_is_no_event_is_an_error(broken: dict[str, Any]) -> None:
    with pytest.raises(KeyError):
        email_event(broken)


@pytest.mark.parametrize(
    ("said", "status", "detail", "fact"),
    [
        ("Phone number is opted out", "opted_out", "opted_out", ContactFact.OPTED_OUT),
        ("+12025550123 is opted out", "opted_out", "opted_out", ContactFact.OPTED_OUT),
        ("Invalid phone number", "not_sent", "invalid_number", ContactFact.INVALID),
        ("No quota left for account", "not_sent", "no_quota", None),
        ("This delivery would exceed max price", "not_sent", "above_max_price", None),
        ("Message body is invalid", "not_sent", "invalid_body", None),
        ("Blocked as spam by phone carrier", "carrier_blocked", "carrier_spam", None),
        ("Phone carrier has blocked this message", "carrier_blocked", "carrier_blocked", None),
        ("Phone has blocked SMS", "carrier_blocked", "phone_blocked", None),
        ("Phone is on a blocked list", "carrier_blocked", "blocked_list", None),
        ("Destination is on a blocked list", "carrier_blocked", "blocked_list", None),
        (
            "Phone carrier is currently unreachable/unavailable",
            "bounced",
            "carrier_unreachable",
            None,
        ),
        ("Phone is currently unreachable/unavailable", "bounced", "phone_unreachable", None),
        ("Unknown error attempting to reach phone", "undetermined", "unknown_error", None),
        ("Something that +12025550123 never heard", "undetermined", "unforeseen_reason", None),
    ],
)
def test_texts_that_failed(said: str, status: str, detail: str, fact: ContactFact | None) -> None:
    found = text_record(record(said))
    assert (found.report.status, found.report.detail, found.fact) == (status, detail, fact)
    assert (found.report.at, found.number, found.reference) == (AT, "+12025550123", "t-1")


@pytest.mark.parametrize("said", ["Message has been accepted by phone carrier", ""])
def test_texts_that_arrived(said: str) -> None:
    found = text_record(record(said, status="SUCCESS"))
    assert (found.report.status, found.fact) == (ChannelStatus.DELIVERED, None)


def test_a_record_of_neither_success_nor_failure_is_an_error() -> None:
    with pytest.raises(ValueError, match="success or failure"):
        text_record(record("", status="MAYBE"))


@pytest.mark.parametrize("kind", sorted(OF_TEXTS - set(REPLIES)))
def test_the_stand_in_says_what_we_know(kind: ReportType) -> None:
    """Else the local stack would show reasons that are never met."""
    found = text_record(json.loads(provider_reports.text_record(TEXT, kind, AT)))
    assert found.report.detail != "unforeseen_reason"


def test_statuses_follow_one_another_one_way_only() -> None:
    order = sorted(
        ChannelStatus, key=lambda one: sum(may_follow(one, other) for other in ChannelStatus)
    )
    assert all(may_follow(later, earlier) for earlier, later in pairwise(order))
    assert not any(may_follow(one, one) for one in ChannelStatus)
    assert may_follow(ChannelStatus.BOUNCED, ChannelStatus.DELIVERED)
    assert not may_follow(ChannelStatus.DELIVERED, ChannelStatus.BOUNCED)
