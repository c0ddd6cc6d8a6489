"""A member of staff at the console, in the steps they take."""

from __future__ import annotations

import json
from typing import Any, Self

from playwright.sync_api import Browser, Locator, Page, expect

from balance_alerts.domain.permissions import Level
from tests.browser.barriers import barriers
from tests.browser.conftest import DESKTOP
from tests.stack.due import Clinic

# The browser's own note on an answer that is no success; the page deals with those.
_ANSWERS = "Failed to load resource"
_SIGNED_IN = "sessionStorage.getItem('staff') ?? sessionStorage.setItem('staff', {token})"


class StaffVisit:
    """One tab of the console; without a level nobody is signed in."""

    def __init__(
        self,
        browser: Browser,
        clinic: Clinic,
        level: Level | None,
        *,
        at: str = "",
        size: dict[str, int] = DESKTOP,
    ) -> None:
        self.clinic = clinic
        self.complaints: list[str] = []
        context = browser.new_context(
            viewport=size,  # type: ignore[arg-type]  # a ViewportSize
            timezone_id="America/New_York",
            reduced_motion="reduce",
        )
        if level is not None:
            token = clinic.stack.staff.token(
                practice_id=clinic.practice.practice_id, level=level, name="Ines Vega"
            )
            kept = json.dumps(json.dumps({"id_token": token}))
            context.add_init_script(_SIGNED_IN.replace("{token}", kept))
        self.page = context.new_page()
        self.page.set_default_timeout(30_000)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._note)
        self.go(at)

    def _note(self, message: Any) -> None:
        if message.type == "error" and not message.text.startswith(_ANSWERS):
            self.complaints.append(message.text)

    @property
    def heading(self) -> Locator:
        return self.page.locator("main h1")

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def expect_screen(self, title: str) -> Self:
        """The screen is there."""
        expect(self.heading).to_have_text(title)
        return self

    def go(self, place: str) -> Self:
        """Go to a place of the console by its address."""
        self.page.goto(f"{self.clinic.stack.public_url}/console/#/{place}")
        return self

    def press(self, name: str) -> Self:
        """Press a button."""
        self.page.get_by_role("button", name=name, exact=True).click()
        return self

    def resize(self, size: dict[str, int]) -> Page:
        """The same tab in a window of another size."""
        self.page.set_viewport_size(size)  # type: ignore[arg-type]
        return self.page

    def expect_no_barriers(self) -> None:
        """Nothing that axe knows is in the way, and nothing is beyond the window."""
        assert barriers(self.page) == []
        widths = "[document.documentElement.scrollWidth, window.innerWidth]"
        needed, there = self.page.evaluate(widths)
        assert needed <= there
