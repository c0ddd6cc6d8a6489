"""A patient of the running stack: somebody who got an alert, and what the page then shows them."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Any, NamedTuple, Self
from urllib.request import Request, urlopen

from playwright.sync_api import Page, expect

from balance_alerts.store.entries import entries_of
from infra.local.stack import LocalStack
from tests import builders
from tests.browser.portal_visit import Visit
from tests.stack.due import Clinic
from tests.stack.portal_client import BORN

GOOD_CARD = "4111 1111 1111 1111"
KNEE, BACK = 9_340, 6_000


class Link(NamedTuple):
    """Where a visit begins."""

    link: str


@dataclass
class Patient:
    """Somebody who owes 153.40 dollars for two cases, and has been told so by text."""

    clinic: Clinic
    patient_id: str = "p-1"

    def __post_init__(self) -> None:
        clinic = self.clinic
        mobile = clinic.patient(self.patient_id, owes=0)
        share = {"payer": "Tidemark Health Plan", "service_date": builders.DAY_0}
        clinic.stack.wiring.ledger.post(
            clinic.practice,
            self.patient_id,
            [
                builders.entry(
                    "knee", cents=KNEE, case_label="Right knee after surgery",
                    cause="deductible, coinsurance", **share,
                ),
                builders.entry(
                    "back", cents=BACK, case_id="back", case_label="Low back", cause="copay",
                    recorded_at=builders.at(0, "11:00"), **share,
                ),
            ],
        )  # fmt: skip
        clinic.queue(self.patient_id)
        self.link = str(clinic.stack.outbox.messages(to=mobile)[-1].link)

    @property
    def stack(self) -> LocalStack:
        return self.clinic.stack

    @property
    def balance(self) -> int:
        """What the ledger says is owed, in cents."""
        return sum(
            entry.signed_cents
            for entry in entries_of(self.clinic.practice.practice_id, self.patient_id)
        )

    def reconcile(self) -> None:
        """Let the gateway's books be compared with ours, as the schedule would."""
        address = self.link.partition("/a/")[0]
        with urlopen(Request(f"{address}/local/reconcile", method="POST")) as answer:
            assert answer.status == 200

    def charged(self) -> list[int]:
        """What the gateway took or holds, one amount a charge."""
        return [
            charge["amount_cents"]
            for charge in self.stack.gateway.charges()
            if charge["status"] in ("capturedPendingSettlement", "FDSPendingReview")
        ]


class PatientVisit(Visit):
    """A tab of the patient's browser. Behind it all is real, and a busy machine needs its time."""

    def _tab(self, page: Page) -> Page:
        super()._tab(page).set_default_timeout(30_000)
        return page

    def another_tab(self) -> Self:
        """The same link in one more tab."""
        other = copy(self)
        other.page = self._tab(self.page.context.new_page())
        other.page.goto(self.portal.link)
        return other

    def in_front(self) -> Self:
        """Come before the other tabs, as a user does; one behind is drawn once a second only."""
        self.page.bring_to_front()
        return self

    def type_birth_date(self, iso: str = BORN.isoformat(), prefix: str = "birth") -> None:
        super().type_birth_date(iso, prefix)

    def open_card_form(self, *, number: str = GOOD_CARD, zip_code: str = "02114") -> Self:
        """Open the gateway's form and type in a card."""
        self.page.locator(".AcceptUI").click()
        for field, typed in (
            ("cardNum", number), ("expiryDate", "12/39"), ("cvv", "900"), ("zip", zip_code),
        ):  # fmt: skip
            self.card_form.locator(f"#{field}").fill(typed)
        return self

    def press_pay(self, **card: Any) -> Self:
        """Pay with the card typed in, or with this one."""
        if not self.page.locator("#AcceptUIContainer.show").count():
            self.open_card_form(**card)
        self.card_form.locator("#payButton").click()
        return self

    def press(self, key: str, reaches: str = "") -> None:
        """Press a key; the focus is then where it should be, and nothing beyond the window."""
        self.page.keyboard.press(key)
        if reaches:
            expect(self.page.locator(reaches)).to_be_focused()
        widths = "[document.documentElement.scrollWidth, window.innerWidth]"
        needed, there = self.page.evaluate(widths)
        assert needed <= there, (key, reaches)

    def expect_to_be_told(self, title: str, said: str) -> None:
        """The page says so, and whoever hears it hears it first."""
        expect(self.heading).to_have_text(title)
        expect(self.heading).to_be_focused()
        expect(self.page.locator("main")).to_contain_text(said)

    def expect_call_button(self) -> None:
        """The practice is one touch away."""
        call = self.page.locator("main").get_by_role("link", name="202-555-0100").first
        expect(call).to_have_attribute("href", "tel:2025550100")
