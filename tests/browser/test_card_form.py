"""The stand-in's card form, opened by a page as strict as ours, behaves like the gateway's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from infra.local.gateway.cards import client_key
from infra.local.gateway.gateway import Gateway
from infra.local.loopback import LoopbackServer, QuietHandler
from tests.browser.conftest import DESKTOP, PHONE, SMALL_PHONE, NewPage

Keep = Callable[[Page, str], None]

PAGE = """<!doctype html><html lang="en"><head><title>Pay</title></head><body>
<button type="button" class="AcceptUI" id="pay" data-apiLoginID="{login}" data-clientKey="{key}"
  data-acceptUIFormBtnTxt="Pay $12.34" data-acceptUIFormHeaderTxt="Card details"
  data-billingAddressOptions='{{"show":true,"required":false}}'
  data-responseHandler="onCard">Pay by card</button>
<script src="/page.js"></script><script src="{script}"></script></body></html>"""
HANDLER = b"window.answers = []; window.onCard = (answer) => window.answers.push(answer);"


@dataclass(frozen=True)
class Shop:
    """A page with the button, and the gateway behind it."""

    gateway: Gateway
    server: LoopbackServer

    def url(self, login: str = "merchant") -> str:
        return f"{self.server.url}/{login}"


@pytest.fixture
def shop() -> Iterator[Shop]:
    gateway = Gateway(lambda: datetime.now(UTC))
    gateway.start()
    origin = gateway.script_url.removesuffix("/v3/AcceptUI.js")

    class Handler(QuietHandler):
        def do_GET(self) -> None:
            if self.path == "/page.js":
                self.answer(200, HANDLER, {"Content-Type": "text/javascript"})
                return
            login = self.path.strip("/")
            page = PAGE.format(login=login, key=client_key(login), script=gateway.script_url)
            policy = f"default-src 'none'; script-src 'self' {origin}; frame-src {origin}"
            headers = {"Content-Type": "text/html", "Content-Security-Policy": policy}
            self.answer(200, page.encode(), headers)

    server = LoopbackServer(Handler)
    server.start()
    yield Shop(gateway, server)
    server.stop()
    gateway.stop()


def form_of(page: Page, url: str) -> FrameLocator:
    page.goto(url)
    page.get_by_role("button", name="Pay by card").click()
    form = page.frame_locator("#AcceptUIContainer iframe")
    expect(form.get_by_role("heading")).to_have_text("Card details")
    return form


def fill(form: FrameLocator, number: str = "4111 1111 1111 1111") -> None:
    form.get_by_label("Card number").fill(number)
    form.get_by_label("Expires").fill("12/39")
    form.get_by_label("Card code").fill("900")
    form.get_by_label("ZIP code").fill("80202")
    form.get_by_label("First name").fill("Ana")
    form.get_by_label("Last name").fill("Diaz")


def answers(page: Page, count: int) -> list[dict[str, Any]]:
    for _ in range(100):
        found: list[dict[str, Any]] = page.evaluate("window.answers")
        if len(found) >= count:
            return found
        page.wait_for_timeout(50)
    pytest.fail("the page's handler was not called")


@pytest.mark.parametrize("size", [SMALL_PHONE, PHONE, DESKTOP], ids=["320", "390", "1280"])
def test_a_card_becomes_a_token_for_this_merchant(
    shop: Shop, new_page: NewPage, keep: Keep, size: dict[str, int]
) -> None:
    page = new_page(size)
    form = form_of(page, shop.url())
    fill(form)
    keep(page, f"card-form-{size['width']}")
    form.get_by_role("button", name="Pay $12.34").click()
    (answer,) = answers(page, 1)
    assert answer["messages"] == {
        "resultCode": "Ok",
        "message": [{"code": "I_WC_01", "text": "Successful."}],
    }
    assert answer["opaqueData"]["dataDescriptor"] == "COMMON.ACCEPT.INAPP.PAYMENT"
    assert answer["encryptedCardData"]["cardNumber"] == "XXXXXXXXXXXX1111"
    assert answer["customerInformation"] == {"firstName": "Ana", "lastName": "Diaz"}
    expect(page.locator("#AcceptUIContainer")).to_have_count(0)
    expect(page.locator("#pay")).to_be_focused()


def test_bad_fields_are_said_in_the_form_and_to_the_page(shop: Shop, new_page: NewPage) -> None:
    page = new_page(PHONE)
    form = form_of(page, shop.url())
    form.get_by_role("button", name="Pay $12.34").click()
    (first,) = answers(page, 1)
    assert [each["code"] for each in first["messages"]["message"]] == ["E_WC_05", "E_WC_06"]
    expect(form.get_by_label("Card number")).to_be_focused()
    fill(form, "4111 1111 1111 1112")
    form.get_by_role("button", name="Pay $12.34").click()
    second = answers(page, 2)[1]
    assert second["messages"]["message"][0]["code"] == "E_WC_05"
    expect(form.get_by_text("Please provide valid credit card number.")).to_be_visible()
    assert "opaqueData" not in second


def test_wrong_credentials_are_told_to_the_page(shop: Shop, new_page: NewPage) -> None:
    page = new_page(PHONE)
    form = form_of(page, shop.url("wrong"))
    fill(form)
    form.get_by_role("button", name="Pay $12.34").click()
    (answer,) = answers(page, 1)
    assert answer["messages"]["message"][0]["code"] == "E_WC_21"


def test_the_form_is_left_by_escape_and_by_its_button(shop: Shop, new_page: NewPage) -> None:
    page = new_page(PHONE)
    form = form_of(page, shop.url())
    form.get_by_label("Card number").press("Escape")
    expect(page.locator("#AcceptUIContainer")).to_have_count(0)
    page.keyboard.press("Enter")
    form.get_by_role("button", name="Close").click()
    expect(page.locator("#AcceptUIBackground")).to_have_count(0)
    expect(page.locator("#pay")).to_be_focused()
    assert page.evaluate("window.answers") == []
