"""How much a visit asks of the API, for the plans of docs/cost.md and docs/scale.md."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from infra.planning.counted import REQUESTS, SENT_BYTES
from tests.browser.journeys.conftest import Arrive
from tests.browser.journeys.patient_visit import Patient

FETCHED = """
performance.getEntries()
    .filter(each => each.transferSize > 0 && each.name.startsWith(location.origin))
    .map(each => [each.name, each.transferSize])
"""


def fetched(page: Page) -> dict[str, int]:
    """Bytes by request that went to the API, so far; what the local stack adds is not among it."""
    page.wait_for_load_state("networkidle")
    found: list[Any] = page.evaluate(FETCHED)
    return {
        f"{number} {name}": size
        for number, (name, size) in enumerate(found)
        if "/local/" not in name
    }


def test_a_visit_asks_as_much_as_was_planned_with(arrive: Arrive, patient: Patient) -> None:
    seen = arrive()
    steps = [fetched(seen.page)]
    seen.sign_in()
    expect(seen.page.locator(".amount")).to_have_text("$153.40")
    steps.append(fetched(seen.page))
    seen.to_confirm(None)
    seen.open_card_form()
    seen.press_pay()
    seen.expect_screen("outcome")
    steps.append(fetched(seen.page))
    before: dict[str, int] = {}
    for name, after in zip(REQUESTS, steps, strict=True):
        new = after.keys() - before.keys()
        assert len(new) == REQUESTS[name], new
        assert sum(after[each] for each in new) == pytest.approx(SENT_BYTES[name], rel=0.1)
        before = after
