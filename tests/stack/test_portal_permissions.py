"""The whole portal with the emulator's IAM enforced: the template's policies suffice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from balance_alerts.domain.contact import Channel
from infra.local.stack import LocalStack
from tests.builders import at
from tests.stack.due import Clinic, clinics
from tests.stack.portal_client import Browser, browser_of, link_to
from tests.stack.test_portal_sign_in import WRONG


@pytest.fixture(scope="module")
def guarded() -> Iterator[LocalStack]:
    with LocalStack(auth=True) as running:
        running.clock.set(at(1))
        yield running


@pytest.fixture
def clinic(guarded: LocalStack) -> Clinic:
    guarded.outbox.clear()
    return next(clinics(guarded))


@pytest.fixture
def browser(guarded: LocalStack) -> Iterator[Browser]:
    with browser_of(guarded) as opened:
        yield opened


def test_a_patient_needs_nothing_that_the_template_does_not_grant(
    clinic: Clinic, browser: Browser
) -> None:
    clinic.patient("p-1", text=True, email=True)
    token, email_token = link_to(clinic, "p-1"), link_to(clinic, "p-1", Channel.EMAIL)
    assert browser.get(f"/a/{token}").status == 200
    assert [browser.try_to_sign_in(token, WRONG).status for _ in range(2)] == [401, 401]
    patient = browser.signed_in(token)
    for path in ("balance", "activity", "payments", "alerts"):
        assert patient.get(f"/portal/{path}").status == 200, path
    assert patient.send("POST", "/portal/questions", {"reason": "other"}).status == 201
    for on in (False, True):
        assert patient.send("PUT", "/portal/alerts", {"text": on, "email": True}).status == 200
    assert browser.send("POST", f"/u/{email_token}", b"List-Unsubscribe=One-Click").status == 200
    assert patient.send("PUT", "/portal/alerts", {"text": True, "email": True}).json["email"]
    assert browser.send("POST", "/portal/link-requests", {"token": token}).status == 202
    assert len(clinic.stack.outbox.messages(channel="text")) == 1


def test_locking_a_link_is_granted(clinic: Clinic, browser: Browser) -> None:
    clinic.patient("p-1")
    token = link_to(clinic, "p-1")
    statuses = [browser.try_to_sign_in(token, WRONG).status for _ in range(6)]
    assert statuses == [401] * 5 + [429]


def test_the_emulator_does_refuse_what_is_not_granted(clinic: Clinic, browser: Browser) -> None:
    """Without this, the tests above could not fail. Last, since it breaks the portal."""
    clinic.patient("p-1")
    token = link_to(clinic, "p-1")
    iam = clinic.stack.client("iam")
    [role] = [r["RoleName"] for r in iam.list_roles()["Roles"] if "PortalRole" in r["RoleName"]]
    iam.delete_role_policy(RoleName=role, PolicyName="portal")
    answer = browser.try_to_sign_in(token)
    assert (answer.status, answer.code) == (500, "internal_error")
