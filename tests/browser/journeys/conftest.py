"""A stack of its own with its address, and a browser at the link of a sent alert."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from balance_alerts.domain.permissions import Level
from infra.local.server import LocalServer
from infra.local.stack import LocalStack
from tests import builders
from tests.browser.conftest import DESKTOP, PHONE, keep_as
from tests.browser.journeys.patient_visit import Link, Patient, PatientVisit
from tests.browser.journeys.staff_visit import StaffVisit
from tests.stack.due import Clinic, clinics

HANG_SECONDS = 1.5
"""How long the gateway gives no answer where it hangs: enough to press again, and to reload."""

Arrive = Callable[..., PatientVisit]
Keep = Callable[..., None]
Open = Callable[..., StaffVisit]
Look = Callable[[StaffVisit, str], None]


@pytest.fixture(scope="session")
def running() -> Iterator[LocalStack]:
    """What `make run` serves, in this process."""
    expect.set_options(timeout=20_000)
    server = LocalServer(port=0)
    with LocalStack(public_url=server.url, hang_seconds=HANG_SECONDS) as stack:
        server.serve_stack(stack)
        stack.warm_up()
        stack.clock.set(builders.at(1))
        yield stack
        server.stop()


@pytest.fixture
def patient(running: LocalStack) -> Patient:
    """A patient of a practice of their own, which takes cards."""
    running.gateway.reset()
    clinic = next(clinics(running))
    clinic.practice = running.connect_to_gateway(clinic.practice.practice_id)
    return Patient(clinic)


@pytest.fixture
def arrive(browser: Browser, patient: Patient) -> Iterator[Arrive]:
    """Opens the link in the text; anything the page complains of fails the test."""
    visits: list[PatientVisit] = []

    def open_link(size: dict[str, int] = PHONE, *, language: str = "en") -> PatientVisit:
        visits.append(PatientVisit(browser, Link(patient.link), size, language=language))
        return visits[-1]

    yield open_link
    for visit in visits:
        visit.page.context.close()
    assert [complaint for visit in visits for complaint in visit.complaints] == []


@pytest.fixture
def keep() -> Keep:
    """Keeps what the window shows, or all of the page, under a name."""
    return lambda page, name, **options: keep_as(page, f"journey-{name}", **options)


@pytest.fixture
def clinic(running: LocalStack) -> Clinic:
    """A practice of its own, on the day after its patients were charged."""
    return next(clinics(running))


@pytest.fixture
def console(browser: Browser, clinic: Clinic) -> Iterator[Open]:
    """Opens the console; anything that it complains of fails the test."""
    visits: list[StaffVisit] = []

    def open_console(level: Level | None, **more: Any) -> StaffVisit:
        visits.append(StaffVisit(browser, clinic, level, **more))
        return visits[-1]

    yield open_console
    for visit in visits:
        visit.page.context.close()
    assert [complaint for visit in visits for complaint in visit.complaints] == []


@pytest.fixture
def look(keep: Keep) -> Look:
    """Looks for barriers and keeps how a screen looks, on a phone and with room."""

    def look(seen: StaffVisit, name: str) -> None:
        for size in (PHONE, DESKTOP):
            page: Page = seen.resize(size)
            seen.expect_no_barriers()
            keep(page, f"staff-{name}-{size['width']}")

    return look


@pytest.fixture
def stepped(clinic: Clinic) -> Iterator[Callable[[int], None]]:
    """Steps the clock to so many days after the charges, and lets the schedule run once."""
    before = clinic.stack.now()

    def step(day: int) -> None:
        clinic.stack.set_clock(builders.at(day))
        clinic.stack.scan()

    yield step
    clinic.stack.set_clock(before)
