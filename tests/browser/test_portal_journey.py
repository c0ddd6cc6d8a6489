"""From the text on a phone to the balance, on the whole stack."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, NewPage

Keep = Callable[[Page, str], None]

MOBILE, NAME, BIRTH_DATE = "+17745550101", "Dana", ("3", "9", "1984")


def link_in_the_text(address: str) -> str:
    with urlopen(f"{address}/local/outbox") as answer:
        messages = json.load(answer)["messages"]
    return str(next(each["link"] for each in messages if each["to"] == MOBILE))


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_text_leads_to_a_balance_that_adds_up(
    new_page: NewPage, address: str, keep: Keep, size: dict[str, int]
) -> None:
    page = new_page(size)
    page.goto(link_in_the_text(address))
    expect(page.locator("header")).to_contain_text("Harbor Point Physical Therapy")
    for part, value in zip(("month", "day", "year"), BIRTH_DATE, strict=True):
        page.locator(f"#birth-{part}").fill(value)
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".whose")).to_have_text(f"{NAME}’s account")
    amount = page.locator(".amount").inner_text()
    keep(page, f"journey-{'phone' if size is PHONE else 'desktop'}-balance")
    page.get_by_role("link", name="All charges and payments").click()
    expect(page.locator(".total strong")).to_have_text(amount)
    expect(page.locator(".entry").first).to_contain_text(re.compile("Your share for your visit on"))


def test_a_patient_turns_reminders_off_and_asks(new_page: NewPage, address: str) -> None:
    page = new_page(PHONE)
    page.goto(link_in_the_text(address))
    for part, value in zip(("month", "day", "year"), BIRTH_DATE, strict=True):
        page.locator(f"#birth-{part}").fill(value)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name="Text and email reminders").click()
    text = page.get_by_role("switch", name="Text messages")
    expect(text).to_have_attribute("aria-checked", "true")
    text.click()
    expect(text).to_have_attribute("aria-checked", "false")
    page.reload()
    expect(text).to_have_attribute("aria-checked", "false")
    page.get_by_role("link", name="Ask a question").click()
    page.get_by_label("My insurance has not finished").check()
    page.get_by_role("button", name="Send").click()
    expect(page.locator("h1")).to_have_text("Thank you, we have your question")
