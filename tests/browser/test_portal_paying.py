"""Paying on the portal's page: one click pays once, and the patient is told the truth."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import DESKTOP
from tests.browser.fake_portal import TOKEN, FakePortal
from tests.browser.portal_visit import Visit

Open = Callable[..., Visit]
Keep = Callable[[Page, str], None]


def test_the_receipt_prints_alone(visit: Open, keep: Keep) -> None:
    seen = visit(DESKTOP).sign_in().pay()
    seen.expect_screen("outcome")
    seen.page.emulate_media(media="print")
    expect(seen.page.locator(".receipt")).to_be_visible()
    expect(seen.page.locator(".practice .name")).to_be_visible()
    expect(seen.page.locator(".receipt")).to_contain_text("November 23, 2026, 10:04 AM EST")
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
    ("gateway", "title", "said"),
    [
        ("decline", "No se pudo cobrar a su tarjeta", "No se le cobró nada."),
        ("down", "no podemos recibir pagos", "No se le cobró nada."),
        ("unknown", "Estamos confirmando", "Por favor, no pague otra vez."),
        ("held", "en revisión", "Por favor, no pague otra vez."),
    ],
)
def test_every_end_says_in_spanish_whether_to_pay_again(
    visit: Open, portal: FakePortal, keep: Keep, gateway: str, title: str, said: str
) -> None:
    portal.account.gateway = gateway
    seen = visit(language="es").sign_in().pay()
    expect(seen.heading).to_contain_text(title)
    expect(seen.page.locator("main")).to_contain_text(said)
    keep(seen.page, f"portal-phone-es-outcome-{gateway}")


def test_checking_again_says_when_and_ends_with_what_came_of_it(
    visit: Open, portal: FakePortal, keep: Keep
) -> None:
    portal.account.gateway = "held"
    seen = visit().sign_in().pay()
    checked = "Last checked at 10:04:05 AM EST: still being reviewed."
    expect(seen.page.locator("main")).to_contain_text(checked)
    announcer = seen.page.locator("#announcer")
    expect(announcer).to_be_empty()
    again = seen.page.get_by_role("button", name="Check again")
    again.click()
    expect(announcer).to_have_text(checked)
    portal.account.broken.add("/portal/balance")
    again.click()
    expect(seen.page.locator("main")).to_contain_text("could not check just now")
    portal.account.broken.clear()
    portal.account.settle("failed")
    again.evaluate_all("buttons => buttons[0]?.click()")  # unless the page has asked by itself
    expect(seen.heading).to_have_text("The payment did not go through")
    expect(announcer).to_be_empty()
    expect(seen.page.locator("main")).not_to_contain_text("your card")
    keep(seen.page, "portal-phone-en-outcome-failed")
    seen.page.get_by_role("button", name="Pay now").click()
    seen.expect_screen("pay")


@pytest.mark.parametrize(
    ("became", "title", "said"),
    [
        ("posted", "An earlier payment went through", "earlier payment of $30.00"),
        ("failed", "This payment was not made", "was not charged either"),
    ],
)
def test_a_second_payment_is_told_that_it_was_not_charged_and_what_became_of_the_first(
    visit: Open, portal: FakePortal, keep: Keep, became: str, title: str, said: str
) -> None:
    seen = visit().sign_in().to_confirm("20")
    portal.account.gateway = "unknown"
    portal.account.pay("from-another-tab-of-it", {"amount_cents": 3_000})
    seen.press_pay()
    refused = "The $20.00 you just tried to pay was not charged."
    main = seen.page.locator("main")
    expect(seen.heading).to_have_text("An earlier payment is being confirmed")
    expect(main).to_contain_text(refused)
    expect(main).to_contain_text("An earlier payment of $30.00")
    expect(main).to_contain_text("Please do not pay again.")
    keep(seen.page, "portal-phone-en-refused")
    portal.account.settle(became)
    seen.page.reload()
    expect(seen.heading).to_have_text(title)
    expect(main).to_contain_text(refused)
    expect(main).to_contain_text(said)
    keep(seen.page, f"portal-phone-en-refused-{became}")
    if became == "posted":
        seen.page.get_by_role("button", name="See the earlier payment").click()
        expect(seen.page.locator(".receipt")).to_contain_text("$30.00")


def test_a_lost_answer_is_asked_for_again_under_the_same_key(
    visit: Open, portal: FakePortal
) -> None:
    portal.account.gateway = "lose_answer"
    seen = visit().sign_in().pay("20")
    expect(seen.heading).to_contain_text("Thank you")
    assert portal.account.charges == [2_000]
    assert len(portal.account.bodies) == 1


@pytest.mark.parametrize("status", [402, 404, 422, 503])
def test_a_refusal_by_something_in_between_proves_nothing(
    visit: Open, portal: FakePortal, status: int
) -> None:
    """The charge may be on its way; only our server's own codes tell that it is not."""
    portal.account.gateway = "lose_answer"
    seen = visit().sign_in().to_confirm("20")
    answers = iter([None, status])

    def between(route: Route) -> None:
        if next(answers, None) is None:
            route.continue_()
        else:
            route.fulfill(status=status, content_type="text/html", body="<h1>A proxy</h1>")

    seen.page.route("**/portal/payments", between)
    seen.press_pay()
    expect(seen.heading).to_contain_text("Thank you")
    assert portal.account.charges == [2_000]


def test_a_balance_that_changed_meanwhile_is_chosen_again(visit: Open, portal: FakePortal) -> None:
    portal.account.gateway = "changed"
    seen = visit().sign_in().pay()
    seen.expect_screen("pay")
    expect(seen.page.locator(".notice")).to_contain_text("Your balance has changed")


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
