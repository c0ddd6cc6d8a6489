"""What staff do at the console: page, sign-in, API, functions and table together."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

from playwright.sync_api import expect

from balance_alerts.domain.audit import OPERATOR
from balance_alerts.domain.permissions import Level
from balance_alerts.domain.practice import Frequency
from balance_alerts.practices.brake import pause_all, resume_all
from balance_alerts.practices.set_up import change_settings
from infra.local.gateway.modes import GatewayMode
from infra.local.staff import PASSWORD
from tests import builders
from tests.browser.conftest import PHONE, SMALL_PHONE
from tests.browser.journeys.conftest import Keep, Look, Open
from tests.stack.due import Clinic
from tests.stack.paying import Till
from tests.stack.portal_client import Browser as Portal
from tests.stack.test_staff_card_payments import pay

SIGNS_IN = "director@harbor-point.example"


def test_a_director_signs_in_and_comes_back_to_where_they_were(
    console: Open, clinic: Clinic
) -> None:
    clinic.stack.staff.add(
        practice_id=clinic.practice.practice_id,
        level=Level.THERAPY_DIRECTOR,
        name="Ines Vega",
        email=SIGNS_IN,
    )
    seen = console(None, at="settings/profile")
    seen.page.get_by_label("Username").fill(SIGNS_IN)
    seen.page.get_by_label("Password").fill(PASSWORD)
    seen.press("Sign in").expect_screen("Practice profile")
    assert "code=" not in seen.page.url
    seen.page.get_by_label("Phone that patients call").fill("508-555-0123")
    seen.press("Save")
    expect(seen.page.locator(".saved")).to_have_text("Saved.")
    assert clinic.stack.wiring.practices.get(clinic.practice.practice_id).phone == "508-555-0123"
    # A token that is no good any more is renewed, or one signs in again and comes back.
    seen.page.evaluate("sessionStorage.setItem('staff', JSON.stringify({ id_token: 'x.y.z' }))")
    seen.page.get_by_role("link", name="Patient Engagement").click()
    expect(seen.page.get_by_role("dialog")).to_contain_text("Please sign in again")
    seen.press("Sign in")
    expect(seen.page.get_by_label("Username")).to_be_visible()


def test_a_director_sees_what_a_frequency_leads_to_before_saving_it(
    console: Open, clinic: Clinic, look: Look
) -> None:
    clinic.patients(3)
    seen = console(Level.THERAPY_DIRECTOR, at="settings").expect_screen("Patient Engagement")
    foreseen = seen.page.locator(".preview [role=status]")
    expect(foreseen).to_contain_text("15 alerts to 3 of 3 patients")
    look(seen, "engagement")
    seen.page.get_by_label("Every Month").check()
    expect(foreseen).to_contain_text("6 alerts to 3 of 3 patients")
    expect(seen.page.locator(".days tbody tr")).to_have_count(2)
    practices, practice_id = clinic.stack.wiring.practices, clinic.practice.practice_id
    assert practices.get(practice_id).alerts.frequency is Frequency.TWO_WEEKS
    limit = seen.page.get_by_label("Most alerts in one day")
    limit.fill("many")
    seen.press("Save")
    expect(limit).to_be_focused()
    expect(limit).to_have_accessible_description("".join((
        "Whoever waits longest comes first. Empty for no limit. ",
        "Enter a number of 1 or more, or leave it empty.",
    )))  # fmt: skip
    limit.fill("")
    seen.press("Save")
    expect(seen.page.locator(".saved")).to_have_text("Saved. Alerts go out: Every Month.")
    assert practices.get(practice_id).alerts.frequency is Frequency.MONTHLY


def test_a_director_reads_numbers_as_people_write_them(console: Open, clinic: Clinic) -> None:
    pilots = {"pilot_contacts": ("+12025550199", "maya@example.org")}
    practices, practice_id = clinic.stack.wiring.practices, clinic.practice.practice_id
    change_settings(practices, practice_id, **pilots)
    seen = console(Level.THERAPY_DIRECTOR, at="settings").expect_screen("Patient Engagement")
    tried = seen.page.get_by_label("Try it out first")
    expect(tried).to_have_value("(202) 555-0199\nmaya@example.org")
    seen.page.get_by_label("Most alerts in one day").fill("5")
    with seen.page.expect_request("**/practice/balance-alerts") as asked:
        seen.press("Save")
    assert asked.value.post_data_json == {"daily_limit": 5}, "what was not touched is not sent"
    saved = seen.page.locator(".saved")
    only = "Saved. Alerts go out: Every two weeks, to the contacts on your list only."
    expect(saved).to_have_text(only)
    tried.fill("(202) 555-0198")
    expect(saved).to_be_empty()
    seen.press("Save")
    expect(saved).to_have_text(only)
    assert practices.get(practice_id).alerts.pilot_contacts == ("+12025550198",)

    seen.page.get_by_role("link", name="Practice profile").click()
    seen.expect_screen("Practice profile")
    phone = seen.page.get_by_label("Phone that patients call")
    phone.fill("5085550123")
    seen.press("Save")
    expect(saved).to_have_text("Saved.")
    expect(phone).to_have_value("(508) 555-0123")
    assert practices.get(practice_id).phone == "(508) 555-0123"


def test_what_the_preview_cannot_be_made_of_is_said_at_its_field(
    console: Open, clinic: Clinic, look: Look
) -> None:
    clinic.patient("p-1")
    seen = console(Level.THERAPY_DIRECTOR, at="settings").expect_screen("Patient Engagement")
    foreseen = seen.page.locator(".preview [role=status]")
    expect(foreseen).to_contain_text("5 alerts to 1 of 1 patient")
    opens, days = seen.page.get_by_label("Send from"), seen.page.get_by_label("Days before")
    for field, typed, words in (
        (opens, "06:00", "Send from: Alerts go out between 8:00 AM and 9:00 PM only."),
        (days, "31", "Days before the first alert: Enter a number of days from 0 to 30."),
        (seen.page.get_by_label("Try it out first"), "202-555", "Try it out first, with these"),
    ):
        before = field.input_value()
        field.fill(typed)
        expect(foreseen).to_contain_text(words)
        expect(foreseen).not_to_contain_text("_")
        expect(field).to_be_focused()
        expect(field).to_have_attribute("aria-invalid", "true")
        if field is opens:
            look(seen, "preview-refused")
        field.fill(before)
        expect(foreseen).to_contain_text("5 alerts to 1 of 1 patient")
        expect(field).not_to_have_attribute("aria-invalid", "true")


def test_paused_and_switched_off_are_told_apart(console: Open, clinic: Clinic, look: Look) -> None:
    clinic.patient("p-1")
    director = console(Level.THERAPY_DIRECTOR, at="settings").expect_screen("Patient Engagement")
    left_out = director.page.locator(".left-out")
    desk = console(Level.FRONT_DESK, at="patients").expect_screen("Patients")
    row = desk.page.get_by_role("row", name="Okafor, Maya")
    pause = director.page.get_by_label("Pause all alerts")
    for change, said, short, long in (
        (pause.check, "Saved. No alerts go out while they are paused.", "Paused for the practice",
         "No alert is coming: your practice has paused its alerts."),
        (director.page.get_by_label("Don’t Send").check,
         "Saved. No alerts go out: the frequency is Don’t Send.", "Paused for the practice",
         "No alert is coming: your practice has paused its alerts."),
        (pause.uncheck, "Saved. No alerts go out: the frequency is Don’t Send.",
         "Switched off for the practice",
         "No alert is coming: alerts are switched off for your practice"),
    ):  # fmt: skip
        change()
        expect(left_out).to_contain_text(short)
        director.press("Save")
        expect(director.page.locator(".saved")).to_have_text(said)
        desk.page.reload()
        expect(row).to_contain_text(short)
        row.get_by_role("link").click()
        desk.expect_screen("Maya Okafor")
        expect(desk.page.locator("#next-alert")).to_contain_text(long)
        desk.page.go_back()
        desk.expect_screen("Patients")
    look(desk, "switched-off")


def test_the_front_desk_is_told_who_may_change_settings(
    console: Open, clinic: Clinic, keep: Keep
) -> None:
    seen = console(Level.FRONT_DESK, at="settings", size=SMALL_PHONE)
    seen.expect_screen("Patient Engagement")
    seen.page.evaluate("document.documentElement.style.fontSize = '200%'")
    expect(seen.main).to_contain_text("Only a therapy director")
    expect(seen.page.get_by_role("button", name="Save")).to_have_count(0)
    seen.expect_no_barriers()
    keep(seen.page, "staff-front-desk-320-twice-the-text")
    menu = seen.page.get_by_role("button", name="Menu")
    menu.focus()
    seen.page.keyboard.press("Enter")
    seen.page.keyboard.press("Tab")
    expect(seen.page.get_by_role("link", name="Today")).to_be_focused()


def test_the_front_desk_subscribes_a_patient_holds_and_sees_the_alert(
    console: Open, clinic: Clinic, look: Look, stepped: Callable[[int], None]
) -> None:
    mobile = clinic.patient("p-1", text=False)
    seen = console(Level.FRONT_DESK, at="patients").expect_screen("Patients")
    look(seen, "patients")
    seen.page.get_by_label("Find a patient").fill("oka")
    seen.press("Search")
    seen.page.get_by_role("link", name="Okafor, Maya").click()
    seen.expect_screen("Maya Okafor")
    why = seen.page.locator("#next-alert")
    expect(why).to_contain_text("subscribed neither by text nor by email")

    texts = seen.page.get_by_role("switch", name="Text alerts")
    texts.click()
    dialog = seen.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Only if Maya Okafor agreed")
    seen.expect_no_barriers()
    seen.press("They agreed")
    expect(texts).to_have_attribute("aria-checked", "true")
    expect(texts).to_be_focused()
    expect(texts).to_have_accessible_description(re.compile("Agreed on .* recorded by Ines Vega"))
    expect(why).to_contain_text("An alert is due now")

    seen.press("Hold alerts")
    dialog.get_by_label("Through").fill((builders.DAY_0 + timedelta(days=3)).isoformat())
    dialog.get_by_role("button", name="Hold alerts").click()
    expect(why).to_contain_text("Alerts are on hold. The next one is due on")
    stepped(2)
    assert clinic.delivered("p-1") == 0
    stepped(4)
    assert [one.to for one in clinic.stack.outbox.messages(to=mobile)] == [mobile]
    seen.page.reload()
    expect(why).to_contain_text("The next alert is due on")
    told = seen.page.locator(".entry").first
    expect(told).to_contain_text("Alert")
    expect(told).to_contain_text("Text: Sent")
    look(seen, "patient")


def test_a_payment_being_confirmed_is_said_in_red_until_a_director_settles_it(
    console: Open, clinic: Clinic, look: Look, stepped: Callable[[int], None]
) -> None:
    stack = clinic.stack
    stack.gateway.reset()
    till = Till(clinic, stack.gateway)
    till.connect()
    clinic.patient("p-1")
    stack.gateway.set_mode(GatewayMode.TIMEOUT_AFTER_CHARGE)
    till.pay("p-1", till.asked(2_000))
    stack.gateway.set_mode(GatewayMode.APPROVE)
    seen = console(Level.FRONT_DESK, at="patients/p-1", size=PHONE).expect_screen("Maya Okafor")
    banner = seen.page.get_by_role("region", name="A payment of $20.00 is being confirmed")
    expect(banner).to_contain_text("Do not take another payment for it")
    expect(seen.page.get_by_role("button", name="Send an alert now")).to_have_count(0)
    first = seen.page.locator(".entry").first
    expect(first).to_contain_text("Payment, being confirmed")
    expect(first).to_contain_text(f"Payment number {stack.gateway.charges()[-1]['invoice_number']}")
    look(seen, "payment-open")

    stepped(3)
    director = console(Level.THERAPY_DIRECTOR, at="today").expect_screen("Today")
    waiting = director.page.get_by_role("region", name="Payments being confirmed")
    [charge] = stack.gateway.charges()
    expect(waiting).to_contain_text(f"Payment number {charge['invoice_number']}")
    waiting.get_by_role("button", name="Settle by hand: $20.00").click()
    dialog = director.page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"Payment number{charge['invoice_number']}")
    look(director, "settle")
    dialog.get_by_label("The card was charged").check()
    dialog.get_by_label("Transaction id").fill(stack.gateway.charges()[-1]["trans_id"])
    dialog.get_by_label("How you know").fill("Seen in the Merchant Interface.")
    director.press("Settle")
    expect(director.main).to_contain_text("Nothing waits for you.")
    assert int(clinic.account("p-1").balance_cents) == 3_000


def test_a_patients_question_is_answered_and_alerts_go_on(
    console: Open, clinic: Clinic, look: Look
) -> None:
    mobile = clinic.patient("p-1")
    clinic.queue("p-1")
    link = str(clinic.stack.outbox.messages(to=mobile)[-1].link)
    patient = Portal(clinic.stack.public_url).signed_in(link.rpartition("/")[2])
    asked = {"reason": "already_paid", "message": "I paid at the desk.", "call_back": True}
    assert patient.send("POST", "/portal/questions", asked).status == HTTPStatus.CREATED

    seen = console(Level.FRONT_DESK).expect_screen("Today")
    expect(seen.main).to_contain_text("1 thing waits for somebody to look at.")
    question = seen.page.get_by_role("region", name="Patients’ questions")
    expect(question).to_contain_text("I paid at the desk.")
    expect(question.get_by_role("link", name="Maya Okafor")).to_be_visible()
    number = question.get_by_role("link", name=f"({mobile[2:5]}) {mobile[5:8]}-{mobile[8:]}")
    expect(number).to_have_attribute("href", f"tel:{mobile}")
    look(seen, "today")
    question.get_by_role("button", name="Answer").click()
    seen.page.get_by_label("What was answered").fill("Found it, thank you.")
    seen.press("Mark as answered")
    expect(seen.main).to_contain_text("Nothing waits for you.")
    expect(seen.heading).to_be_focused()
    assert clinic.account("p-1").to_domain().holds == {}
    told = console(Level.FRONT_DESK, at="patients/p-1").expect_screen("Maya Okafor").main
    expect(told).to_contain_text("Answered by Ines Vega")
    expect(told).to_contain_text("Found it, thank you.")


def test_a_practice_that_paused_its_alerts_is_told_so_on_today(
    console: Open, clinic: Clinic
) -> None:
    clinic.stack.wiring.practice_changes.alerts(
        clinic.practice.practice_id, {"paused": True}, by=OPERATOR
    )
    seen = console(Level.FRONT_DESK).expect_screen("Today")
    banner = seen.page.get_by_role("region", name="Your practice has paused its alerts")
    expect(banner).to_be_visible()
    seen.expect_no_barriers()


def test_while_the_operator_paused_all_alerts_every_screen_says_so(
    console: Open, clinic: Clinic, look: Look
) -> None:
    clinic.patient("p-1")
    # The patient's page is opened before the pause, and looks again at who paused.
    desk = console(Level.FRONT_DESK, at="patients").expect_screen("Patients")
    why = "Wrong amounts in an import; being mended."
    pause_all(by=OPERATOR, note=why, now=clinic.stack.now())
    try:
        desk.page.get_by_role("link", name="Okafor, Maya").click()
        desk.expect_screen("Maya Okafor")
        told = "all alerts of this installation are paused by its operator since March"
        expect(desk.page.locator("#next-alert")).to_contain_text(f"No alert is coming: {told}")
        expect(desk.page.get_by_role("button", name="Send an alert now")).to_have_count(0)
        director = console(Level.THERAPY_DIRECTOR, at="today").expect_screen("Today")
        banner = director.page.get_by_role("region", name="No alerts go out at present")
        expect(banner).to_contain_text(why)
        look(director, "all-paused-today")
        director.page.get_by_role("link", name="Settings").click()
        director.expect_screen("Patient Engagement")
        expect(banner).to_be_visible()
        foreseen = director.page.locator(".preview [role=status]")
        expect(foreseen).to_contain_text("No alert would go out: nothing can be foreseen meanwhile")
        look(director, "all-paused-settings")
        director.page.get_by_label("Every Month").check()
        director.press("Save")
        said = "Saved. No alerts go out until the operator lets go."
        expect(director.page.locator(".saved")).to_have_text(said)
    finally:
        resume_all(by=OPERATOR, note="Mended.", now=clinic.stack.now())
    director.page.get_by_role("link", name="Changes").click()
    director.expect_screen("Changes")
    entries = director.page.locator(".entry")
    expect(entries.nth(0)).to_contain_text("All alerts let go by the operator")
    expect(entries.nth(2)).to_contain_text("All alerts paused by the operator")
    look(director, "all-paused-changes")
    director.page.get_by_role("link", name="Today").click()
    director.expect_screen("Today")
    expect(banner).to_have_count(0)


def test_an_administrator_invites_and_the_front_desk_is_sent_to_them(
    console: Open, look: Look
) -> None:
    seen = console(Level.PRACTICE_ADMINISTRATOR, at="team").expect_screen("Team")
    seen.press("Invite a colleague")
    seen.page.get_by_label("Name").fill("Noor Haddad")
    seen.page.get_by_label("Email").fill("noor.haddad")
    seen.press("Invite")
    email = seen.page.get_by_label("Email")
    expect(email).to_be_focused()
    email.fill("noor.haddad@example.org")
    seen.press("Invite")
    expect(seen.page.get_by_role("row", name="Noor Haddad")).to_contain_text("Front desk")
    look(seen, "team")
    seen.go("changes")
    seen.expect_screen("Changes")
    expect(seen.page.locator(".entry").first).to_contain_text("Colleague invited")
    look(seen, "changes")
    desk = console(Level.FRONT_DESK, at="team").expect_screen("Team")
    expect(desk.main).to_contain_text("This page is for: practice administrator and business owner")
    expect(desk.page.get_by_role("link", name="Team")).to_have_count(0)


def test_a_file_goes_in_and_its_bad_line_is_told(console: Open, clinic: Clinic, look: Look) -> None:
    clinic.patient("p-1")
    columns = "entry_id,patient_id,case_id,case_label,kind,amount,recorded_at,service_date,cause,"
    columns += "payer,method,external_ref,reverses,description\n"
    line = "{},{},knee,,responsibility,12.50,2026-03-01T15:00:00Z,,,,,,,\n"
    content = columns + line.format("good", "p-1") + line.format("bad", "nobody")
    seen = console(Level.FRONT_DESK, at="imports").expect_screen("Imports")
    look(seen, "imports")
    seen.page.get_by_label("Ledger entries").check()
    file = {"name": "e.csv", "mimeType": "text/csv", "buffer": content.encode()}
    seen.page.get_by_label("File", exact=True).set_input_files(file)  # type: ignore[arg-type]
    seen.press("Import").expect_screen("Ledger entries (CSV)")
    expect(seen.main).to_contain_text("1 added, 1 refused")
    expect(seen.page.get_by_role("row", name="3 There is no patient")).to_be_visible()
    look(seen, "import")
    with seen.page.expect_download() as download:
        seen.press("Download as CSV")
    assert download.value.path().read_text().startswith("line,code,message")

    clinic.queue("p-1")
    seen.go("reports")
    seen.expect_screen("Reports")
    expect(seen.main).to_contain_text("1 alert sent")
    expect(seen.page.get_by_role("row", name="All days")).to_be_visible()
    look(seen, "reports")


def test_a_file_in_another_encoding_is_refused_with_what_to_do(
    console: Open, clinic: Clinic, look: Look
) -> None:
    seen = console(Level.FRONT_DESK, at="imports").expect_screen("Imports")
    seen.page.get_by_label("Patients").check()
    content = "patient_id,first_name\np-1,Héctor\n".encode("latin-1")
    file = {"name": "p.csv", "mimeType": "text/csv", "buffer": content}
    seen.page.get_by_label("File", exact=True).set_input_files(file)  # type: ignore[arg-type]
    seen.press("Import")
    problem = seen.page.get_by_role("alert")
    expect(problem).to_contain_text("Line 2 is not UTF-8")
    expect(problem).to_contain_text('Save it as "CSV UTF-8" and import it again.')
    look(seen, "import-not-utf8")
    seen.page.reload()
    expect(seen.main).to_contain_text("None yet.")


def test_deposits_are_saved_as_a_table(console: Open, clinic: Clinic, look: Look) -> None:
    stack = clinic.stack
    stack.gateway.reset()
    stack.connect_to_gateway(clinic.practice.practice_id)
    clinic.patient("p-1")
    assert pay(clinic, Portal(stack.public_url), "1", 1_550).status == HTTPStatus.CREATED
    [batch] = stack.gateway.settle()
    seen = console(Level.FRONT_DESK, at="patients/p-1").expect_screen("Maya Okafor")
    expect(seen.page.locator(".entry").first).to_contain_text("Paid by: Visa ending in 1111")
    seen.go("reports")
    deposits = seen.page.get_by_role("region", name="Deposits")
    expect(deposits).to_contain_text("$15.50")
    look(seen, "deposits")
    with seen.page.expect_download() as download:
        deposits.get_by_role("button", name="Download as CSV").click()
    assert download.value.suggested_filename == "deposits.csv"
    _, row = download.value.path().read_text().splitlines()
    assert row.endswith(f",{batch.batch_id},1,15.50,0.00,15.50,15.50,0.00")


def test_a_large_practice_is_told_how_far_its_report_is(
    console: Open, clinic: Clinic, look: Look
) -> None:
    clinic.patients(2)
    clinic.queue("p-1", "p-2")
    clinic.grow()
    jobs, held = "**/reports/jobs/*", {"state": "running", "looked_at": 21_000, "accounts": 50_000}
    seen = console(Level.FRONT_DESK)
    seen.page.route(jobs, lambda route: route.fulfill(json=held))
    seen.go("reports")
    seen.expect_screen("Reports")
    alerts = seen.page.get_by_role("region", name="Balance alerts")
    expect(alerts).to_contain_text("21,000 of 50,000 patients looked at.")
    expect(alerts.get_by_role("progressbar", name="Patients looked at")).to_be_visible()
    look(seen, "reports-working")
    seen.page.unroute(jobs)
    expect(alerts).to_contain_text("2 alerts sent")
    expect(seen.page.locator("#announcer")).to_contain_text("2 alerts sent")
    for region, name in (
        ("Balance alerts", "balance-alerts.csv"),
        ("Card payments", "card-payments.csv"),
    ):
        button = seen.page.get_by_role("region", name=region).get_by_role("button")
        with seen.page.expect_download() as download:
            button.click()
        assert download.value.suggested_filename == name
