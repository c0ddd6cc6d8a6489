"""The portal's page for everybody: any reader, any size, the keyboard, more time, coming back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.barriers import COLOURS, barriers
from tests.browser.conftest import DESKTOP, PHONE, SMALL_PHONE
from tests.browser.fake_portal import TOKEN, FakePortal
from tests.browser.portal_visit import Visit

Open = Callable[..., Visit]
Keep = Callable[[Page, str], None]

# The smallest phone with the usual text, and others with text twice as large.
_WIDTHS = ((SMALL_PHONE, "106.25%"), (PHONE, "212.5%"), (DESKTOP, "212.5%"))
_TEXT_SIZE = "text => { document.documentElement.style.fontSize = text }"


def every_screen(seen: Visit, portal: FakePortal) -> Iterator[str]:
    """Walks through all screens, one after the other."""
    expect(seen.heading).to_be_visible()
    yield "welcome"
    seen.type_birth_date("1984-2-30")
    seen.main_button.click()
    expect(seen.problem).to_be_visible()
    yield "wrong date"
    seen.type_birth_date("1984-3-10")
    seen.main_button.click()
    expect(seen.page.locator(".fresh-link")).to_be_visible()
    yield "not recognised"
    seen.sign_in()
    seen.page.locator(".cases summary").nth(1).click()
    seen.page.locator(".glossary summary").click()
    expect(seen.page.locator(".entry").first).to_be_visible()
    yield "balance"
    for screen in ("activity", "payments", "alerts", "question"):
        seen.choose(screen)
        yield screen
    seen.main_button.click()
    yield "question without a reason"
    seen.choose("balance").to_amount()
    seen.page.locator(".choice").last.click()
    seen.main_button.click()
    expect(seen.problem).to_be_visible()
    yield "amount"
    seen.page.locator("#other-amount").fill("20")
    seen.main_button.click()
    expect(seen.page.locator(".AcceptUI")).to_be_enabled()
    yield "confirm"
    portal.account.gateway = "decline"
    seen.press_pay()
    seen.expect_screen("outcome")
    yield "declined"
    portal.account.gateway = "approve"
    seen.main_button.click()
    seen.expect_screen("confirm")
    seen.press_pay()
    expect(seen.page.locator(".receipt")).to_be_visible()
    yield "paid"
    portal.account.gateway = "held"
    seen.choose("balance")
    seen.pay()
    expect(seen.page.locator(".outcome.wait")).to_be_visible()
    yield "being reviewed"
    seen.choose("balance")
    yield "balance with a payment on its way"
    portal.account.sessions.clear()
    seen.page.locator(".menu a").nth(1).click()
    expect(seen.page.locator("dialog")).to_be_visible()
    yield "session ended"


@pytest.mark.parametrize("language", ["en", "es"])
def test_axe_finds_no_barrier_on_any_screen(visit: Open, portal: FakePortal, language: str) -> None:
    seen = visit(language=language, color_scheme="light")
    found = []
    for screen in every_screen(seen, portal):
        found += [f"{screen}: {barrier}" for barrier in barriers(seen.page)]
        if language == "en":  # colours are the same in both
            seen.page.emulate_media(color_scheme="dark")
            found += [f"{screen}, dark: {barrier}" for barrier in barriers(seen.page, COLOURS)]
            seen.page.emulate_media(color_scheme="light")
    assert found == []


@pytest.mark.parametrize("path", ["/u/" + TOKEN, "/a/zzzzzz"], ids=["unsubscribe", "unknown"])
def test_axe_finds_no_barrier_on_the_small_pages(
    visit: Open, portal: FakePortal, path: str
) -> None:
    page = visit().page
    page.goto(portal.server.url + path)
    assert barriers(page) == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_nothing_is_wider_than_the_window(
    visit: Open, portal: FakePortal, language: str, keep: Keep
) -> None:
    seen = visit(language=language)
    wide = []
    for number, screen in enumerate(every_screen(seen, portal)):
        for size, text in _WIDTHS:
            seen.page.set_viewport_size(size)
            seen.page.evaluate(_TEXT_SIZE, text)
            fits = seen.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
            if not fits:
                wide.append(f"{screen} at {size['width']}")
            if size is SMALL_PHONE or not fits:
                name = f"{language}-{number:02d}-{screen.replace(' ', '-')}"
                keep(seen.page, f"portal-{size['width']}-{text[:3]}-{name}")
    assert wide == []


def test_each_screen_takes_the_focus_and_the_title(visit: Open) -> None:
    seen = visit()
    expect(seen.page).to_have_title("View your balance · Harbor Point Physical Therapy")
    seen.sign_in()
    for screen, title in (
        ("activity", "All charges and payments"),
        ("payments", "Payment history"),
        ("alerts", "Text and email reminders"),
        ("question", "Ask a question"),
    ):
        seen.choose(screen)
        expect(seen.heading).to_be_focused()
        expect(seen.page).to_have_title(f"{title} · Harbor Point Physical Therapy")


def test_escape_closes_the_card_form(visit: Open) -> None:
    seen = visit().sign_in().to_confirm()
    seen.page.locator(".AcceptUI").click()
    expect(seen.page.locator("#AcceptUIContainer")).to_have_class("show")
    seen.page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))")
    expect(seen.page.locator(".AcceptUI")).to_be_focused()


def test_back_and_forward_walk_through_the_screens(visit: Open) -> None:
    seen = visit().sign_in()
    seen.choose("activity").choose("alerts")
    for move, screen in (
        (seen.page.go_back, "activity"),
        (seen.page.go_back, "balance"),
        (seen.page.go_forward, "activity"),
    ):
        move()
        seen.expect_screen(screen)


def test_a_reload_stays_where_it_is(visit: Open) -> None:
    seen = visit().sign_in().choose("payments")
    seen.page.reload()
    seen.expect_screen("payments")


def test_going_back_after_signing_out_shows_nothing(visit: Open) -> None:
    seen = visit().sign_in().choose("activity")
    seen.page.get_by_role("button", name="Sign out").click()
    expect(seen.heading).to_have_text("View your balance")
    seen.page.go_back()
    expect(seen.heading).to_have_text("View your balance")
    expect(seen.page.locator(".amount")).to_have_count(0)


def test_another_patients_link_in_the_same_tab_asks_again(visit: Open, portal: FakePortal) -> None:
    seen = visit().sign_in()
    seen.page.goto(f"{portal.server.url}/a/{TOKEN[:6]}{'x' * 22}")
    expect(seen.heading).to_have_text("View your balance")


def test_an_ended_session_asks_again_and_loses_nothing(
    visit: Open, portal: FakePortal, keep: Keep
) -> None:
    seen = visit().sign_in().choose("question")
    seen.page.get_by_label("I need more time to pay").check()
    seen.page.locator("#message").fill("Until my next pay day.")
    portal.account.sessions.clear()
    seen.main_button.click()
    expect(seen.page.locator("#again-title")).to_be_focused()
    keep(seen.page, "portal-phone-en-session-ended")
    seen.sign_in_again()
    expect(seen.heading).to_have_text("Thank you, we have your question")
    assert portal.account.questions == [
        {"reason": "need_time", "message": "Until my next pay day."}
    ]


def test_a_warning_comes_in_time_to_stay(visit: Open, keep: Keep) -> None:
    seen = visit()
    seen.page.clock.install()
    seen.page.reload()
    seen.sign_in().choose("question").page.locator("#message").fill("One moment")
    seen.page.clock.fast_forward("28:05")
    dialog = seen.page.locator("dialog")
    expect(dialog).to_contain_text("signed out in about 2 minutes")
    keep(seen.page, "portal-phone-en-session-warning")
    seen.sign_in_again()
    seen.page.clock.fast_forward("20:00")
    expect(dialog).to_have_count(0)
    assert seen.page.locator("#message").input_value() == "One moment"


def test_an_unattended_page_covers_itself(visit: Open) -> None:
    seen = visit()
    seen.page.clock.install()
    seen.page.reload()
    seen.sign_in()
    seen.page.clock.fast_forward("28:05")
    seen.page.get_by_role("button", name="Not now").click()
    expect(seen.page.locator("dialog")).to_have_count(0)
    seen.page.clock.fast_forward("02:00")
    expect(seen.page.locator("#again-title")).to_have_text("Please sign in again")
    expect(seen.page.locator("main")).to_be_hidden()
    seen.page.locator("dialog").get_by_role("button", name="Sign out").click()
    expect(seen.heading).to_have_text("View your balance")


def test_a_balance_paid_elsewhere_is_seen_on_coming_back(visit: Open, portal: FakePortal) -> None:
    seen = visit()
    seen.page.clock.install()
    seen.page.reload()
    seen.sign_in()
    portal.account.owe(0)
    seen.page.clock.fast_forward("00:40")
    seen.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(seen.page.locator(".amount")).to_have_text("$0.00")


def test_a_slow_network_says_so_and_sends_once(visit: Open, portal: FakePortal) -> None:
    seen = visit()
    seen.page.clock.install()
    seen.page.reload()
    seen.sign_in()
    portal.account.gate.clear()
    seen.page.locator(".menu a").nth(1).click()
    seen.page.clock.fast_forward("00:01")
    expect(seen.page.locator(".loading")).to_have_text("Loading…")
    seen.page.clock.fast_forward("00:08")
    expect(seen.page.locator(".loading")).to_contain_text("longer than usual")
    portal.account.gate.set()
    seen.expect_screen("activity")
