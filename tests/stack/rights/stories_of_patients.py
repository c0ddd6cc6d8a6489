"""What patients do in the portal."""

from __future__ import annotations

from collections.abc import Iterator

from balance_alerts.domain.contact import Channel
from infra.local.provider_reports import ReportType, Sent
from tests.stack.due import Clinic
from tests.stack.portal_client import Browser, link_to
from tests.stack.rights.stories_of_alerts import sent
from tests.stack.test_portal_sign_in import WRONG


def a_patient_looks_around(clinic: Clinic, browser: Browser) -> Iterator[None]:
    clinic.patient("p-1")
    token = link_to(clinic, "p-1")
    yield
    assert browser.get(f"/a/{token}").status == 200
    patient = browser.signed_in(token)
    for path in ("balance", "activity", "payments", "alerts"):
        assert patient.get(f"/portal/{path}").status == 200, path


def a_link_is_locked(clinic: Clinic, browser: Browser) -> Iterator[None]:
    clinic.patient("p-1")
    token = link_to(clinic, "p-1")
    yield
    statuses = [browser.try_to_sign_in(token, WRONG).status for _ in range(6)]
    assert statuses == [401] * 5 + [429]


def a_patient_asks(clinic: Clinic, browser: Browser) -> Iterator[None]:
    clinic.patient("p-1")
    patient = browser.signed_in(link_to(clinic, "p-1"))
    yield
    assert patient.send("POST", "/portal/questions", {"reason": "other"}).status == 201


def a_patient_turns_texts_off_and_on(clinic: Clinic, browser: Browser) -> Iterator[None]:
    number = clinic.patient("p-1")
    patient = browser.signed_in(link_to(clinic, "p-1"))
    yield
    for on in (False, True):
        if on:
            clinic.stack.network.stop(number)
        assert patient.send("PUT", "/portal/alerts", {"text": on, "email": False}).status == 200
    assert not clinic.stack.network.is_opted_out(number)


def a_patient_wants_emails_again(clinic: Clinic, browser: Browser) -> Iterator[None]:
    clinic.patient("p-1", text=False, email=True)
    stack, message = clinic.stack, Sent.of(sent(clinic, Channel.EMAIL))
    stack.delivery.report_email(message, ReportType.COMPLAINT, stack.now())
    patient = browser.signed_in(link_to(clinic, "p-1"))
    yield
    answer = patient.send("PUT", "/portal/alerts", {"text": False, "email": True})
    assert answer.json["email"], answer
    assert not stack.suppressed.holds(message.to)


def a_patient_unsubscribes(clinic: Clinic, browser: Browser) -> Iterator[None]:
    clinic.patient("p-1", text=False, email=True)
    token = link_to(clinic, "p-1", Channel.EMAIL)
    yield
    assert browser.send("POST", f"/u/{token}", b"List-Unsubscribe=One-Click").status == 200
    assert clinic.account("p-1").email_state == "opted_out"


def a_patient_asks_for_a_fresh_link(clinic: Clinic, browser: Browser) -> Iterator[None]:
    clinic.patient("p-1")
    token = link_to(clinic, "p-1")
    yield
    assert browser.send("POST", "/portal/link-requests", {"token": token}).status == 202
    clinic.stack.wait_drained("AlertQueueUrl", within_seconds=5)
    assert clinic.delivered("p-1") == 1
