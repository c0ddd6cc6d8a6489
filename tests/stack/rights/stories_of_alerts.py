"""What the scan, the sender and the readers of reports do, asked of each function directly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from balance_alerts.access.links import digest
from balance_alerts.alerts.scan import PRACTICES_A_WORKER
from balance_alerts.domain.attempt import AttemptState
from balance_alerts.domain.calendar import local_date
from balance_alerts.domain.contact import Channel
from balance_alerts.practices.set_up import change_settings
from balance_alerts.queues.alert_queue import FreshLinkWanted, Message, ReceiptWanted
from balance_alerts.store import keys, owed_receipts
from balance_alerts.store.attempt_records import AttemptRecord
from balance_alerts.store.channel_stops import lift_stop
from infra.local.outbox import Message as Sent
from infra.local.provider_reports import ReportType, email_event, reply, text_record
from infra.local.provider_reports import Sent as Reported
from infra.local.stack import LocalStack
from infra.operator.text_replay import subscription_event
from tests.builders import at
from tests.stack.due import Clinic
from tests.stack.portal_client import Browser, link_to
from tests.stack.rights.direct import TAKEN, invoke_with


def limited(clinic: Clinic) -> Clinic:
    """The same practice with a daily limit, which is looked up before anything goes out."""
    practice_id, practices = clinic.practice.practice_id, clinic.stack.wiring.practices
    return replace(clinic, practice=change_settings(practices, practice_id, daily_limit=9))


def scan(stack: LocalStack, event: dict[str, Any] | None = None) -> Any:
    return stack.invoke(stack.outputs["ScanFunctionName"], event or {})


def send(clinic: Clinic, message: Message) -> Any:
    return invoke_with(clinic.stack, "send-alert", message.to_body())


def sent(clinic: Clinic, channel: Channel) -> Sent:
    """What went out to the one patient of a clinic, as the set-up of a story."""
    assert send(clinic, clinic.slice("p-1")) == TAKEN
    (message,) = clinic.stack.outbox.messages(channel=channel.value)
    return message


def log_of_texts(stack: LocalStack, record: str) -> dict[str, Any]:
    """What the subscription of the delivery log hands over."""
    line = {"id": "1", "timestamp": int(stack.now().timestamp()), "message": record}
    return subscription_event("sns/us-east-1/000000000000/DirectPublishToPhoneNumber", [line])


def the_scan_queues_who_is_due(clinic: Clinic, _: Browser) -> Iterator[None]:
    limited(clinic).patient("p-1")
    yield
    report = scan(clinic.stack)
    assert (report["queued"], report["troubles"], report["complete"]) == (1, 0, True)


def the_scan_drops_closed_windows(clinic: Clinic, _: Browser) -> Iterator[None]:
    clinic.patient("p-1")
    clinic.stack.clock.set(at(60))
    yield
    event = {"practice_ids": [clinic.practice.practice_id]}
    report = scan(clinic.stack, event)
    assert (report["windows_closed"], report["troubles"]) == (1, 0)


def the_scan_hands_practices_over(clinic: Clinic, _: Browser) -> Iterator[None]:
    practices = clinic.stack.wiring.practices
    for number in range(PRACTICES_A_WORKER):
        crowd = replace(clinic.practice, practice_id=f"a-{number:03}", code=f"a{number:05}")
        practices.create(crowd)
    yield
    assert scan(clinic.stack)["troubles"] == 0


def the_sender_texts_and_emails(clinic: Clinic, _: Browser) -> Iterator[None]:
    limited(clinic).patient("p-1", email=True)
    yield
    assert send(clinic, clinic.slice("p-1")) == TAKEN
    assert clinic.statuses("p-1") == [{"text": "accepted", "email": "accepted"}]


def the_sender_gives_back_what_was_not_sent(clinic: Clinic, _: Browser) -> Iterator[None]:
    number = clinic.patient("p-1")
    clinic.stack.outbox.set_fault("text", "rejected", to=number)
    yield
    assert send(clinic, clinic.slice("p-1")) == TAKEN
    account = clinic.account("p-1")
    assert (account.mobile_state, account.to_domain().last_alert_on) == ("invalid", None)


def the_sender_emails_a_receipt(clinic: Clinic, _: Browser) -> Iterator[None]:
    clinic.patient("p-1", owes=0)
    practice_id, now = clinic.practice.practice_id, clinic.stack.now()
    attempt = AttemptRecord(
        *keys.attempt(practice_id, "p-1", "ba1"),
        practice_id=practice_id,
        patient_id="p-1",
        attempt_id="ba1",
        amount_cents=5_000,
        state=AttemptState.APPROVED.value,
        begun_at=now,
        news_at=now,
    )
    attempt.save()
    owed_receipts.new(attempt, now).save()
    yield
    assert send(clinic, ReceiptWanted(practice_id, "p-1", "ba1")) == TAKEN
    assert len(clinic.stack.outbox.messages(channel="email")) == 1
    assert list(owed_receipts.all_owed()) == []


def the_sender_sends_a_fresh_link(clinic: Clinic, browser: Browser) -> Iterator[None]:
    clinic.patient("p-1")
    token = link_to(clinic, "p-1")
    yield
    assert send(clinic, FreshLinkWanted(digest(token))) == TAKEN
    assert clinic.delivered("p-1") == 1


def a_bounce_marks_an_address(clinic: Clinic, _: Browser) -> Iterator[None]:
    clinic.patient("p-1", text=False, email=True)
    message = Reported.of(sent(clinic, Channel.EMAIL))
    event = email_event(message, ReportType.BOUNCE, clinic.stack.now(), "alerts@clinic.example")
    yield
    notification = json.dumps({"Type": "Notification", "Message": event})
    assert invoke_with(clinic.stack, "delivery-events", notification) == TAKEN
    assert clinic.account("p-1").email_state == "bounced"


def replied(clinic: Clinic, number: str, text: str) -> Any:
    topic = clinic.stack.outputs["ReplyTopicArn"]
    notification = reply(number, text, clinic.stack.now(), topic_arn=topic)
    return invoke_with(clinic.stack, "delivery-events", notification)


def start_takes_a_number_off_the_list(clinic: Clinic, _: Browser) -> Iterator[None]:
    number = clinic.patient("p-1")
    assert replied(clinic, number, "STOP") == TAKEN
    clinic.stack.network.stop(number)
    clinic.stack.clock.set(clinic.stack.now() + timedelta(minutes=5))
    yield
    assert replied(clinic, number, "START") == TAKEN
    assert not clinic.stack.network.is_opted_out(number)


def help_is_asked_of_the_sender(clinic: Clinic, _: Browser) -> Iterator[None]:
    number = clinic.patient("p-1")
    yield
    assert replied(clinic, number, "HELP") == TAKEN
    clinic.stack.wait_drained("AlertQueueUrl", within_seconds=5)
    assert clinic.delivered("p-1") == 1


def the_log_of_texts_tells_of_an_opt_out(clinic: Clinic, _: Browser) -> Iterator[None]:
    clinic.patient("p-1")
    message = Reported.of(sent(clinic, Channel.TEXT))
    record = text_record(message, ReportType.OPT_OUT, clinic.stack.now())
    yield
    stack = clinic.stack
    stack.invoke(stack.outputs["TextLogFunctionName"], log_of_texts(stack, record))
    assert clinic.account("p-1").mobile_state == "opted_out"


def the_log_of_texts_tells_of_a_quota(clinic: Clinic, _: Browser) -> Iterator[None]:
    clinic.patient("p-1")
    message = Reported.of(sent(clinic, Channel.TEXT))
    record = text_record(message, ReportType.NO_QUOTA, clinic.stack.now())
    yield
    stack = clinic.stack
    stack.invoke(stack.outputs["TextLogFunctionName"], log_of_texts(stack, record))
    assert clinic.account("p-1").to_domain().last_alert_on is None
    today = local_date(stack.now(), clinic.practice.time_zone)
    assert stack.wiring.practices.alerts_sent(clinic.practice.practice_id, today) == 0
    assert lift_stop(Channel.TEXT, stack.now())


def the_list_of_opt_outs_is_read(clinic: Clinic, _: Browser) -> Iterator[None]:
    number = clinic.patient("p-1")
    clinic.stack.network.stop(number)
    yield
    assert clinic.stack.invoke(clinic.stack.outputs["OptOutFunctionName"], {})["found"] == 1
    assert clinic.account("p-1").mobile_state == "opted_out"
