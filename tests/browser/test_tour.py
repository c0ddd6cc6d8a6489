"""The five-minute tour of docs/tour.md, walked in a browser.

With TOUR=docs/tour in the environment (`make tour`) its pictures are taken anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from balance_alerts.domain.permissions import Level
from infra.local import sample
from infra.local.server import LocalServer
from infra.local.stack import LocalStack
from tests.browser.conftest import DESKTOP, PHONE, REPOSITORY
from tests.browser.journeys.patient_visit import Link, PatientVisit
from tests.browser.journeys.staff_visit import StaffVisit
from tests.stack.due import Clinic

TOUR = REPOSITORY / "docs" / "tour.md"
PICTURE = re.compile(r"\btour/([\w-]+\.png)")
TODAY = date(2026, 4, 14)
PAYER, NAME, BORN = "HP-1016", "Mei-Ling Cho", "1993-10-29"

Take = Callable[[str, Page | Locator], None]


@pytest.fixture(scope="module")
def harbor_point() -> Iterator[Clinic]:
    """What `make run` starts, on a Tuesday of its own."""
    expect.set_options(timeout=20_000)
    server = LocalServer(port=0)
    with LocalStack(public_url=server.url, hang_seconds=1) as stack:
        server.serve_stack(stack)
        stack.clock.set(sample.first_look(TODAY))
        practice_id = sample.load(stack)
        stack.sample_staff = stack.staff.add_sample(practice_id)
        stack.scan()
        yield Clinic(stack, stack.wiring.practices.get(practice_id))
        server.stop()


@pytest.fixture(scope="module")
def taken() -> set[str]:
    return set()


@pytest.fixture(scope="module")
def take(taken: set[str]) -> Take:
    """Takes a picture, and keeps it if it was asked for."""
    folder = os.environ.get("TOUR")

    def take_picture(name: str, shown: Page | Locator) -> None:
        picture = shown.screenshot(animations="disabled")
        taken.add(f"{name}.png")
        if folder:
            path = REPOSITORY / folder / f"{name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(picture)

    return take_picture


def test_the_tour(harbor_point: Clinic, browser: Browser, take: Take, taken: set[str]) -> None:
    see_what_went_out(harbor_point, browser, take)
    pay_as_a_patient(harbor_point, browser, take)
    look_after_it_as_staff(harbor_point, browser, take)
    assert sorted(taken) == sorted(PICTURE.findall(TOUR.read_text("utf-8")))
    assert sorted(taken) == sorted(path.name for path in Path(TOUR.parent, "tour").iterdir())


def see_what_went_out(clinic: Clinic, browser: Browser, take: Take) -> None:
    page = browser.new_context(viewport=DESKTOP, reduced_motion="reduce").new_page()  # type: ignore[arg-type]  # a ViewportSize
    page.goto(f"{clinic.stack.public_url}/local/")
    page.get_by_role("button", name="(508) 555-0116").click()
    page.get_by_role("button", name="mei-ling.cho").click()
    take("what-went-out", page)
    page.context.close()


def pay_as_a_patient(clinic: Clinic, browser: Browser, take: Take) -> None:
    mobile = clinic.account(PAYER).mobile
    link = clinic.stack.outbox.messages(to=mobile, channel="text")[-1].link
    visit = PatientVisit(browser, Link(str(link)), PHONE, language="en")
    take("sign-in", visit.page)
    visit.type_birth_date(BORN)
    visit.main_button.click()
    visit.expect_screen("balance")
    take("balance", visit.page)
    visit.to_confirm().open_card_form()
    take("card", visit.page)
    visit.press_pay().expect_to_be_told("Thank you, your payment went through", "")
    take("paid", visit.page)
    assert visit.complaints == []
    visit.page.context.close()


def look_after_it_as_staff(clinic: Clinic, browser: Browser, take: Take) -> None:
    staff = StaffVisit(browser, clinic, Level.THERAPY_DIRECTOR, at="today", size=DESKTOP)
    take("today", staff.expect_screen("Today").page)
    staff.go(f"patients/{PAYER}").expect_screen(NAME)
    take("patient", staff.page)
    staff.go("settings").expect_screen("Patient Engagement")
    staff.page.get_by_label("Every Month").check()
    expect(staff.page.locator(".preview svg").first).to_be_visible()
    take("preview", staff.page)
    assert staff.complaints == []
    staff.page.context.close()
