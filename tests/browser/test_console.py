"""The local console: step the clock, watch alerts go out, read them as a patient would."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.barriers import barriers
from tests.browser.conftest import DESKTOP, PHONE, SMALL_PHONE, NewPage

Keep = Callable[[Page, str], None]


def open_console(new_page: NewPage, size: dict[str, int], address: str) -> Page:
    page = new_page(size)
    page.goto(f"{address}/local/")
    expect(page.locator("#texts-total")).not_to_have_text("0")
    return page


def sent(page: Page) -> int:
    return int(page.locator("#count-sent").inner_text())


def test_the_sample_practices_alerts_are_there_to_read(
    new_page: NewPage, address: str, keep: Keep
) -> None:
    page = open_console(new_page, DESKTOP, address)
    keep(page, "console-desktop")
    page.locator("#threads button").first.click()
    bubble = page.locator("#thread li:not(.day)").first
    expect(bubble).to_contain_text(re.compile(r"Harbor Point.*/a/\S{28}", re.DOTALL))
    page.locator("#mails button").first.click()
    frame = page.frame_locator("#reader iframe")
    expect(
        frame.get_by_role("link", name=re.compile("View the balance|Ver el saldo"))
    ).to_be_visible()
    keep(page, "console-desktop-reading")


def test_a_phone_shows_texts_and_email_as_two_tabs(
    new_page: NewPage, address: str, keep: Keep
) -> None:
    page = open_console(new_page, PHONE, address)
    expect(page.locator("#texts")).to_be_visible()
    expect(page.locator("#mail")).to_be_hidden()
    page.get_by_role("tab", name=re.compile("Email")).click()
    expect(page.locator("#mail")).to_be_visible()
    expect(page.locator("#texts")).to_be_hidden()
    keep(page, "console-phone-email")


@pytest.mark.parametrize("size", [SMALL_PHONE, PHONE, DESKTOP], ids=["320", "390", "1280"])
def test_nothing_is_wider_than_the_window(
    new_page: NewPage, address: str, size: dict[str, int]
) -> None:
    page = open_console(new_page, size, address)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_stepping_the_clock_sends_what_has_become_due(
    new_page: NewPage, address: str, keep: Keep
) -> None:
    """Right after the first alerts nobody is due; two weeks on, those who still owe are."""
    page = open_console(new_page, DESKTOP, address)
    before = int(page.locator("#texts-total").inner_text())
    week = page.get_by_role("button", name="+1 week")
    week.click()
    expect(page.locator("#status")).to_have_text(re.compile("alerted|Nobody"))
    after_one_week = sent(page)
    week.click()
    expect(page.locator("#count-sent")).not_to_have_text(str(after_one_week))
    assert sent(page) > after_one_week
    expect(page.locator("#texts-total")).not_to_have_text(str(before))
    keep(page, "console-desktop-two-weeks-on")


def test_the_gateway_is_told_how_to_answer(new_page: NewPage, address: str, keep: Keep) -> None:
    page = open_console(new_page, SMALL_PHONE, address)
    page.get_by_text("Card payments").click()
    page.get_by_label("Until it is changed again").select_option("down")
    expect(page.locator("#gateway-does")).to_have_text("The gateway cannot be reached.")
    expect(page.locator("#gateway-now")).to_have_text("approve")
    page.get_by_role("button", name="Set").first.click()
    expect(page.locator("#gateway-now")).to_have_text("down")
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL_PHONE["width"]
    assert barriers(page) == []
    keep(page, "console-phone-gateway")
    page.get_by_label("Until it is changed again").select_option("approve")
    page.get_by_role("button", name="Set").first.click()
    expect(page.locator("#gateway-now")).to_have_text("approve")


def test_it_works_by_keyboard_alone(new_page: NewPage, address: str) -> None:
    page = open_console(new_page, PHONE, address)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to messages")).to_be_focused()
    page.locator("#tab-texts").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tab-mail")).to_be_focused()
    expect(page.locator("#mail")).to_be_visible()
