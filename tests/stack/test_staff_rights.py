"""The staff API with the emulator's IAM enforced: the template's policies suffice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from balance_alerts.domain.permissions import Level
from infra.local.stack import LocalStack
from tests.builders import at
from tests.stack.due import Clinic, clinics
from tests.stack.portal_client import Browser, browser_of
from tests.stack.staff_client import staff
from tests.stack.test_staff_card_payments import CREDENTIALS
from tests.stack.test_staff_jobs import got, when_ended


@pytest.fixture(scope="module")
def guarded() -> Iterator[LocalStack]:
    with LocalStack(auth=True) as running:
        running.clock.set(at(1))
        yield running


@pytest.fixture
def clinic(guarded: LocalStack) -> Clinic:
    return next(clinics(guarded))


@pytest.fixture
def owner(clinic: Clinic) -> Iterator[Browser]:
    with browser_of(clinic.stack) as browser:
        yield staff(browser, clinic, Level.BUSINESS_OWNER)


def test_running_a_practice_needs_nothing_that_the_template_does_not_grant(owner: Browser) -> None:
    assert owner.send("PUT", "/practice", {"hours": "Mon-Fri 7-19"}).status == 200
    assert owner.send("PUT", "/practice/balance-alerts", {"daily_limit": 9}).status == 200
    assert owner.send("POST", "/practice/balance-alerts/preview", {"paused": True}).status == 200
    for _ in range(2):
        assert owner.send("PUT", "/practice/authorize-net", CREDENTIALS).status == 200
    kind = {"Content-Type": "text/csv; header=present"}
    assert owner.send("POST", "/imports?kind=entries", b"nonsense", kind).status == 202
    assert owner.get("/attention").json["items"] == owner.get("/questions").json["questions"] == []
    for report in ("balance-alerts", "payments", "deposits"):
        assert owner.get(f"/reports/{report}").status == 200, report
    assert owner.send("DELETE", "/practice/authorize-net").status == 204
    colleague = {"name": "Noor", "email": "noor@clinic.example", "level": "front_desk"}
    path = f"/staff/{owner.send('POST', '/staff', colleague).json['staff_id']}"
    for change in ({"level": "clinical_staff"}, {"disabled": True}, {"disabled": False}):
        assert owner.send("PUT", path, change).status == 200, change
    assert owner.send("DELETE", path).status == 204
    assert len(owner.get("/audit").json["changes"]) == 10


def test_a_job_needs_nothing_that_the_template_does_not_grant(
    clinic: Clinic, owner: Browser
) -> None:
    clinic.grow()
    answer = owner.get("/reports/payments")
    assert answer.status == 202, answer
    job = when_ended(owner, f"/reports/jobs/{answer.json['job_id']}")
    assert job["state"] == "done"
    table, _ = got(job["csv"]["url"])
    assert table.startswith("paid_at,")
