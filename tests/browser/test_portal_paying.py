"""Paying on the portal's page: one click pays once, and the patient is told the truth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from infra.local.gateway.cards import client_key
from infra.local.gateway.gateway import Gateway
from tests.browser.conftest import DESKTOP, SCREENSHOTS
from tests.browser.fake_portal import LOGIN, TOKEN, FakePortal
from tests.browser.portal_visit import Visit

Open = Callable[..., Visit]
Keep = Callable[[Page, str], None]


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_whole_balance_is_paid_in_four_presses(
    visit: Open, portal: FakePortal, keep: Keep, language: str
) -> None:
    seen = visit(language=language).sign_in().to_confirm()
    keep(seen.page, f"portal-phone-{language}-5-confirm")
    seen.page.locator(".AcceptUI").click()
    expect(seen.card_form.locator("#pay")).to_be_visible()
    seen.page.screenshot(path=SCREENSHOTS / f"portal-phone-{language}-6-card-form.png")
    seen.card_form.locator("#pay").click()
    seen.expect_screen("outcome")
    words = {"en": "Thank you, your payment went through", "es": "Gracias, su pago se realizó"}
    expect(seen.heading).to_have_text(words[language])
    expect(seen.page.locator(".receipt")).to_contain_text("1111")
    keep(seen.page, f"portal-phone-{language}-7-paid")
    assert portal.account.charges == [15_340]
    seen.main_button.click()
    expect(seen.page.locator(".amount")).to_have_text("$0.00")


def test_the_receipt_prints_alone(visit: Open, keep: Keep) -> None:
    seen = visit(DESKTOP).sign_in().pay()
    seen.expect_screen("outcome")
    seen.page.emulate_media(media="print")
    expect(seen.page.locator(".receipt")).to_be_visible()
    expect(seen.page.locator(".practice .name")).to_be_visible()
    for hidden in (".tools", ".menu", ".outcome", ".receipt button"):
        expect(seen.page.locator(hidden).first).to_be_hidden()
    keep(seen.page, "portal-receipt-on-paper")


def test_a_receipt_is_found_again_in_the_history(visit: Open) -> None:
    seen = visit().sign_in().choose("payments")
    seen.page.get_by_role("button", name="Receipt for $25.00 on November 12, 2026").click()
    expect(seen.heading).to_have_text("Receipt")
    expect(seen.page.locator(".receipt")).to_contain_text("$25.00")
    seen.page.get_by_role("link", name="Payment history").first.click()
    seen.expect_screen("payments")


# No answer is that of the line before, so that each has to come.
_UNPAYABLE = (
    ("", "Enter an amount"),
    ("0.99", "smallest online payment is $1.00"),
    ("ten", "Enter an amount"),
    ("153.41", "You owe $153.40"),
    ("-5", "Enter an amount"),
    ("0.99", "smallest online payment is $1.00"),
    ("1e2", "Enter an amount"),
    ("153.41", "You owe $153.40"),
    ("10.005", "Enter an amount"),
)
_REMAINING = (("40", "$113.40"), ("40,50", "$112.90"), ("$40.00", "$113.40"), ("1.00", "$152.40"))


def test_an_amount_that_cannot_be_paid_is_explained(visit: Open) -> None:
    seen = visit().sign_in().to_amount()
    seen.page.get_by_label("Another amount").check()
    field = seen.page.locator("#other-amount")
    expect(field).to_be_focused()
    for typed, said in _UNPAYABLE:
        field.fill(typed)
        seen.main_button.click()
        expect(seen.problem, typed).to_contain_text(said)
        expect(field, typed).to_be_focused()
        expect(field, typed).to_have_attribute("aria-invalid", "true")


def test_what_remains_is_said_while_typing(visit: Open) -> None:
    seen = visit().sign_in().to_amount()
    seen.page.get_by_label("Another amount").check()
    for typed, remains in _REMAINING:
        seen.page.locator("#other-amount").fill(typed)
        expect(seen.page.locator("#remains"), typed).to_have_text(
            f"After this payment you would still owe {remains}."
        )


def test_one_case_can_be_paid(visit: Open, portal: FakePortal) -> None:
    seen = visit().sign_in().to_amount()
    seen.page.get_by_label("Only for Low back").check()
    seen.main_button.click()
    expect(seen.page.locator(".summary")).to_contain_text("Low back")
    seen.press_pay().expect_screen("outcome")
    assert portal.account.charges == [4_500]
    (body,) = portal.account.bodies.values()
    assert '"case_id": "HP-2"' in body


def test_less_than_a_dollar_is_paid_in_full(visit: Open, portal: FakePortal) -> None:
    portal.account.owe(60)
    seen = visit().sign_in().to_amount()
    expect(seen.page.locator(".choice")).to_have_count(1)
    seen.main_button.click()
    seen.press_pay().expect_screen("outcome")
    assert portal.account.charges == [60]


@pytest.mark.parametrize(
    ("gateway", "language", "title", "said", "charges"),
    [
        ("decline", "en", "Your card was declined", "You were not charged.", 0),
        ("decline", "es", "Su tarjeta fue rechazada", "No se le cobró nada.", 0),
        ("down", "en", "not available right now", "You were not charged.", 0),
        ("down", "es", "no podemos recibir pagos", "No se le cobró nada.", 0),
        ("off", "en", "Online payment is not available", "call us", 0),
        ("unknown", "en", "being confirmed", "Please do not pay again.", 1),
        ("unknown", "es", "Estamos confirmando", "no pague otra vez", 1),
        ("held", "en", "being reviewed", "Please do not pay again.", 1),
        ("held", "es", "en revisión", "no pague otra vez", 1),
    ],
)
def test_every_end_says_whether_to_pay_again(
    visit: Open,
    portal: FakePortal,
    keep: Keep,
    gateway: str,
    language: str,
    title: str,
    said: str,
    charges: int,
) -> None:
    portal.account.gateway = gateway
    seen = visit(language=language).sign_in().pay()
    expect(seen.heading).to_contain_text(title)
    expect(seen.heading).to_be_focused()
    expect(seen.page.locator("main")).to_contain_text(said)
    call = seen.page.locator("main").get_by_role("link", name="(508) 555-0100")
    expect(call).to_have_attribute("href", "tel:5085550100")
    keep(seen.page, f"portal-phone-{language}-outcome-{gateway}")
    assert len(portal.account.charges) == charges


def test_after_a_decline_another_card_may_be_tried(visit: Open, portal: FakePortal) -> None:
    portal.account.gateway = "decline"
    seen = visit().sign_in().pay("20")
    expect(seen.heading).to_have_text("Your card was declined")
    portal.account.gateway = "approve"
    seen.page.get_by_role("button", name="Try another card").click()
    seen.expect_screen("confirm")
    seen.press_pay()
    expect(seen.heading).to_contain_text("Thank you")
    assert portal.account.charges == [2_000]


def test_a_lost_answer_is_asked_for_again_under_the_same_key(
    visit: Open, portal: FakePortal
) -> None:
    portal.account.gateway = "lose_answer"
    seen = visit().sign_in().pay("20")
    expect(seen.heading).to_contain_text("Thank you")
    assert portal.account.charges == [2_000]
    assert len(portal.account.bodies) == 1


def test_without_any_answer_no_new_payment_is_offered(
    visit: Open, portal: FakePortal, keep: Keep
) -> None:
    seen = visit()
    seen.page.clock.install()
    seen.page.reload()
    seen.sign_in().to_confirm("20")
    portal.account.broken.add("/portal/payments")
    with seen.page.expect_event("requestfailed"):
        seen.press_pay()
    for pause in (2_000, 5_000):
        with seen.page.expect_event("requestfailed"):
            seen.page.clock.run_for(pause)
    expect(seen.heading).to_have_text("We could not hear back about your payment")
    keep(seen.page, "portal-phone-en-outcome-lost")
    seen.page.locator(".menu a").first.click()
    seen.expect_screen("balance")
    expect(seen.page.get_by_role("button", name="Pay online")).to_have_count(0)
    portal.account.broken.clear()
    seen.page.get_by_role("button", name="Check again").click()
    expect(seen.heading).to_contain_text("Thank you")
    assert portal.account.charges == [2_000]


def test_a_reload_in_mid_payment_ends_in_its_outcome(visit: Open, portal: FakePortal) -> None:
    seen = visit().sign_in().to_confirm("20")
    portal.account.gate.clear()
    seen.press_pay()
    expect(seen.heading).to_have_text("Making your payment")
    seen.page.reload(wait_until="domcontentloaded")
    expect(seen.heading).to_have_text("Making your payment")
    portal.account.gate.set()
    expect(seen.heading).to_contain_text("Thank you")
    assert portal.account.charges == [2_000]
    seen.page.reload()
    expect(seen.heading).to_contain_text("Thank you")


def test_a_payment_being_confirmed_is_shown_once_it_is(visit: Open, portal: FakePortal) -> None:
    portal.account.gateway = "unknown"
    seen = visit().sign_in().pay()
    expect(seen.heading).to_have_text("Your payment is being confirmed")
    seen.page.locator("main").get_by_role("button", name="Back to your balance").click()
    expect(seen.page.locator(".amount-card")).to_contain_text("Please do not pay again")
    expect(seen.page.get_by_role("button", name="Pay online")).to_have_count(0)
    seen.page.get_by_role("button", name="See this payment").click()
    expect(seen.heading).to_have_text("Your payment is being confirmed")
    portal.account.settle(next(iter(portal.account.attempts)), "posted")
    seen.page.get_by_role("button", name="Check again").click()
    expect(seen.heading).to_contain_text("Thank you")


def test_a_second_tab_does_not_pay_what_the_first_is_paying(
    visit: Open, portal: FakePortal
) -> None:
    portal.account.gateway = "unknown"
    first = visit().sign_in().to_confirm()
    second = first.another_tab().sign_in().to_confirm()
    first.press_pay()
    expect(first.heading).to_have_text("Your payment is being confirmed")
    second.press_pay()
    expect(second.heading).to_have_text("Your payment is being confirmed")
    assert portal.account.charges == [15_340]


def test_a_balance_that_changed_meanwhile_is_chosen_again(visit: Open, portal: FakePortal) -> None:
    portal.account.gateway = "changed"
    seen = visit().sign_in().pay()
    seen.expect_screen("pay")
    expect(seen.page.locator(".notice")).to_contain_text("Your balance has changed")


def test_a_session_that_ends_while_paying_is_begun_again(visit: Open, portal: FakePortal) -> None:
    seen = visit().sign_in().to_confirm("20")
    portal.account.sessions.clear()
    seen.press_pay()
    expect(seen.page.locator("#again-title")).to_have_text("Please sign in again")
    seen.sign_in_again()
    expect(seen.heading).to_contain_text("Thank you")
    assert portal.account.charges == [2_000]


def test_the_card_form_gets_the_amount_chosen_last(visit: Open) -> None:
    """Its script reads the button once; another amount must not find the old words."""
    seen = visit().sign_in().to_confirm("20")
    seen.page.get_by_role("link", name="Change the amount").click()
    seen.expect_screen("pay")
    assert seen.page.locator("#other-amount").input_value() == "20.00"
    seen.page.locator("#other-amount").fill("35")
    seen.main_button.click()
    seen.expect_screen("confirm")
    expect(seen.page.locator(".AcceptUI")).to_be_enabled()
    seen.page.locator(".AcceptUI").click()
    expect(seen.card_form.locator("#pay")).to_have_text("Pay $35.00")


def test_the_card_form_does_not_learn_the_link(visit: Open) -> None:
    seen = visit().sign_in().to_confirm()
    seen.page.locator(".AcceptUI").click()
    expect(seen.card_form.locator("#page")).to_contain_text(f"/a/{TOKEN[:6]}")
    expect(seen.card_form.locator("#page")).not_to_contain_text(TOKEN[6:])
    seen.page.reload()
    seen.expect_screen("confirm")
    seen.page.go_back()
    seen.expect_screen("pay")
    assert seen.page.url.endswith(TOKEN)


def test_no_script_of_others_before_the_card_form(visit: Open) -> None:
    seen = visit().sign_in().to_amount()
    sources = seen.page.eval_on_selector_all("script", "all => all.map((one) => one.src)")
    assert len(sources) == 1
    assert sources[0].endswith("/portal.js")


def test_a_card_form_that_fails_says_so_and_gives_the_focus_back(
    visit: Open, portal: FakePortal
) -> None:
    seen = visit().sign_in().to_confirm()
    button = seen.page.locator(".AcceptUI")
    button.click()
    expect(seen.page.locator("#AcceptUIContainer iframe")).to_be_focused()
    expect(seen.page.locator(".page")).to_have_attribute("inert", "")
    seen.card_form.locator("#fail").click()
    expect(seen.problem).to_contain_text("You have not been charged")
    expect(button).to_be_focused()
    button.click()
    seen.card_form.locator("#close").click()
    expect(button).to_be_focused()
    assert portal.account.charges == []


def test_a_card_form_that_is_blocked_says_so(visit: Open) -> None:
    seen = visit().sign_in()
    seen.page.route("**/AcceptUI.js", lambda route: route.abort())
    seen.to_amount().main_button.click()
    expect(seen.problem).to_contain_text("could not be loaded")


def test_the_stand_in_gateways_card_form_works_on_the_page(
    visit: Open, portal: FakePortal, keep: Keep
) -> None:
    gateway = Gateway(lambda: datetime.now(UTC))
    gateway.start()
    portal.card_form(gateway.script_url, client_key(LOGIN))
    seen = visit().sign_in().to_confirm("20")
    button = seen.page.locator(".AcceptUI")
    button.click()
    seen.card_form.locator("#closeButton").click()
    expect(button).to_be_focused()
    button.click()
    expect(seen.card_form.locator("#payButton")).to_have_text("Pay $20.00")
    seen.card_form.locator("#cardNum").fill("4111 1111 1111 1111")
    seen.card_form.locator("#expiryDate").fill("12/40")
    seen.page.screenshot(path=SCREENSHOTS / "portal-phone-en-6-card-form-stand-in.png")
    seen.card_form.locator("#payButton").click()
    expect(seen.heading).to_contain_text("Thank you")
    assert portal.account.charges == [2_000]
    gateway.stop()
