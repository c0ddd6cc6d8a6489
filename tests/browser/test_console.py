"""The local console: step the clock, watch alerts go out, read them as a patient would."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from infra.local.patient_browser import PatientBrowser
from tests.browser.barriers import barriers
from tests.browser.conftest import DESKTOP, PHONE, SMALL_PHONE, NewPage

_NUMBER, _BORN = "+17745550101", "1984-03-09"
"""Of the sample's HP-1001."""

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
    expect(page.locator("#count-sent")).to_have_text(re.compile(r"^\d+$"))
    expect(page.locator("#practice-only")).to_have_text("Harbor Point Physical Therapy")
    expect(page.get_by_text("Choose an email to read it.")).to_be_in_viewport()
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


def held_payment(address: str) -> str:
    """A payment of one of the sample's patients that is held; the id of its transaction."""
    seen = PatientBrowser(address)
    messages = seen.get("/local/outbox").content["messages"]
    token = next(m["link"] for m in messages if m["to"] == _NUMBER).rpartition("/")[2]
    assert seen.sign_in(token, _BORN).status == 200
    seen.send("PUT", "/local/gateway", {"mode": "hold"})
    card = seen.send("POST", "/local/card-token").content
    asked = {"amount_cents": 500, "opaque_data": card}
    paid = seen.send("POST", "/portal/payments", asked, {"Idempotency-Key": secrets.token_hex(8)})
    assert (paid.status, paid.get("status")) == (202, "pending")
    seen.send("PUT", "/local/gateway", {"mode": "approve"})
    return str(seen.get("/local/gateway/charges").content["charges"][-1]["trans_id"])


def test_the_gateway_is_told_how_to_answer(new_page: NewPage, address: str, keep: Keep) -> None:
    page = open_console(new_page, PHONE, address)
    page.get_by_text("Card payments").click()
    page.get_by_label("Until it is changed again").select_option("down")
    expect(page.locator("#gateway-does")).to_have_text("The gateway cannot be reached.")
    expect(page.locator("#gateway-now")).to_have_text("approves (approve)")
    page.get_by_role("button", name="Set").first.click()
    expect(page.locator("#gateway-now")).to_have_text("cannot be reached (down)")
    assert is_told(page, "#gateway-form") == "From now on: The gateway cannot be reached."
    page.get_by_role("button", name="Reconcile now").click()
    said = "No payment was open; the gateway's books could not be read in full: "
    assert is_told(page, "#reconcile-form") == f"{said}the gateway does not answer."
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert barriers(page) == []
    keep(page, "console-phone-gateway")
    page.get_by_label("Until it is changed again").select_option("approve")
    page.get_by_role("button", name="Set").first.click()
    expect(page.locator("#gateway-now")).to_have_text("approves (approve)")


def is_told(page: Page, form: str) -> str:
    """What a form answers, which has to be in sight."""
    said = page.locator(f"{form} .said")
    expect(said).to_have_text(re.compile(r"[.]$"))
    expect(said).to_be_in_viewport()
    return said.inner_text()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["390", "1280"])
def test_a_held_payment_is_released_or_refused(
    new_page: NewPage, address: str, keep: Keep, size: dict[str, int]
) -> None:
    trans_id = held_payment(address)
    page = open_console(new_page, size, address)
    page.get_by_text("Card payments").click()
    if size is DESKTOP:
        page.get_by_role("button", name="Reconcile now").click()
        said = "1 looked up: 0 posted, 0 not charged, 1 still open."
        assert is_told(page, "#reconcile-form") == said
    charge = page.locator("#charges li").filter(has_text=trans_id)
    expect(charge).to_contain_text("FDSPendingReview")
    keep(page, f"console-held-{size['width']}")
    decision = "Release" if size is PHONE else "Refuse"
    charge.get_by_role("button", name=decision).click()
    expect(page.locator("#charges-said")).to_have_text(re.compile(f"^{decision}d:"))
    expect(page.locator("#charges-said")).to_be_in_viewport()
    expect(charge).not_to_contain_text("FDSPendingReview")
    expect(charge.get_by_role("button")).to_have_count(0)
    keep(page, f"console-decided-{size['width']}")


def test_what_became_of_a_message_is_reported(new_page: NewPage, address: str, keep: Keep) -> None:
    page = open_console(new_page, PHONE, address)

    def expect_said(place: str, said: str) -> None:
        expect(page.locator(f"{place} .said")).to_have_text(said)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    page.locator("#threads button").first.focus()
    page.keyboard.press("Enter")
    page.get_by_label("What became of the last text").focus()
    page.keyboard.type("Ph")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect_said(
        "#thread-report",
        "Reported: phone out of reach. Staff see it; the next alert goes there all the same.",
    )
    for word, then in (
        ("STOP", "No more texts go there until its owner opts in again."),
        ("START", "The number is opted in."),
    ):
        page.get_by_role("button", name=f"Reply {word}").press("Enter")
        expect_said("#thread-report", f"Replied {word}. {then}")
    assert barriers(page) == []
    keep(page, "console-texts-reported-390")

    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]  # a ViewportSize
    page.locator("#mails button").first.click()
    reader = page.locator("#reader")
    reader.locator("summary", has_text="Report").click()
    reader.get_by_label("What became of it").select_option("Mailbox full")
    reader.get_by_role("button", name="Report").click()
    expect_said(
        "#reader",
        "Reported: mailbox full. Staff see it; the next alert goes there all the same.",
    )
    assert barriers(page) == []
    keep(page, "console-email-reported-1280")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["390", "1280"])
def test_the_business_dashboard_shows_what_came_of_alerts_by_day(
    new_page: NewPage, address: str, keep: Keep, size: dict[str, int]
) -> None:
    page = open_console(new_page, size, address)
    page.get_by_text("What came of alerts, by day").click()
    table = page.locator("#business-days")
    expect(table.get_by_role("columnheader")).to_have_count(10)
    day = table.get_by_role("row").last
    expect(day.get_by_role("cell").nth(1)).to_have_text(re.compile(r"^\d+$"))
    assert int(day.get_by_role("cell").nth(1).inner_text()) > 0, "sent on the first day"
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert barriers(page) == []
    keep(page, f"console-business-{size['width']}")


def test_it_works_by_keyboard_alone(new_page: NewPage, address: str) -> None:
    page = open_console(new_page, PHONE, address)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to messages")).to_be_focused()
    page.locator("#tab-texts").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tab-mail")).to_be_focused()
    expect(page.locator("#mail")).to_be_visible()
