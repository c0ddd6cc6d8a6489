"""From the text on a phone to a paid balance: page, API, functions, table and gateway together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.barriers import barriers
from tests.browser.conftest import DESKTOP, PHONE, SMALL_PHONE
from tests.browser.journeys.conftest import Arrive
from tests.browser.journeys.patient_visit import GOOD_CARD, Patient

Keep = Callable[..., None]


@pytest.mark.parametrize(
    ("size", "language", "amount", "left", "thanks"),
    [
        (PHONE, "en", None, "$0.00", "Thank you, your payment went through"),
        (DESKTOP, "en", "40", "$113.40", "Thank you, your payment went through"),
        (PHONE, "es", "40", "$113.40", "Gracias, su pago se realizó"),
    ],
    ids=["phone_in_full", "desktop_in_part", "phone_in_part_in_spanish"],
)
def test_a_text_leads_to_a_receipt(
    arrive: Arrive, patient: Patient, keep: Keep, size: dict[str, int], language: str,
    amount: str | None, left: str, thanks: str,
) -> None:  # fmt: skip
    name = f"{size['width']}-{language}"
    seen = arrive(size, language=language)
    expect(seen.page.locator("header")).to_contain_text("Harbor Point Physical Therapy")
    keep(seen.page, f"{name}-1-welcome")
    seen.sign_in()
    expect(seen.page.locator(".amount")).to_have_text("$153.40")
    keep(seen.page, f"{name}-2-balance")
    seen.choose("activity")
    expect(seen.page.locator(".total strong")).to_have_text("$153.40")
    seen.choose("balance").to_amount()
    keep(seen.page, f"{name}-3-amount")
    seen.page.go_back()
    seen.expect_screen("balance")
    seen.to_confirm(amount)
    keep(seen.page, f"{name}-4-confirm")
    assert barriers(seen.page) == []
    seen.open_card_form()
    keep(seen.page, f"{name}-5-card-form", full_page=False)
    seen.press_pay()
    seen.expect_screen("outcome")
    expect(seen.heading).to_have_text(thanks)
    expect(seen.page.locator(".receipt")).to_contain_text("1111")
    expect(seen.page.locator("main .lead strong")).to_have_text(left)
    assert barriers(seen.page) == []
    keep(seen.page, f"{name}-6-paid")
    seen.choose("payments")
    expect(seen.page.locator(".entry")).to_have_count(1)
    keep(seen.page, f"{name}-7-history")
    seen.page.locator(".entry button").click()
    expect(seen.page.locator(".receipt")).to_contain_text("1111")
    seen.choose("balance")
    expect(seen.page.locator(".amount")).to_have_text(left)
    assert patient.charged() == [15_340 if amount is None else 4_000]
    assert patient.balance == 15_340 - sum(patient.charged())


def test_a_session_that_ends_in_mid_payment_is_begun_again(
    arrive: Arrive, patient: Patient, keep: Keep
) -> None:
    seen = arrive().sign_in().to_confirm("20")
    patient.stack.clock.set(patient.stack.now() + timedelta(minutes=31))
    seen.press_pay()
    expect(seen.page.locator("#again-title")).to_have_text("Please sign in again")
    expect(seen.page.locator("#again-text")).to_contain_text("Your payment of $20.00 goes on")
    keep(seen.page, "390-en-session-ended", full_page=False)
    seen.sign_in_again()
    expect(seen.heading).to_have_text("Thank you, your payment went through")
    assert patient.charged() == [2_000]


def test_a_keyboard_pays_on_a_small_phone_with_twice_the_text(
    arrive: Arrive, patient: Patient, keep: Keep
) -> None:
    seen = arrive(SMALL_PHONE)
    keyboard = seen.page.keyboard
    expect(seen.heading).to_be_visible()
    seen.page.evaluate("document.documentElement.style.fontSize = '212.5%'")

    def press(key: str, reaches: str = "", name: str = "") -> None:
        seen.press(key, reaches)
        if name:
            keep(seen.page, f"320-twice-the-text-{name}", full_page=name != "5-card-form")

    press("Tab", ".skip", "1-welcome")
    press("Enter")
    for part in ("7", "9", "1984"):
        press("Tab")
        keyboard.type(part)
    press("Enter")
    seen.expect_screen("balance")
    press("Tab", "main .primary", "2-balance")
    press("Enter")
    seen.expect_screen("pay")
    press("Tab", "#choice-0")
    press("ArrowUp", "#other-amount")
    keyboard.type("20")
    keep(seen.page, "320-twice-the-text-3-amount")
    press("Enter")
    seen.expect_screen("confirm")
    expect(seen.page.locator(".AcceptUI")).to_be_enabled()
    press("Tab", ".AcceptUI", "4-confirm")
    press("Enter", "#AcceptUIContainer iframe")
    expect(seen.card_form.locator("#cardNum")).to_be_focused()
    for typed in (GOOD_CARD, "12/39", "900", "Maya", "Okafor"):
        keyboard.type(typed)
        press("Tab")
    keep(seen.page, "320-twice-the-text-5-card-form", full_page=False)
    press("Enter")
    seen.expect_to_be_told("Thank you, your payment went through", "$20.00")
    press("Tab", "main .outcome .primary", "6-paid")
    assert patient.charged() == [2_000]


def test_a_patient_turns_reminders_off_and_asks(arrive: Arrive, patient: Patient) -> None:
    seen = arrive().sign_in().choose("alerts")
    text = seen.page.get_by_role("switch", name="Text messages")
    expect(text).to_have_attribute("aria-checked", "true")
    text.click()
    expect(text).to_have_attribute("aria-checked", "false")
    seen.page.reload()
    expect(text).to_have_attribute("aria-checked", "false")
    seen.choose("question").page.get_by_label("My insurance has not finished").check()
    seen.page.get_by_role("button", name="Send").click()
    expect(seen.heading).to_have_text("Thank you, we have your question")
    assert patient.clinic.account("p-1").text_subscribed is False
