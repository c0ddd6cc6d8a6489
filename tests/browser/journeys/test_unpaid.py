"""What a patient is told where a payment is refused, or where nobody knows yet what came of it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from infra.local.gateway.cards import DECLINING_ZIP
from infra.local.gateway.modes import GatewayMode
from tests.browser.barriers import barriers
from tests.browser.journeys.conftest import Arrive
from tests.browser.journeys.patient_visit import Patient, PatientVisit

Keep = Callable[..., None]

Outcome = Callable[[PatientVisit, str, str, str], None]

WAIT = "Please do not pay again."
NOT_CHARGED = "You were not charged."


@pytest.fixture
def outcome(keep: Keep) -> Outcome:
    """Checks what the page says at the end of a payment, and keeps how it looks."""

    def outcome(seen: PatientVisit, name: str, title: str, said: str) -> None:
        seen.expect_to_be_told(title, said)
        seen.expect_call_button()
        assert barriers(seen.page) == []
        keep(seen.page, f"390-en-{name}")

    return outcome


def test_a_declined_card_is_not_charged_and_another_pays(
    arrive: Arrive, patient: Patient, keep: Keep, outcome: Outcome
) -> None:
    seen = arrive().sign_in().to_confirm("20")
    seen.press_pay(zip_code=DECLINING_ZIP)
    outcome(seen, "declined", "Your card could not be charged", NOT_CHARGED)
    seen.page.get_by_role("button", name="Try again").click()
    seen.expect_screen("confirm")
    seen.press_pay()
    seen.expect_to_be_told("Thank you, your payment went through", "$20.00")
    seen.choose("payments")
    expect(seen.page.locator(".state")).to_have_text(["Completed", "Declined, not charged"])
    keep(seen.page, "390-en-declined-history")
    assert patient.charged() == [2_000]


def test_a_payment_under_review_is_not_to_be_made_again(
    arrive: Arrive, patient: Patient, keep: Keep, outcome: Outcome
) -> None:
    patient.stack.gateway.set_mode(GatewayMode.HOLD)
    seen = arrive().sign_in().to_confirm()
    seen.press_pay()
    outcome(seen, "held", "Your payment is being reviewed", WAIT)
    seen.choose("balance")
    expect(seen.page.locator(".amount-card")).to_contain_text(WAIT)
    expect(seen.page.get_by_role("button", name="Pay online")).to_have_count(0)
    assert barriers(seen.page) == []
    keep(seen.page, "390-en-held-balance")
    assert (patient.charged(), patient.balance) == ([15_340], 15_340)


def test_paying_five_times_in_three_tabs_is_one_payment(
    arrive: Arrive, patient: Patient, keep: Keep
) -> None:
    """And each tab tells the truth, through a reload in mid-payment and the back button."""
    patient.stack.gateway.set_mode(GatewayMode.TIMEOUT_AFTER_CHARGE)
    first = arrive().sign_in().to_confirm()
    tabs = [first, first.another_tab(), first.another_tab()]
    for tab in tabs[1:]:
        tab.in_front().sign_in().to_confirm()
    for tab in tabs:
        tab.in_front().open_card_form()
    for tab, times in zip(tabs, (2, 2, 1), strict=True):
        tab.in_front().card_form.locator("#payButton").click(click_count=times, no_wait_after=True)
    expect(first.in_front().heading).to_have_text("Making your payment")
    keep(first.page, "390-en-sending")
    first.page.reload(wait_until="domcontentloaded")
    for tab in tabs:
        expect(tab.heading).to_have_text(re.compile("(Your|An earlier) payment is being confirmed"))
        expect(tab.page.locator("main")).to_contain_text(WAIT)
    told = [tab.heading.inner_text().split()[0] for tab in tabs]
    assert sorted(told) == ["An", "An", "Your"]
    asked, refused = tabs[told.index("Your")], tabs[told.index("An")]
    for tab, name in ((asked, "being-confirmed"), (refused, "refused")):
        expect(tab.in_front().heading).to_be_focused()
        keep(tab.page, f"390-en-{name}")
        assert barriers(tab.page) == []
    for tab in tabs:
        if tab is not refused:
            tab.page.go_back()
        expect(tab.page.locator(".amount-card, .outcome")).to_contain_text(WAIT)
        expect(tab.page.locator(".AcceptUI, [name=choice]")).to_have_count(0)
    asked.in_front().choose("balance")
    expect(asked.page.get_by_role("button", name="Pay online")).to_have_count(0)
    keep(asked.page, "390-en-open-payment")
    assert barriers(asked.page) == []
    assert patient.charged() == [15_340]
    patient.stack.gateway.set_mode(GatewayMode.APPROVE)
    patient.reconcile()
    asked.page.get_by_role("button", name="See this payment").click()
    expect(asked.heading).to_have_text("Thank you, your payment went through")
    keep(asked.page, "390-en-confirmed")
    refused.in_front().page.reload()
    expect(refused.heading).to_have_text("An earlier payment went through")
    expect(refused.page.locator("main")).to_contain_text("$153.40 you just tried to pay was not")
    keep(refused.page, "390-en-refused-confirmed")
    asked.in_front().choose("payments")
    expect(asked.page.locator(".state")).to_have_text(["Completed"])
    asked.choose("balance")
    expect(asked.page.locator(".amount")).to_have_text("$0.00")
    assert (patient.charged(), patient.balance) == ([15_340], 0)


def test_a_gateway_that_is_down_charges_nobody(
    arrive: Arrive, patient: Patient, outcome: Outcome
) -> None:
    patient.stack.gateway.set_mode(GatewayMode.DOWN)
    seen = arrive().sign_in().to_confirm("20")
    seen.press_pay()
    outcome(seen, "unavailable", "Card payments are not available right now", NOT_CHARGED)
    patient.stack.gateway.set_mode(GatewayMode.APPROVE)
    seen.page.get_by_role("button", name="Try again").click()
    seen.expect_screen("confirm")
    seen.press_pay()
    expect(seen.heading).to_have_text("Thank you, your payment went through")
    assert patient.charged() == [2_000]


def test_a_practice_that_takes_no_cards_asks_to_be_called(
    arrive: Arrive, patient: Patient, keep: Keep, outcome: Outcome
) -> None:
    """Also where the gateway begins to refuse the practice while somebody is paying."""
    connections = patient.stack.wiring.connections
    seen = arrive().sign_in().to_confirm("20")
    connections.suspend(patient.clinic.practice)
    seen.press_pay()
    outcome(seen, "off", "Online payment is not available", NOT_CHARGED)
    connections.disconnect(patient.clinic.practice.practice_id)
    seen.choose("balance")
    expect(seen.page.locator(".amount-card")).to_contain_text("Please call us to pay")
    expect(seen.page.get_by_role("button", name="Pay online")).to_have_count(0)
    seen.expect_call_button()
    assert barriers(seen.page) == []
    keep(seen.page, "390-en-not-connected")
    assert patient.charged() == []


def test_an_answer_that_never_comes_is_asked_for_and_not_paid_again(
    arrive: Arrive, patient: Patient, outcome: Outcome
) -> None:
    seen = arrive().sign_in().to_confirm("20")
    seen.page.route("**/portal/payments", lambda route: (route.fetch(), route.abort()))
    seen.page.clock.install()
    with seen.page.expect_event("requestfailed"):
        seen.press_pay()
    for pause in (2_000, 5_000):
        with seen.page.expect_event("requestfailed"):
            seen.page.clock.run_for(pause)
    outcome(seen, "lost", "We could not hear back about your payment", "start a new payment")
    seen.choose("balance")
    expect(seen.page.get_by_role("button", name="Pay online")).to_have_count(0)
    seen.page.unroute("**/portal/payments")
    seen.page.get_by_role("button", name="Check again").click()
    expect(seen.heading).to_have_text("Thank you, your payment went through")
    assert patient.charged() == [2_000]
