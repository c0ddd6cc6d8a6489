"""A patient's visit to the portal, in the steps a patient takes."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from tests.browser.fake_portal import BIRTH_DATE, FakePortal

# The browser's own note on an answer that is no success; the page deals with those.
_ANSWERS = "Failed to load resource"


class Visit:
    """One browser tab, opened at the link."""

    def __init__(
        self,
        browser: Browser,
        portal: FakePortal,
        size: dict[str, int],
        *,
        language: str,
        **more: Any,
    ) -> None:
        self.portal = portal
        self.language = language
        self.complaints: list[str] = []
        context = browser.new_context(
            viewport=size,  # type: ignore[arg-type]  # a ViewportSize
            locale={"en": "en-US", "es": "es-US"}[language],
            timezone_id="Pacific/Auckland",  # a day ahead of the practice
            reduced_motion="reduce",
            **more,
        )
        self.page = self._tab(context.new_page())
        self.page.goto(portal.link)

    def _tab(self, page: Page) -> Page:
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                self.complaints.append(message.text)
                if message.type == "error" and not message.text.startswith(_ANSWERS)
                else None
            ),
        )
        return page

    # What is seen.

    @property
    def heading(self) -> Locator:
        return self.page.locator("main h1")

    @property
    def main_button(self) -> Locator:
        return self.page.locator("main .primary")

    @property
    def problem(self) -> Locator:
        return self.page.locator("main .problem:visible")

    @property
    def card_form(self) -> FrameLocator:
        return self.page.frame_locator("#AcceptUIContainer iframe")

    def expect_screen(self, name: str) -> None:
        expect(self.page.locator(f"main[data-screen={name}]")).to_be_visible()

    # What is done.

    def type_birth_date(self, iso: str = BIRTH_DATE, prefix: str = "birth") -> None:
        year, month, day = iso.split("-")
        for part, value in (("month", month), ("day", day), ("year", year)):
            self.page.locator(f"#{prefix}-{part}").fill(value)

    def sign_in(self) -> Visit:
        self.type_birth_date()
        self.main_button.click()
        self.expect_screen("balance")
        return self

    def sign_in_again(self) -> None:
        self.type_birth_date(prefix="again")
        self.page.locator("dialog .primary").click()
        expect(self.page.locator("dialog")).to_have_count(0)

    def choose(self, screen: str) -> Visit:
        """Go there by the menu."""
        names = ["balance", "activity", "payments", "alerts", "question"]
        self.page.locator(".menu a").nth(names.index(screen)).click()
        self.expect_screen(screen)
        return self

    def to_amount(self) -> Visit:
        self.main_button.click()
        self.expect_screen("pay")
        return self

    def to_confirm(self, amount: str | None = None) -> Visit:
        self.to_amount()
        if amount is not None:
            self.page.locator(".choice").last.click()
            self.page.locator("#other-amount").fill(amount)
        self.main_button.click()
        self.expect_screen("confirm")
        expect(self.page.locator(".AcceptUI")).to_be_enabled()
        return self

    def press_pay(self) -> Visit:
        self.page.locator(".AcceptUI").click()
        self.card_form.locator("#pay").click()
        return self

    def pay(self, amount: str | None = None) -> Visit:
        return self.to_confirm(amount).press_pay()
