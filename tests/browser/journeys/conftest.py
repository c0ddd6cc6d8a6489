"""A stack of its own with its address, and a browser at the link of a sent alert."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from infra.local.server import LocalServer
from infra.local.stack import LocalStack
from tests import builders
from tests.browser.conftest import PHONE, SCREENSHOTS
from tests.browser.journeys.patient_visit import Link, Patient, PatientVisit
from tests.stack.due import clinics

HANG_SECONDS = 1.5
"""How long the gateway gives no answer where it hangs: enough to press again, and to reload."""

Arrive = Callable[..., PatientVisit]


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
def keep() -> Callable[[Page, str], None]:
    """Keeps what the window shows, or all of the page, under a name."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def keep(page: Page, name: str, **options: Any) -> None:
        whole = {"full_page": True, **options}
        page.screenshot(path=SCREENSHOTS / f"journey-{name}.png", **whole)

    return keep
