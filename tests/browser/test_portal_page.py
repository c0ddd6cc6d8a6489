"""The portal's page: signing in, seeing, asking, coming back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.fake_portal import PRACTICE, TOKEN, FakePortal
from tests.browser.portal_visit import Visit

Open = Callable[..., Visit]
Keep = Callable[[Page, str], None]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_screen_can_be_reached(
    visit: Open, keep: Keep, size: dict[str, int], language: str
) -> None:
    seen = visit(size, language=language)
    width = "phone" if size is PHONE else "desktop"

    def keep_this(name: str) -> None:
        keep(seen.page, f"portal-{width}-{language}-{name}")

    expect(seen.heading).to_be_visible()
    keep_this("1-welcome")
    seen.sign_in()
    seen.page.locator(".cases summary").nth(1).click()
    expect(seen.page.locator(".entry").first).to_be_visible()
    keep_this("2-balance")
    for screen in ("activity", "payments", "alerts", "question"):
        seen.choose(screen)
        keep_this(f"3-{screen}")
    seen.choose("balance").to_amount()
    keep_this("4-amount")


def test_the_practice_is_named_before_anything_is_asked(visit: Open) -> None:
    page = visit().page
    door = page.locator("header .practice")
    expect(door).to_contain_text(PRACTICE.display_name)
    expect(door).to_contain_text(PRACTICE.hours)
    assert door.get_by_role("link").get_attribute("href") == "tel:5085550100"
    expect(page.locator("#birth-month")).to_be_visible()


def test_without_script_it_asks_to_call(browser: Browser, portal: FakePortal) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(portal.link)
    text = page.locator("body").inner_text()
    assert "call us at (508) 555-0100" in text
    assert "llámenos al (508) 555-0100" in text
    page.close()


_IMPOSSIBLE_DATES = (
    ("1984--9", "Enter the month"),
    ("1984-13-9", "month must be"),
    ("1984-3-", "Enter the day"),
    ("1984-3-32", "day must be"),
    ("-3-9", "Enter the year"),
    ("84-3-9", "four digits"),
    ("1985-2-29", "does not have that many days"),
    ("2984-3-9", "in the future"),
)


def test_a_date_that_cannot_be_is_explained(visit: Open) -> None:
    seen = visit()
    for birth_date, said in _IMPOSSIBLE_DATES:
        seen.type_birth_date(birth_date)
        seen.main_button.click()
        expect(seen.problem, birth_date).to_contain_text(said)
        wrong = seen.page.locator("[aria-invalid=true]")
        expect(wrong, birth_date).to_have_count(1)
        expect(wrong, birth_date).to_be_focused()
        assert wrong.get_attribute("aria-describedby") == "birth-problem", birth_date


_PASTED_DATES = {
    "en": {
        "03/09/1984": ["03", "09", "1984"],
        "3-9-1984": ["3", "9", "1984"],
        "1984-03-09": ["03", "09", "1984"],
        "03091984": ["03", "09", "1984"],
    },
    "es": {"9/3/1984": ["9", "3", "1984"], "1984-03-09": ["09", "03", "1984"]},
}


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_whole_date_may_be_pasted(visit: Open, language: str) -> None:
    """Fields stand in the order in which the language writes dates."""
    seen = visit(language=language)
    inputs = seen.page.locator(".part input")
    for pasted, fields in _PASTED_DATES[language].items():
        for index in range(3):
            inputs.nth(index).fill("")
        inputs.first.focus()
        seen.page.evaluate(
            """text => {
                const clipboardData = new DataTransfer();
                clipboardData.setData("text", text);
                const options = { clipboardData, bubbles: true, cancelable: true };
                document.activeElement.dispatchEvent(new ClipboardEvent("paste", options));
            }""",
            pasted,
        )
        assert [inputs.nth(index).input_value() for index in range(3)] == fields, pasted


def test_after_a_wrong_date_a_fresh_link_is_offered(
    visit: Open, portal: FakePortal, keep: Keep
) -> None:
    seen = visit()
    seen.type_birth_date("1984-03-10")
    seen.main_button.click()
    expect(seen.problem).to_contain_text("could not open your balance")
    keep(seen.page, "portal-phone-en-wrong-date")
    seen.page.get_by_role("button", name="Send me a new link").click()
    expect(seen.page.get_by_text("If that link was one of ours")).to_be_focused()
    assert portal.account.links_asked == 1


def test_a_locked_link_says_how_long(visit: Open, portal: FakePortal) -> None:
    portal.account.refuse_sign_in = (429, "locked")
    seen = visit()
    seen.type_birth_date()
    seen.main_button.click()
    expect(seen.problem).to_contain_text("wait 14 minutes, or call us")


def test_an_unreachable_service_is_not_called_a_wrong_date(visit: Open, portal: FakePortal) -> None:
    portal.account.broken.add("/portal/session")
    seen = visit()
    seen.type_birth_date()
    seen.main_button.click()
    expect(seen.problem).to_contain_text("could not reach our service")
    assert seen.page.locator("#birth-year").input_value() == "1984"


def test_another_language_keeps_what_was_typed(visit: Open) -> None:
    seen = visit()
    seen.type_birth_date()
    seen.page.get_by_role("button", name="Español").click()
    expect(seen.heading).to_have_text("Vea su saldo")
    expect(seen.page.locator("html")).to_have_attribute("lang", "es")
    seen.main_button.click()
    seen.expect_screen("balance")
    expect(seen.heading).to_contain_text("Su saldo es de")
    seen.choose("question").page.locator("#message").fill("¿Y mi seguro?")
    seen.page.locator("#reason-need_time").check()
    seen.page.get_by_role("button", name="English").click()
    expect(seen.heading).to_have_text("Ask a question")
    assert seen.page.locator("#message").input_value() == "¿Y mi seguro?"
    expect(seen.page.locator("#reason-need_time")).to_be_checked()


def test_the_balance_is_one_amount_with_its_time(visit: Open) -> None:
    seen = visit().sign_in()
    expect(seen.heading).to_have_text("Your balance is $153.40")
    expect(seen.page.locator("main")).to_contain_text("As of November 23, 2026, 10:04 AM EST")


def test_a_case_opens_to_plain_words(visit: Open) -> None:
    seen = visit().sign_in()
    seen.page.locator(".cases summary").nth(1).click()
    entries = seen.page.locator(".case-entries .entry")
    expect(entries.nth(1)).to_contain_text("Your share for your visit on October 22, 2026")
    expect(entries.nth(1)).to_contain_text(
        "Deductible and coinsurance, as decided by Tidemark Health Plan"
    )
    expect(entries.nth(3)).to_contain_text("Not billed to insurance")
    assert "Payment, thank youPayment, thank you" not in entries.nth(5).inner_text()


def test_a_payment_says_how_it_was_made_in_the_language_of_the_page(visit: Open) -> None:
    seen = visit(language="es").sign_in().choose("activity")
    check = seen.page.locator(".entry").last
    expect(check.locator(".entry-title")).to_have_text("Pago con cheque, gracias")
    expect(check).not_to_contain_text("Check")


def test_the_activity_adds_up_over_all_pages(visit: Open, portal: FakePortal) -> None:
    seen = visit().sign_in().choose("activity")
    expect(seen.page.locator(".entry")).to_have_count(len(portal.account.entries))
    expect(seen.page.locator(".total")).to_have_text(
        re.compile(r"Adds up to your balance of\s*\$153\.40")
    )


def test_payments_come_by_pages_and_focus_goes_on(visit: Open) -> None:
    seen = visit().sign_in().choose("payments")
    expect(seen.page.locator(".entry")).to_have_count(5)
    expect(seen.page.locator(".entry").nth(1)).to_contain_text("Declined, not charged")
    seen.page.get_by_role("button", name="Show more").click()
    expect(seen.page.locator(".entry")).to_have_count(6)
    expect(seen.page.locator(".entry").nth(5)).to_be_focused()


@pytest.mark.parametrize(
    ("cents", "online", "said"),
    [
        (-1_200, True, "You have a credit of $12.00"),
        (0, True, "nothing to pay right now"),
        (5_000, False, "Online payment is not available here"),
    ],
    ids=["credit", "nothing", "not_online"],
)
def test_nobody_is_led_to_pay_what_cannot_be_paid(
    visit: Open, portal: FakePortal, keep: Keep, cents: int, online: bool, said: str
) -> None:
    portal.account.owe(cents)
    portal.account.online = online
    seen = visit().sign_in()
    expect(seen.page.locator(".amount-card")).to_contain_text(said)
    expect(seen.page.get_by_role("button", name="Pay online")).to_have_count(0)
    call = seen.page.locator(".amount-card").get_by_role("link", name="Call us")
    expect(call).to_have_count(0 if cents == 0 else 1)
    keep(seen.page, f"portal-phone-en-balance-{cents}")


def test_the_switches_are_the_patients_own(visit: Open, portal: FakePortal) -> None:
    seen = visit().sign_in().choose("alerts")
    email = seen.page.get_by_role("switch", name="Email")
    expect(email).to_have_attribute("aria-checked", "false")
    email.click()
    expect(email).to_have_attribute("aria-checked", "true")
    assert portal.account.alerts == {"text": True, "email": True}
    expect(seen.page.locator("#announcer")).to_have_text("Email reminders are on.")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("no_contact", "no email address for you"),
        ("contact_unreachable", "do not reach"),
        ("opt_in_refused", "Reply START"),
    ],
)
def test_a_switch_that_cannot_turn_says_why(
    visit: Open, portal: FakePortal, code: str, said: str
) -> None:
    portal.account.refuse_alerts = code
    seen = visit().sign_in().choose("alerts")
    email = seen.page.get_by_role("switch", name="Email")
    email.click()
    expect(seen.problem).to_contain_text(said)
    expect(email).to_have_attribute("aria-checked", "false")


def test_a_question_needs_a_reason_and_survives_a_failure(
    visit: Open, portal: FakePortal, keep: Keep
) -> None:
    seen = visit().sign_in().choose("question")
    seen.main_button.click()
    expect(seen.problem).to_contain_text("Choose what")
    seen.page.get_by_label("I already paid this").check()
    seen.page.locator("#message").fill("By check, last week.")
    seen.page.get_by_label("Please call me back").check()
    portal.account.broken.add("/portal/questions")
    seen.main_button.click()
    expect(seen.problem).to_contain_text("What you wrote is still here")
    portal.account.broken.clear()
    seen.main_button.click()
    expect(seen.heading).to_have_text("Thank you, we have your question")
    expect(seen.heading).to_be_focused()
    keep(seen.page, "portal-phone-en-asked")
    assert portal.account.questions == [
        {"reason": "already_paid", "message": "By check, last week.", "call_back": True}
    ]


def test_a_screen_that_does_not_load_can_be_tried_again(visit: Open, portal: FakePortal) -> None:
    portal.account.broken.add("/portal/activity")
    seen = visit().sign_in()
    seen.page.locator(".menu a").nth(1).click()
    expect(seen.heading).to_have_text("We could not load this page")
    portal.account.broken.clear()
    seen.page.get_by_role("button", name="Try again").click()
    expect(seen.heading).to_have_text("All charges and payments")


def test_a_screen_whose_script_did_not_arrive_can_be_tried_again(visit: Open) -> None:
    seen = visit()
    seen.page.route("**/screens/alerts.js", lambda route: route.abort())
    seen.page.reload()
    seen.sign_in()
    seen.page.locator(".menu a").nth(3).click()
    expect(seen.heading).to_have_text("We could not load this page")
    seen.page.unroute("**/screens/alerts.js")
    seen.page.get_by_role("button", name="Try again").click()
    expect(seen.heading).to_have_text("Text and email reminders")


@pytest.mark.parametrize("kind", ["before", "after"])
def test_unsubscribing_takes_one_press_and_no_script(
    visit: Open, portal: FakePortal, keep: Keep, kind: str
) -> None:
    page = visit(java_script_enabled=False).page
    page.goto(f"{portal.server.url}/u/{TOKEN}")
    assert portal.account.unsubscribed == []
    if kind == "after":
        page.get_by_role("button", name="Unsubscribe").click()
        expect(page.locator("h1")).to_have_text("You are unsubscribed")
        assert portal.account.unsubscribed == ["List-Unsubscribe=One-Click"]
    keep(page, f"portal-phone-unsubscribe-{kind}")


def test_an_unknown_link_names_nobody(visit: Open, portal: FakePortal, keep: Keep) -> None:
    page = visit().page
    page.goto(f"{portal.server.url}/a/zzzzzz")
    expect(page.locator("h1")).to_have_text("This link does not open a page")
    assert PRACTICE.display_name not in page.content()
    keep(page, "portal-phone-unknown-link")


def test_both_languages_say_the_same_things(visit: Open) -> None:
    """Every key is there in both, and takes as many values."""
    seen = visit()
    shapes = seen.page.evaluate(
        """async () => {
            const shape = (value) => typeof value === "function" ? `function/${value.length}`
                : typeof value === "string" ? (value ? "text" : "empty")
                : Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shape(one)]));
            const base = document.querySelector("script[type=module]").src;
            const words = (code) => import(base.replace("portal.js", `strings-${code}.js`));
            const all = await Promise.all(["en", "es"].map(words));
            return all.map((one) => JSON.stringify(shape(one.default)));
        }"""
    )
    assert json.loads(shapes[0]) == json.loads(shapes[1])
    assert "empty" not in shapes[0]
