"""What the front desk does for one patient: adds, charges, corrects, alerts, hands out links."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus

from playwright.sync_api import Browser, Locator, Route, expect

from balance_alerts.domain.contact import Channel, ContactFact
from balance_alerts.domain.ledger import EntryKind
from balance_alerts.domain.permissions import Level
from balance_alerts.store.entries import entries_of
from balance_alerts.store.imports import ImportKind
from tests import builders
from tests.browser.conftest import PHONE
from tests.browser.journeys.conftest import Look, Open
from tests.browser.journeys.patient_visit import Link, PatientVisit
from tests.browser.journeys.staff_visit import StaffVisit
from tests.stack.due import Clinic
from tests.stack.portal_client import Browser as Portal
from tests.unit.imports.remittances import claim_segments, remittance

MAYA = {"at": "patients/p-1"}
NEW_ID, NUMBER = "HP-77", "+12025550177"


def dialog_of(seen: StaffVisit) -> Locator:
    return seen.page.get_by_role("dialog")


def balance_of(seen: StaffVisit) -> Locator:
    return seen.page.locator(".owed")


def entries(clinic: Clinic, patient_id: str = "p-1") -> list[tuple[str, int]]:
    """Kind and change of each ledger entry."""
    found = entries_of(clinic.practice.practice_id, patient_id)
    return [(entry.kind.value, entry.signed_cents) for entry in found]


def lose_the_answer(route: Route) -> None:
    """Let a change arrive, and nobody hear of it."""
    if route.request.method == "GET":
        route.continue_()
        return
    route.fetch()
    route.abort()


def test_a_patient_is_added_charged_and_alerted(
    console: Open, clinic: Clinic, look: Look, stepped: Callable[[int], None]
) -> None:
    clinic.patient("p-1")
    seen = console(Level.FRONT_DESK, at="patients").expect_screen("Patients")
    page = seen.page
    page.get_by_role("link", name="Add a patient").click()
    seen.expect_screen("Add a patient")
    for label, typed in (
        ("Patient id", "p-1"), ("First name", "Rosa"), ("Last name", "Núñez"),
        ("Date of birth", "1990-05-17"), ("Mobile number", "202-555-017"),
        ("Email address", "rosa@example.org"), ("Member ids", "w 123"),
    ):  # fmt: skip
        page.get_by_label(label).fill(typed)
    page.get_by_label("Text alerts").check()
    page.get_by_label("How they agreed").fill("Intake form")
    page.get_by_label("When").fill("2026-02-20")
    for label, problem, better in (
        ("Patient id", "This id belongs to Maya Okafor.", NEW_ID),
        ("Mobile number", "A US number has 10 digits", "202-555-0177"),
    ):
        seen.press("Add patient")
        field = page.get_by_label(label)
        expect(field).to_be_focused()
        expect(field).to_have_accessible_description(re.compile(problem))
        look(seen, "new-patient")
        field.fill(better)
    page.route(f"**/patients/{NEW_ID}", lose_the_answer)
    seen.press("Add patient")
    expect(page.locator(".problem")).to_contain_text("We could not reach the service.")
    page.unroute(f"**/patients/{NEW_ID}")
    seen.press("Add patient").expect_screen("Rosa Núñez")
    texts = page.get_by_role("switch", name="Text alerts")
    expect(texts).to_have_attribute("aria-checked", "true")
    expect(texts).to_have_accessible_description(re.compile("February 20, 2026, Intake form"))
    expect(page.get_by_role("switch", name="Email alerts")).to_have_attribute(
        "aria-checked", "false"
    )
    expect(page.get_by_role("region", name="Details")).to_contain_text("W123")

    seen.press("Record a charge or payment")
    dialog = dialog_of(seen)
    dialog.get_by_label("Amount in dollars").fill("50.00")
    dialog.get_by_label("Name of the new case").fill("Right knee")
    dialog.get_by_label("Why the patient pays it").select_option("Copay")
    look(seen, "record-charge")
    page.route("**/entries", lose_the_answer)
    seen.press("Record")
    expect(dialog).to_contain_text("We could not reach the service.")
    page.unroute("**/entries")
    dialog.get_by_role("button", name="Record").dblclick()
    expect(balance_of(seen)).to_contain_text("$50.00")
    assert entries(clinic, NEW_ID) == [("responsibility", 5_000)], "recorded once"
    expect(page.locator("#next-alert")).to_contain_text("due on March 4, 2026")
    expect(page.locator(".entry").first).to_contain_text("Right knee")

    stepped(2)
    [text] = clinic.stack.outbox.messages(to=NUMBER)
    assert text.link
    page.reload()
    expect(page.locator(".entry").first).to_contain_text("Text: Sent")
    look(seen, "patient-charged")


def test_entries_are_recorded_and_reversed(console: Open, clinic: Clinic, look: Look) -> None:
    clinic.patient("p-1")
    seen = console(Level.FRONT_DESK, **MAYA).expect_screen("Maya Okafor")
    dialog = dialog_of(seen)
    seen.press("Record a charge or payment")
    dialog.get_by_label("What is it?").select_option("Payment")
    dialog.get_by_label("Amount in dollars").fill("twenty")
    seen.press("Record")
    expect(dialog.get_by_label("Amount in dollars")).to_be_focused()
    dialog.get_by_label("Amount in dollars").fill("20")
    dialog.get_by_label("Paid by").select_option("Check")
    seen.press("Record")
    expect(balance_of(seen)).to_contain_text("$30.00")

    seen.press("Record a charge or payment")
    dialog.get_by_label("What is it?").select_option("Adjustment")
    dialog.get_by_label("They owe less").check()
    dialog.get_by_label("Amount in dollars").fill("5")
    dialog.get_by_label("Day", exact=True).fill(builders.DAY_0.isoformat())
    seen.press("Record")
    expect(balance_of(seen)).to_contain_text("$25.00")

    paid = seen.page.get_by_role("button", name="Reverse: Payment, $20.00")
    paid.click()
    expect(dialog).to_contain_text("the patient owes $20.00 more")
    seen.expect_no_barriers()
    dialog.get_by_role("button", name="Reverse").dblclick()
    expect(balance_of(seen)).to_contain_text("$45.00")
    expect(paid).to_have_count(0)
    seen.page.get_by_role("button", name="Reverse: Charge").click()
    dialog.get_by_role("button", name="Reverse").click()
    expect(balance_of(seen)).to_contain_text("Credit $5.00")
    expect(seen.page.locator("#next-alert")).to_contain_text("nothing is owed")
    expect(seen.page.locator(".entry", has_text="Reversed")).to_have_count(2)
    assert sorted(entries(clinic)) == [
        ("adjustment", -5_000), ("adjustment", -500), ("adjustment", 2_000),
        ("payment", -2_000), ("responsibility", 5_000),
    ]  # fmt: skip
    look(seen, "reversed")


def test_more_than_is_owed_is_taken_only_when_said_twice(
    console: Open, clinic: Clinic, look: Look
) -> None:
    clinic.patient("p-1")
    seen = console(Level.FRONT_DESK, **MAYA, size=PHONE).expect_screen("Maya Okafor")
    dialog = dialog_of(seen)
    sure = dialog.get_by_label("It is right")
    for kind, amount in (("Payment", "500"), ("Adjustment", "50.01")):
        seen.press("Record a charge or payment")
        dialog.get_by_label("What is it?").select_option(kind)
        if kind == "Adjustment":
            dialog.get_by_label("They owe less").check()
        dialog.get_by_label("Amount in dollars").fill(amount)
        dialog.get_by_role("button", name="Record").dblclick()
        expect(sure).not_to_be_checked()
        seen.press("Record")
        expect(sure).to_be_focused()
        expect(sure).to_have_accessible_description(re.compile(r"only \$50.00 is owed"))
        assert entries(clinic) == [("responsibility", 5_000)], "a double click is no yes"
        seen.press("Cancel")
    seen.press("Record a charge or payment")
    dialog.get_by_label("What is it?").select_option("Payment")
    amount_of = dialog.get_by_label("Amount in dollars")
    amount_of.fill("500")
    seen.press("Record")
    expect(dialog).to_contain_text("the patient then has a credit of $450.00")
    expect(dialog.locator(".problem")).to_be_in_viewport()
    look(seen, "more-than-owed")
    sure.check()
    amount_of.fill("60")
    seen.press("Record")
    expect(sure).not_to_be_checked()  # it was said of another amount
    expect(dialog).to_contain_text("the patient then has a credit of $10.00")
    sure.check()
    seen.press("Record")
    expect(balance_of(seen)).to_contain_text("Credit $10.00")
    assert sorted(entries(clinic)) == [("payment", -6_000), ("responsibility", 5_000)]


def test_what_happened_stands_in_the_order_of_its_moments(
    console: Open, clinic: Clinic, look: Look
) -> None:
    clinic.patient("p-1")
    stack = clinic.stack
    begun = stack.now()
    stack.set_clock(builders.at(1, "16:10"))
    clinic.queue("p-1")
    for number, clock in ((1, "15:50"), (2, "16:30")):
        paid = builders.entry(
            f"at-desk-{number}", EntryKind.PAYMENT, 100 * number, recorded_at=builders.at(1, clock)
        )
        stack.wiring.ledger.post(clinic.practice, "p-1", [paid])
    stack.set_clock(builders.at(1, "17:00"))
    seen = console(Level.FRONT_DESK, **MAYA).expect_screen("Maya Okafor")
    happened = seen.page.locator(".entry")
    for number, (title, moment) in enumerate((
        ("Payment", "4:30 PM"), ("Alert", "4:10 PM"), ("Payment", "3:50 PM"),
        ("Charge", "10:00 AM"),
    )):  # fmt: skip
        expect(happened.nth(number)).to_contain_text(title)
        expect(happened.nth(number)).to_contain_text(re.compile(moment.replace(" ", r"\s")))
    expect(happened.first).to_contain_text("Payment number at-desk-2")
    look(seen, "moments")
    stack.set_clock(begun)


def test_an_alert_is_sent_now_once_a_day(console: Open, clinic: Clinic, look: Look) -> None:
    number = clinic.patient("p-1")
    seen = console(Level.FRONT_DESK, **MAYA).expect_screen("Maya Okafor")
    dialog = dialog_of(seen)
    seen.press("Send an alert now")
    expect(dialog).to_contain_text(f"({number[2:5]}) {number[5:8]}-{number[8:]}")
    dialog.get_by_role("button", name="Send now").dblclick()
    expect(seen.page.locator("#next-alert")).to_contain_text("The next alert is due on")
    told = seen.page.locator(".entry").first
    expect(told).to_contain_text("Text: Sent")
    assert len(clinic.stack.outbox.messages(to=number)) == 1

    seen.press("Send an alert now")
    dialog.get_by_role("button", name="Send now").click()
    expect(dialog).to_contain_text("An alert went out to this patient today already.")
    look(seen, "sent-today")
    seen.press("Cancel")
    assert len(clinic.stack.outbox.messages(to=number)) == 1


def test_a_link_is_handed_out_and_all_are_ended(
    console: Open, clinic: Clinic, browser: Browser, look: Look
) -> None:
    clinic.patient("p-1")
    seen = console(Level.FRONT_DESK, **MAYA).expect_screen("Maya Okafor")
    seen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    links = seen.page.get_by_role("region", name="Links to the patient’s page")
    expect(links).to_contain_text("No link works now.")
    seen.press("New link")
    link = dialog_of(seen).get_by_label("Link").input_value()
    seen.press("Copy")
    expect(seen.page.locator("#announcer")).to_have_text("Copied.")
    assert seen.page.evaluate("navigator.clipboard.readText()") == link
    look(seen, "new-link")
    seen.press("Done")
    expect(links).to_contain_text("1 link works")

    before = PatientVisit(browser, Link(link), PHONE, language="en")
    before.sign_in()
    expect(before.page.locator(".amount")).to_have_text("$50.00")
    seen.press("End all links")
    dialog_of(seen).get_by_role("button", name="End all links").click()
    expect(links).to_contain_text("No link works now.")
    after = PatientVisit(browser, Link(link), PHONE, language="en")
    after.type_birth_date()
    after.main_button.click()
    expect(after.problem).to_contain_text("We could not open your balance with that date.")
    for visit in (before, after):
        visit.page.context.close()


def test_another_contact_needs_consent_and_ends_the_links_to_the_old_one(
    console: Open, clinic: Clinic, look: Look
) -> None:
    number = clinic.patient("p-1", email=True)
    clinic.queue("p-1")
    portal = Portal(clinic.stack.public_url)
    token = str(clinic.stack.outbox.messages(to=number)[-1].link).rpartition("/")[2]
    email = str(clinic.account("p-1").email)
    clinic.stack.wiring.accounts.tell_of_contact(
        clinic.practice.practice_id, Channel.EMAIL, email, ContactFact.BOUNCED,
        source="provider", at=builders.at(1),
    )  # fmt: skip
    seen = console(Level.FRONT_DESK, **MAYA).expect_screen("Maya Okafor")
    page, dialog = seen.page, dialog_of(seen)
    texts = page.get_by_role("switch", name="Text alerts")
    engagement = page.get_by_role("region", name="Patient Engagement")

    def change_number(typed: str, *, agreed: bool) -> None:
        seen.press("Change mobile number")
        dialog.get_by_label("Mobile number").fill(typed)
        dialog.get_by_label("Maya Okafor agreed").set_checked(agreed)
        seen.press("Save")

    seen.press("Change mobile number")
    expect(dialog).to_contain_text("Links sent to the old one, and those that you handed out")
    seen.press("Cancel")
    change_number("202-555-01", agreed=False)
    expect(dialog.get_by_label("Mobile number")).to_have_accessible_description(
        re.compile("A US number has 10 digits")
    )
    look(seen, "change-number")
    seen.press("Cancel")
    change_number("202-555-0178", agreed=False)
    expect(engagement).to_contain_text("(202) 555-0178")
    expect(texts).to_have_attribute("aria-checked", "false")
    assert portal.try_to_sign_in(token).status == HTTPStatus.UNAUTHORIZED
    for typed in ("202-555-0179", "202-555-0180"):  # off, and on already
        change_number(typed, agreed=True)
        expect(engagement).to_contain_text(f"(202) {typed[4:]}")
        expect(texts).to_have_attribute("aria-checked", "true")
        expect(texts).to_have_accessible_description(re.compile("told to staff; recorded by Ines"))

    expect(engagement).to_contain_text("Messages come back")
    seen.press("It is right, try again").press("It is right")
    expect(engagement).not_to_contain_text("Messages come back")
    seen.press("Remove email address")
    expect(dialog).to_contain_text("Email alerts stop")
    seen.press("Remove")
    expect(engagement).to_contain_text("No email address on file")
    account = clinic.account("p-1")
    assert (account.mobile, account.email) == ("+12025550180", None)
    look(seen, "contacts")


def test_details_are_changed_one_by_one(console: Open, clinic: Clinic, look: Look) -> None:
    clinic.patient("p-1")
    seen = console(Level.FRONT_DESK, **MAYA).expect_screen("Maya Okafor")
    dialog = dialog_of(seen)
    seen.press("Change details")
    look(seen, "details")
    dialog.get_by_label("Last name").fill("Okafor-Reyes")
    dialog.get_by_label("Language").select_option("Spanish")
    dialog.get_by_label("Time zone").select_option("Hawaii (Honolulu)")
    dialog.get_by_label("Date of birth").fill("2084-07-09")
    seen.press("Save")
    expect(dialog.get_by_label("Date of birth")).to_have_accessible_description(
        re.compile("This must not lie ahead")
    )
    dialog.get_by_label("Date of birth").fill("1984-07-10")
    with seen.page.expect_request("**/patients/p-1") as asked:
        seen.press("Save")
    assert asked.value.post_data_json == {
        "last_name": "Okafor-Reyes", "date_of_birth": "1984-07-10", "language": "es",
        "time_zone": "Pacific/Honolulu",
    }  # fmt: skip
    seen.expect_screen("Maya Okafor-Reyes")
    expect(seen.page.get_by_role("region", name="Details")).to_contain_text("Hawaii (Honolulu)")


def test_a_file_above_four_megabytes_goes_to_the_bucket(
    console: Open, clinic: Clinic, look: Look
) -> None:
    clinic.patient("p-1")
    columns = "entry_id,patient_id,case_id,case_label,kind,amount,recorded_at,service_date,cause,"
    columns += "payer,method,external_ref,reverses,description\n"
    line = "{},p-1,knee,,payment,12.50,2026-03-02T15:00:00Z,,,,cash,,,{}\n"
    long = [line.format(f"long-{number}", "x" * 63_000) for number in range(70)]
    content = columns + line.format("good", "") + "".join(long)
    seen = console(Level.FRONT_DESK, at="imports").expect_screen("Imports")
    seen.page.get_by_label("Ledger entries").check()
    file = {"name": "e.csv", "mimeType": "text/csv", "buffer": content.encode()}
    seen.page.get_by_label("File", exact=True).set_input_files(file)  # type: ignore[arg-type]
    refuse = re.compile("/imports/.*X-Amz-Signature")
    seen.page.route(refuse, lambda route: route.abort())
    seen.press("Import")
    expect(seen.page.locator(".problem")).to_contain_text("The file could not be sent.")
    look(seen, "upload-failed")
    seen.page.unroute(refuse)
    with seen.page.expect_request(refuse) as put:
        seen.press("Import").expect_screen("Ledger entries (CSV)")
    assert put.value.method == "PUT"
    expect(seen.main).to_contain_text("1 added, 70 refused")
    seen.page.get_by_role("link", name="Imports").last.click()
    before = seen.expect_screen("Imports").page.get_by_role("table", name="Imports, newest first")
    expect(before.locator("tbody tr")).to_have_count(1)  # the second try went to the same place
    assert sorted(entries(clinic)) == [("payment", -1_250), ("responsibility", 5_000)]


def test_what_a_remittance_parked_is_decided_on_beside_it(
    console: Open, clinic: Clinic, look: Look
) -> None:
    for patient_id in ("p-1", "p-2"):
        clinic.patient(patient_id, owes=0)
    denied = [claim_segments(patient_id, status="4", clp05="40") for patient_id in ("p-1", "p-2")]
    content = remittance(*denied, recorded="20260302")
    taken_in = clinic.stack.import_content(
        clinic.practice.practice_id, content, ImportKind.REMITTANCE
    )
    seen = console(Level.FRONT_DESK, at=f"imports/{taken_in.import_id}")
    waiting = seen.page.get_by_role("region", name="Parked claims")
    expect(waiting.get_by_role("listitem")).to_have_count(2)
    look(seen, "import-parked")
    waiting.get_by_role("button", name=re.compile("^Add to the balance")).first.click()
    dialog_of(seen).get_by_role("button", name="Add to the balance").click()
    expect(waiting.get_by_role("listitem")).to_have_count(1)
    waiting.get_by_role("button", name=re.compile("^Dismiss")).click()
    dialog_of(seen).get_by_role("button", name="Dismiss").click()
    expect(waiting).to_have_count(0)
    assert sorted(int(clinic.account(p).balance_cents) for p in ("p-1", "p-2")) == [0, 4_000]
