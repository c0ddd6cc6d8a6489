"""What became of messages, as staff and the patient see it, and what they do about it."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Browser, Route, expect

from balance_alerts.domain.delivery import ChannelStatus
from balance_alerts.domain.permissions import Level
from tests.browser.conftest import PHONE
from tests.browser.journeys.conftest import Look, Open
from tests.browser.journeys.patient_visit import Link, PatientVisit
from tests.stack.due import Clinic
from tests.stack.portal_client import Browser as Portal

UNFORESEEN = "carrier_on_strike"
TOLD = [
    *((status.value, "") for status in ChannelStatus),
    *(
        (status, detail)
        for status, details in {
            "bounced": "permanent_general permanent_no_email permanent_suppressed "
            "permanent_on_account_suppression_list transient_general transient_mailbox_full "
            "transient_message_too_large transient_content_rejected "
            "transient_attachment_rejected undetermined_undetermined phone_unreachable "
            "carrier_unreachable",
            "complained": "abuse auth_failure fraud virus other",
            "opted_out": "opted_out",
            "carrier_blocked": "carrier_blocked carrier_spam phone_blocked blocked_list",
            "not_sent": "rejected invalid_number invalid_address opted_out no_quota "
            "above_max_price invalid_body throttled out_of_time not_connected channel_stopped "
            "daily_quota_exceeded sending_paused account_suspended not_verified "
            "message_rejected access_denied certificate_refused no_credentials",
            "unknown": "worker_lost no_message_id read_timeout connection_closed http_503",
            "undetermined": "no_report unknown_error unforeseen_reason",
        }.items()
        for detail in details.split()
    ),
]
OUTCOME_WORDS = """async (told) => {
    const base = document.querySelector("script[type=module]").src;
    const { outcomeWords } = await import(base.replace("console.js", "delivery-words.js"));
    return told.map(([status, detail]) => outcomeWords(status, detail));
}"""


def told(clinic: Clinic, to: str, kind: str) -> None:
    event = {"to": to, "type": kind}
    answer = Portal(clinic.stack.public_url).send("POST", "/local/delivery-events", event)
    assert answer.status == 200, answer


def national(number: str) -> str:
    return f"({number[2:5]}) {number[5:8]}-{number[8:]}"


def test_an_address_that_bounced_is_confirmed_and_gets_the_next_alert(
    console: Open, clinic: Clinic, look: Look, stepped: Callable[[int], None]
) -> None:
    clinic.patient("p-1", text=False, email=True)
    email = str(clinic.account("p-1").email)
    clinic.queue("p-1")
    told(clinic, email, "bounce")
    seen = console(Level.FRONT_DESK, at="today").expect_screen("Today")
    waiting = seen.page.get_by_role("region", name="Contacts that cannot be reached")
    expect(waiting).to_contain_text("Messages come back")
    expect(waiting).not_to_contain_text(email)
    look(seen, "unreachable")
    waiting.get_by_role("link", name="Maya Okafor").click()
    seen.expect_screen("Maya Okafor")
    engagement = seen.page.get_by_role("region", name="Patient Engagement")
    expect(engagement).to_contain_text(re.compile(r"Since March 3, 2026, .*: an email came back\."))
    alert = seen.page.locator(".entry").first
    expect(alert).to_contain_text("Email: Came back There is no such mailbox")
    expect(seen.page.locator("#next-alert")).to_contain_text(
        "missing, cannot be reached or has opted out"
    )
    look(seen, "bounced")
    seen.press("It is right, try again").press("It is right")
    expect(engagement).to_contain_text("confirmed by staff")
    expect(seen.page.locator("#next-alert")).to_contain_text("due on March 17, 2026")
    stepped(15)
    assert [message.to for message in clinic.stack.outbox.messages(to=email)] == [email, email]
    seen.go("changes")
    seen.expect_screen("Changes")
    change = seen.page.locator(".entry", has_text="Contact confirmed")
    expect(change).to_contain_text(
        f"Alerts may go to {email[0]}***@example.org again; it was marked as: messages come back."
    )
    expect(change.get_by_role("link", name="Maya Okafor")).to_be_visible()


def test_who_texts_stop_is_turned_on_by_nobody_but_themselves(
    console: Open, clinic: Clinic, browser: Browser, look: Look
) -> None:
    number = clinic.patient("p-1")
    clinic.queue("p-1")
    told(clinic, number, "inbound_stop")
    seen = console(Level.FRONT_DESK, at="patients/p-1").expect_screen("Maya Okafor")
    texts = seen.page.get_by_role("switch", name="Text alerts")
    expect(texts).to_be_disabled()
    expect(texts).to_have_attribute("aria-checked", "false")
    expect(texts).to_have_accessible_description(
        re.compile(
            re.escape(national(number)) + r".*Since March 3, 2026, .*: its owner texted STOP\..*"
            r"Only they can turn them on again: on their page, or by texting START\."
        )
    )
    look(seen, "stopped-by-text")

    link = str(clinic.stack.outbox.messages(to=number)[-1].link)
    patient = PatientVisit(browser, Link(link), PHONE, language="en")
    patient.sign_in()
    patient.choose("alerts")
    patient.page.get_by_role("switch", name="Text").click()
    expect(patient.page.locator("#announcer")).to_have_text("Text reminders are on.")
    patient.page.context.close()
    assert patient.complaints == []

    seen.page.reload()
    expect(texts).to_have_attribute("aria-checked", "true")
    expect(texts).to_have_accessible_description(
        re.compile(
            r"Reachable.*: the patient opted in on their page\..*"
            r"Agreed on March 3, 2026 by the patient, on their page\."
        )
    )


def test_staff_are_told_that_a_channel_is_stopped_for_everybody(
    console: Open, clinic: Clinic, look: Look
) -> None:
    since = clinic.stack.now().isoformat()
    stopped = [
        {"channel": "text", "reason": "no_quota", "since": since},
        {"channel": "email", "reason": UNFORESEEN, "since": since},
    ]
    seen = console(Level.THERAPY_DIRECTOR)

    def stop(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "stopped_channels": stopped})

    clinic.patient("p-1")
    seen.page.route("**/practice", stop)
    for place, title in (
        ("today", "Today"), ("patients/p-1", "Maya Okafor"), ("settings", "Patient Engagement"),
    ):  # fmt: skip
        seen.go(place)
        seen.expect_screen(title)
        texts = seen.page.get_by_role("region", name="No texts go out at present")
        expect(texts).to_contain_text("monthly spending limit for texts is reached")
        expect(texts).to_contain_text("Alerts by text wait and go out later")
        expect(texts).to_contain_text("The operator of this system has to act")
        emails = seen.page.get_by_role("region", name="No emails go out at present")
        expect(emails).to_contain_text("(carrier on strike)")
        if "/" in place:
            waits = "An alert is due and waits: no texts go out at present."
            expect(seen.page.locator("#next-alert")).to_contain_text(waits)
        look(seen, f"stopped-{place.partition('/')[0]}")
    said = seen.page.locator(".saved")
    for resting, words in (
        (2, "Saved. Neither texts nor emails go out at present; alerts that are due wait."),
        (1, "Saved. Alerts go out: Every two weeks. No texts go out at present."),
    ):
        del stopped[resting:]
        seen.page.route("**/practice/balance-alerts", stop)
        seen.page.get_by_label("Days before the first alert").fill(str(resting))
        seen.press("Save")
        expect(said).to_have_text(words)


def test_every_outcome_has_words(console: Open) -> None:
    """What may be told reads as sentences; what nobody foresaw shows its code as words."""
    seen = console(Level.FRONT_DESK, at="changes").expect_screen("Changes")
    words = dict(zip(TOLD, seen.page.evaluate(OUTCOME_WORDS, TOLD), strict=True))
    for (status, _), told_of in words.items():
        assert told_of.endswith(".") or status == "delivered", told_of
        assert "_" not in told_of
        assert "The reason given" not in told_of
    assert words["bounced", "permanent_general"] != words["bounced", "transient_mailbox_full"]
    [unforeseen] = seen.page.evaluate(OUTCOME_WORDS, [("not_sent", UNFORESEEN)])
    assert unforeseen.endswith("The reason given: carrier on strike.")
