"""What became of messages, through the path that is deployed, and what follows from it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from balance_alerts.channels.text_opt_outs import TextOptOuts
from balance_alerts.delivery.opt_outs import OptOutReader, OptOutReport
from balance_alerts.domain.contact import Channel, ContactFact
from balance_alerts.domain.permissions import Level
from balance_alerts.store import keys, opt_out_place
from balance_alerts.store.channel_stops import lift_stop
from balance_alerts.store.consents import ConsentRecord
from balance_alerts.store.delivery_reports import DeliveryReportRecord
from infra.local.provider_reports import ReportType, Sent
from tests.builders import at
from tests.stack.due import Clinic
from tests.stack.operating import Operator
from tests.stack.portal_client import Browser, link_to
from tests.stack.staff_client import staff
from tests.stack.workers import provider


def told(browser: Browser, to: str, kind: str, **more: str) -> None:
    answer = browser.send("POST", "/local/delivery-events", {"to": to, "type": kind, **more})
    assert answer.status == 200, answer


def statuses(desk: Browser, patient_id: str = "p-1") -> list[tuple[str, str, str]]:
    """Channel, status and detail of the newest alert, as staff see it."""
    newest = desk.get(f"/patients/{patient_id}/alerts").json["alerts"][0]
    return [(each["channel"], each["status"], each["detail"]) for each in newest["channels"]]


def status(desk: Browser, channel: str = "text") -> str:
    [found] = [status for name, status, _ in statuses(desk) if name == channel]
    return found


@pytest.fixture
def desk(clinic: Clinic, browser: Browser) -> Browser:
    return staff(browser, clinic, Level.FRONT_DESK)


@pytest.fixture
def number(clinic: Clinic) -> str:
    """The mobile of a patient who was just alerted by text and by email."""
    number = clinic.patient("p-1", email=True)
    assert clinic.stack.scan().sent == 1
    return number


@pytest.fixture
def address(clinic: Clinic, number: str) -> str:
    """The address of that patient."""
    return str(clinic.account("p-1").email)


@pytest.mark.parametrize(
    ("kind", "shown", "detail", "state"),
    [
        ("delivered", "delivered", "", "reachable"),
        ("soft_bounce", "bounced", "phone_unreachable", "reachable"),
        ("carrier_blocked", "carrier_blocked", "carrier_blocked", "reachable"),
        ("opt_out", "opted_out", "opted_out", "opted_out"),
        ("invalid_number", "not_sent", "invalid_number", "invalid"),
    ],
)
def test_what_becomes_of_a_text(
    clinic: Clinic, desk: Browser, number: str, browser: Browser,
    kind: str, shown: str, detail: str, state: str,
) -> None:  # fmt: skip
    told(browser, number, kind)
    assert statuses(desk) == [("text", shown, detail), ("email", "accepted", "")]
    assert clinic.account("p-1").mobile_state == state


@pytest.mark.parametrize(
    ("kind", "shown", "detail", "state"),
    [
        ("delivered", "delivered", "", "reachable"),
        ("soft_bounce", "bounced", "transient_mailbox_full", "reachable"),
        ("bounce", "bounced", "permanent_general", "bounced"),
        ("complaint", "complained", "abuse", "complained"),
    ],
)
def test_what_becomes_of_an_email(
    clinic: Clinic, desk: Browser, address: str, browser: Browser,
    kind: str, shown: str, detail: str, state: str,
) -> None:  # fmt: skip
    told(browser, address, kind)
    assert statuses(desk) == [("text", "accepted", ""), ("email", shown, detail)]
    assert clinic.account("p-1").email_state == state


def test_a_bounce_may_follow_a_delivery_and_not_the_other_way(
    desk: Browser, address: str, browser: Browser
) -> None:
    told(browser, address, "delivered")
    assert status(desk, "email") == "delivered"
    for kind in ("bounce", "delivered"):
        told(browser, address, kind)
        assert status(desk, "email") == "bounced"


def test_whoever_opted_out_gets_no_more_texts_and_whoever_shares_the_number_neither(
    clinic: Clinic, desk: Browser, number: str, browser: Browser
) -> None:
    clinic.patient("p-2", mobile=number)
    told(browser, number, "opt_out")
    clinic.stack.outbox.clear()
    clinic.stack.set_clock(at(20))
    clinic.stack.scan()
    assert [message.channel for message in clinic.stack.outbox.messages()] == ["email"]
    decision = desk.get("/patients/p-2/alerts").json["decision"]
    assert decision == {"due": False, "reason": "no_reachable_contact", "next_on": None}


def test_an_address_that_bounced_waits_for_staff_and_is_tried_again_once_confirmed(
    clinic: Clinic, desk: Browser, address: str, browser: Browser
) -> None:
    told(browser, address, "bounce")
    [item] = desk.get("/attention").json["items"]
    assert (item["kind"], item["reason"], item["channel"]) == (
        "unreachable_contact",
        "bounced",
        "email",
    )
    assert desk.send("POST", "/patients/p-1/contacts/email/confirm").status == 200
    assert clinic.account("p-1").email_state == "reachable"
    told(browser, address, "bounce", at=at(1).isoformat())
    assert clinic.account("p-1").email_state == "reachable", "a bounce from before that"


def test_a_confirmed_address_is_emailed_again_although_ses_keeps_a_list_of_its_own(
    clinic: Clinic, desk: Browser, address: str, browser: Browser
) -> None:
    """SES takes an email to an address on that list, sends nothing, and reports a bounce."""
    told(browser, address, "bounce")
    clinic.stack.outbox.clear()
    clinic.stack.wiring.accounts.tell_of_contact(
        clinic.practice.practice_id,
        Channel.EMAIL,
        address,
        ContactFact.CONFIRMED,
        source="test, which leaves the list as it is",
        at=clinic.stack.now(),
    )
    clinic.stack.set_clock(at(20))
    clinic.stack.scan()
    assert clinic.stack.outbox.messages(channel="email") == []
    assert statuses(desk)[1] == ("email", "bounced", "permanent_on_account_suppression_list")
    assert clinic.account("p-1").email_state == "bounced"
    assert desk.send("POST", "/patients/p-1/contacts/email/confirm").status == 200
    clinic.stack.set_clock(at(40))
    clinic.stack.scan()
    assert [message.to for message in clinic.stack.outbox.messages(channel="email")] == [address]


def test_whoever_called_it_spam_and_wants_emails_again_gets_them(
    clinic: Clinic, address: str, browser: Browser
) -> None:
    told(browser, address, "complaint")
    patient = browser.signed_in(link_to(clinic, "p-1"))
    on = patient.send("PUT", "/portal/alerts", {"text": True, "email": True})
    assert (on.status, on.json) == (200, {"text": True, "email": True})
    clinic.stack.outbox.clear()
    clinic.stack.set_clock(at(20))
    clinic.stack.scan()
    assert [message.to for message in clinic.stack.outbox.messages(channel="email")] == [address]


def test_a_receipt_that_bounces_marks_the_address_too(clinic: Clinic, address: str) -> None:
    sent = Sent(address, "m-9", clinic.stack.now(), {"practice": [clinic.practice.code]})
    clinic.stack.delivery.report_email(sent, ReportType.BOUNCE, clinic.stack.now())
    assert clinic.account("p-1").email_state == "bounced"


def test_reports_of_messages_that_are_none_of_ours_change_nothing(
    clinic: Clinic, desk: Browser, number: str, address: str, browser: Browser
) -> None:
    told(browser, address, "bounce", message_id="somebody-else")
    told(browser, number, "delivered", message_id="somebody-else")
    assert clinic.account("p-1").email_state == "reachable"
    assert statuses(desk) == [("text", "accepted", ""), ("email", "accepted", "")]


def test_a_report_may_come_before_the_sender_has_recorded_its_message(
    clinic: Clinic, desk: Browser, browser: Browser
) -> None:
    number = clinic.patient("p-1")
    told(browser, number, "delivered", message_id="another")  # its reader has started by now
    outbox = clinic.stack.outbox

    def report_first(message: Any) -> None:
        outbox.watcher = None
        clinic.stack.delivery.report_text(Sent.of(message), ReportType.DELIVERED, message.sent_at)

    outbox.watcher = report_first
    clinic.stack.scan()
    assert [message.to for message in outbox.messages()] == [number]
    assert status(desk) == "delivered"


def test_an_email_whose_answer_was_lost_is_known_once_it_is_reported(
    clinic: Clinic, desk: Browser, browser: Browser
) -> None:
    clinic.patient("p-1", email=True, text=False)
    clinic.stack.outbox.set_fault("email", "reset_after")
    clinic.stack.scan()
    assert status(desk, "email") == "unknown"
    told(browser, str(clinic.account("p-1").email), "delivered")
    assert status(desk, "email") == "delivered"


def test_what_is_not_reported_within_three_days_is_undetermined(
    clinic: Clinic, desk: Browser, number: str, address: str, browser: Browser
) -> None:
    told(browser, address, "delivered")
    clinic.stack.set_clock(clinic.stack.now() + timedelta(hours=71))
    assert status(desk) == "accepted"
    clinic.stack.set_clock(clinic.stack.now() + timedelta(hours=2))
    assert statuses(desk) == [("text", "undetermined", "no_report"), ("email", "delivered", "")]
    told(browser, number, "delivered")
    assert status(desk) == "delivered", "days late"


class TestReplies:
    def test_stop_is_a_withdrawal_with_its_time_and_source(
        self, clinic: Clinic, desk: Browser, number: str, browser: Browser
    ) -> None:
        told(browser, number, "inbound_stop")
        account = clinic.account("p-1")
        assert (account.mobile_state, account.text_subscribed) == ("opted_out", True)
        pk, _ = keys.account(clinic.practice.practice_id, "p-1")
        consents = ConsentRecord.query(pk, ConsentRecord.sk.startswith("CONSENT#text"))
        assert [(each.source, each.withdrawn, each.contact) for each in consents] == [
            ("intake form", None, number),
            ("text_reply", True, number),
        ]
        shown = desk.get("/patients/p-1").json["contacts"][0]
        assert (shown["state"], shown["consent"]["withdrawn"]) == ("opted_out", True)
        assert shown["consent"]["source"] == shown["state_source"] == "text_reply"
        assert shown["consent"]["at"] == shown["state_since"]

    def test_start_takes_it_back_which_is_a_consent(
        self, clinic: Clinic, desk: Browser, number: str, browser: Browser
    ) -> None:
        told(browser, number, "inbound_stop")
        told(browser, number, "inbound_start")
        consent = desk.get("/patients/p-1").json["contacts"][0]["consent"]
        assert (consent["source"], consent["withdrawn"]) == ("text_reply", False)
        assert clinic.account("p-1").mobile_state == "reachable"
        clinic.stack.set_clock(at(20))
        clinic.stack.outbox.clear()
        clinic.stack.scan()
        assert {message.channel for message in clinic.stack.outbox.messages()} == {"text", "email"}

    @pytest.mark.parametrize(
        ("text", "state"),
        [("Opt out", "opted_out"), ("no más por favor", "opted_out"), ("thanks!", "reachable")],
    )
    def test_words_that_no_carrier_heeds(
        self, clinic: Clinic, number: str, text: str, state: str
    ) -> None:
        clinic.stack.delivery.reply(number, text, clinic.stack.now())
        assert clinic.account("p-1").mobile_state == state
        assert clinic.stack.network.opted_out() == []

    def test_a_stop_that_comes_late_does_not_undo_a_later_start(
        self, clinic: Clinic, number: str, browser: Browser
    ) -> None:
        told(browser, number, "inbound_start")
        told(browser, number, "inbound_stop", at=at(1).isoformat())
        assert clinic.account("p-1").mobile_state == "reachable"

    def test_replies_and_reports_come_through_their_topics(
        self, clinic: Clinic, number: str
    ) -> None:
        """The other tests put replies into the queue behind the topic."""
        stack = clinic.stack
        message = {"originationNumber": number, "messageBody": "STOP"}
        stack.client("sns").publish(
            TopicArn=stack.outputs["ReplyTopicArn"], Message=json.dumps(message)
        )
        stack.delivery.reply(number, "thanks", stack.now())  # waits until the queue is empty
        assert clinic.account("p-1").mobile_state == "opted_out"


class TestOptOutsThatSnsKeepsToItself:
    """It takes a text to such a number, says that all is well, and does not send it."""

    def test_the_delivery_log_tells_of_the_text(
        self, clinic: Clinic, desk: Browser, browser: Browser
    ) -> None:
        number = clinic.patient("p-1")
        clinic.stack.network.stop(number)
        assert clinic.stack.scan().sent == 1
        assert clinic.stack.outbox.messages() == []
        assert status(desk) == "opted_out"
        assert clinic.account("p-1").mobile_state == "opted_out"

    def test_the_list_tells_before_one_is_sent(self, clinic: Clinic) -> None:
        numbers = [clinic.patient(f"p-{n}") for n in (1, 2, 3)]
        for number in (numbers[0], numbers[2], *(f"+1303555{n:04}" for n in range(150))):
            clinic.stack.network.stop(number)
        function = clinic.stack.outputs["OptOutFunctionName"]
        assert clinic.stack.invoke(function, {}) == {
            "listed": 152,
            "found": 2,
            "troubles": 0,
            "complete": True,
        }
        assert [clinic.account(f"p-{n}").mobile_state for n in (1, 2, 3)] == [
            "opted_out",
            "reachable",
            "opted_out",
        ]
        assert clinic.stack.invoke(function, {})["found"] == 0
        assert clinic.stack.scan().queued == 1

    def test_a_list_too_long_for_one_run_is_read_by_several(self, clinic: Clinic) -> None:
        stack = clinic.stack
        for number in (clinic.patient("p-1"), *(f"+1201555{n:04}" for n in range(150))):
            stack.network.stop(number)
        reader = OptOutReader(
            stack.wiring.accounts,
            TextOptOuts(provider(stack, "sns")),
            stack.now,
            sleep=lambda _: None,
        )
        begun = reader.read(lambda: 0)
        assert begun == OptOutReport(listed=100, found=0, complete=False)
        assert reader.read(lambda: 0) == OptOutReport(listed=51, found=1)
        assert reader.read(lambda: 0) == begun, "from the beginning again"
        opt_out_place.keep_place("forgotten")
        assert reader.read(lambda: 300) == OptOutReport(listed=151)

    def test_the_patient_s_switch_takes_the_number_off_the_list(
        self, clinic: Clinic, browser: Browser
    ) -> None:
        number = clinic.patient("p-1")
        clinic.stack.scan()
        told(browser, number, "opt_out")
        patient = browser.signed_in(link_to(clinic, "p-1"))
        on = patient.send("PUT", "/portal/alerts", {"text": True, "email": False})
        assert (on.status, on.json) == (200, {"text": True, "email": False})
        assert clinic.stack.network.opted_out() == []
        assert clinic.account("p-1").mobile_state == "reachable"
        told(browser, number, "inbound_stop")
        again = patient.send("PUT", "/portal/alerts", {"text": True, "email": False})
        assert (again.status, again.code) == (409, "opt_in_refused"), "AWS does so once in 30 days"
        assert clinic.account("p-1").mobile_state == "opted_out"


class TestReplaying:
    """The function that reads the log failed for longer than the subscription tries."""

    def test_what_it_missed_is_taken_in(
        self,
        clinic: Clinic,
        desk: Browser,
        number: str,
        browser: Browser,
        operator: Operator,
    ) -> None:
        since = datetime.now(UTC)
        told(browser, number, "delivered")
        sent = clinic.stack.outbox.messages(channel="text")[0].message_id
        DeliveryReportRecord(*keys.delivery_report("text", sent)).delete()
        assert status(desk) == "accepted"
        said = operator.run("replay-texts", "--since", since.isoformat())
        assert said == "1 record taken in\n"
        assert status(desk) == "delivered"

    def test_what_breaks_again_is_said(self, clinic: Clinic, operator: Operator) -> None:
        since = datetime.now(UTC)
        clinic.stack.delivery.log_text("no record", failed=True)
        said = operator.run("replay-texts", "--since", since.isoformat(), code=1)
        assert "of 1 more some failed" in said


# What each report is shown as and makes of the contact, the weakest first.
MEANS = {
    "delivered": ("delivered", "reachable"),
    "carrier_blocked": ("carrier_blocked", "reachable"),
    "invalid_number": ("not_sent", "invalid"),
    "opt_out": ("opted_out", "opted_out"),
    "soft_bounce": ("bounced", "reachable"),
    "bounce": ("bounced", "bounced"),
    "complaint": ("complained", "complained"),
}
STRENGTH = ["reachable", "bounced", "invalid", "opted_out", "complained"]


@pytest.mark.parametrize("seed", range(3))
def test_reports_in_any_order_doubled_and_late(
    clinic: Clinic, desk: Browser, browser: Browser, seed: int
) -> None:
    """The last word is that of the strongest report, whoever came first; told here once more."""
    random = Random(seed)
    ids = [f"p-{n}" for n in range(6)]
    for patient_id in ids:
        clinic.patient(patient_id, email=True)
    assert clinic.stack.scan().sent == len(ids)
    sent = {(m.channel, m.to): Sent.of(m) for m in clinic.stack.outbox.messages()}
    kinds = {
        "text": ["delivered", "carrier_blocked", "invalid_number", "opt_out", "soft_bounce"],
        "email": ["delivered", "soft_bounce", "bounce", "complaint"],
    }
    events = [
        (channel, to, random.choice(kinds[channel]), random.randint(0, 300))
        for channel, to in sent
        for _ in range(random.randint(0, 4))
    ]
    events += random.sample(events, len(events) // 2)
    random.shuffle(events)
    feed = clinic.stack.delivery
    for channel, to, kind, minutes in events:
        report = feed.report_text if channel == "text" else feed.report_email
        report(sent[channel, to], ReportType(kind), at(1) + timedelta(minutes=minutes))
    for patient_id in ids:
        account = clinic.account(patient_id)
        shown = {channel: status for channel, status, _ in statuses(desk, patient_id)}
        for channel in Channel:
            heard = [kind for name, to, kind, _ in events if to == account.contact(channel)]
            strongest = max(heard, key=list(MEANS).index, default=None)
            assert shown[channel] == (MEANS[strongest][0] if strongest else "accepted")
            states = [MEANS[kind][1] for kind in heard]
            expected = max(states, key=STRENGTH.index, default="reachable")
            assert account.contact_state(channel) == expected


class TestQuota:
    """The month's spending limit for texts: SNS takes texts, sends none, and says so afterwards."""

    def test_whom_a_text_did_not_reach_is_due_again_and_waits_for_the_month_to_end(
        self, clinic: Clinic, desk: Browser, browser: Browser
    ) -> None:
        number = clinic.patient("p-1")
        clinic.stack.scan()
        told(browser, number, "no_quota")
        assert statuses(desk) == [("text", "not_sent", "no_quota")]
        assert desk.get("/patients/p-1/alerts").json["decision"]["due"] is True
        [stop] = desk.get("/practice").json["stopped_channels"]
        assert (stop["channel"], stop["reason"]) == ("text", "no_quota")
        clinic.stack.outbox.clear()
        assert clinic.stack.scan().skipped == 1
        assert clinic.stack.outbox.messages() == []
        clinic.stack.set_clock(at(date(2026, 4, 1)))
        assert desk.get("/practice").json["stopped_channels"] == []
        assert clinic.stack.scan().sent == 1
        assert [message.to for message in clinic.stack.outbox.messages()] == [number]

    def test_texts_go_out_at_once_when_the_operator_raised_the_limit(
        self, clinic: Clinic, browser: Browser
    ) -> None:
        number = clinic.patient("p-1")
        clinic.stack.scan()
        told(browser, number, "no_quota")
        reported_at = clinic.stack.now()
        assert lift_stop(Channel.TEXT, clinic.stack.now())
        told(browser, number, "no_quota", at=reported_at.isoformat(), message_id="another")
        assert clinic.stack.scan().sent == 1, "what is told of before that is over"

    def test_a_report_that_is_faster_than_the_sender_fails_and_comes_again(
        self, clinic: Clinic, desk: Browser, browser: Browser
    ) -> None:
        number = clinic.patient("p-1")
        told(browser, number, "delivered", message_id="another")  # its reader has started by now
        stack, outbox = clinic.stack, clinic.stack.outbox
        position = stack.journal.position()

        def report_first(message: Any) -> None:
            outbox.watcher = None
            stack.delivery.report_text(Sent.of(message), ReportType.NO_QUOTA, message.sent_at)

        outbox.watcher = report_first
        stack.scan()
        assert stack.journal.since(position).failed["TextDeliveryLog"] == 1, "Lambda tries again"
        told(browser, number, "no_quota")
        assert desk.get("/patients/p-1/alerts").json["decision"]["due"] is True

    def test_an_alert_that_an_email_brought_counts(
        self, clinic: Clinic, desk: Browser, number: str, browser: Browser
    ) -> None:
        told(browser, number, "no_quota")
        assert statuses(desk) == [("text", "not_sent", "no_quota"), ("email", "accepted", "")]
        assert desk.get("/patients/p-1/alerts").json["decision"]["reason"] == "too_soon"
        clinic.patient("p-2", email=True)
        clinic.stack.scan()
        assert statuses(desk, "p-2") == [
            ("text", "not_sent", "channel_stopped"),
            ("email", "accepted", ""),
        ]

    def test_twice_told_changes_nothing_more(self, clinic: Clinic, browser: Browser) -> None:
        number = clinic.patient("p-1")
        clinic.stack.scan()
        sent = Sent.of(clinic.stack.outbox.messages()[0])
        told(browser, number, "no_quota")
        assert lift_stop(Channel.TEXT, clinic.stack.now())
        clinic.stack.scan()
        before = clinic.account("p-1")
        feed = clinic.stack.delivery
        feed.report_text(sent, ReportType.NO_QUOTA, sent.sent_at + timedelta(seconds=1))
        after = clinic.account("p-1")
        assert (after.claim_id, after.last_alert_on) == (before.claim_id, before.last_alert_on)
        assert clinic.delivered("p-1") == 2


def test_a_channel_that_the_provider_stopped_rests_and_is_tried_again(
    clinic: Clinic, desk: Browser
) -> None:
    clinic.patients(4)
    clinic.stack.outbox.set_fault("text", "stopped")
    assert clinic.stack.scan().sent == 0
    [stop] = desk.get("/practice").json["stopped_channels"]
    assert (stop["channel"], stop["reason"]) == ("text", "authorization")
    attempts = clinic.stack.outbox.attempts
    clinic.stack.scan()
    assert clinic.stack.outbox.attempts == attempts, "nothing is tried while it rests"
    clinic.stack.outbox.clear_faults()
    clinic.stack.set_clock(clinic.stack.now() + timedelta(minutes=11))
    assert clinic.stack.scan().sent == 4
