"""What waits for staff, from wherever it lies, and how it leaves the list."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest

from balance_alerts.domain.contact import Channel, ContactFact
from balance_alerts.domain.permissions import Level
from balance_alerts.store.orphan_charges import OrphanCharges, OrphanReason
from balance_alerts.store.parked import ParkedItems, ParkedKind, new_item
from infra.local.gateway.modes import GatewayMode
from tests import builders
from tests.stack.due import Clinic, clinics
from tests.stack.portal_client import Browser, link_to
from tests.stack.staff_client import staff
from tests.stack.test_portal_sign_in import WRONG
from tests.stack.test_staff_card_payments import pay


@pytest.fixture
def desk(browser: Browser, clinic: Clinic) -> Browser:
    return staff(browser, clinic, Level.FRONT_DESK, "Freya Desk")


@pytest.fixture
def director(browser: Browser, clinic: Clinic) -> Browser:
    return staff(browser, clinic, Level.THERAPY_DIRECTOR, "Thabo Director")


def waiting(member: Browser) -> dict[str, dict[str, Any]]:
    return {item["kind"]: item for item in member.get("/attention").json["items"]}


def something_of_each(clinic: Clinic, browser: Browser) -> None:
    stack, practice_id, now = clinic.stack, clinic.practice.practice_id, clinic.stack.now()
    mobile = clinic.patient("p-1")
    clinic.patient("p-2")
    stack.connect_to_gateway(practice_id)
    stack.gateway.set_mode(GatewayMode.HOLD)
    pay(clinic, browser, "1")
    OrphanCharges().raise_once(
        practice_id,
        "60012345",
        OrphanReason.UNKNOWN_ATTEMPT,
        invoice_number=None,
        amount_cents=700,
        patient_id=None,
        now=now,
    )
    content = {
        "entry_id": "cash-1",
        "kind": "payment",
        "amount_cents": 1_000,
        "case_id": "knee",
        "recorded_at": builders.at(1).isoformat(),
    }
    item = new_item(
        practice_id,
        "payment-1",
        kind=ParkedKind.PAYMENT,
        reason="possible_duplicate",
        patient_id="p-2",
        case_id="knee",
        amount_cents=1_000,
        origin=("import-1", 3),
        content=content,
        now=now,
    )
    ParkedItems().park(item)
    token = link_to(clinic, "p-2")
    for _ in range(5):
        browser.try_to_sign_in(token, WRONG)
    stack.wiring.accounts.tell_of_contact(
        practice_id, Channel.TEXT, mobile, ContactFact.INVALID, source="test", at=now
    )


def test_everything_that_waits_is_on_one_list_and_leaves_it_when_decided(
    clinic: Clinic, browser: Browser, desk: Browser
) -> None:
    something_of_each(clinic, browser)
    items = waiting(desk)
    assert {kind: item["reason"] for kind, item in items.items()} == {
        "payment": "held",
        "orphan_charge": "unknown_attempt",
        "possible_duplicate": "possible_duplicate",
        "locked_link": "locked",
        "unreachable_contact": "invalid",
    }
    assert items["payment"]["patient_id"] == "p-1"
    assert (items["payment"]["card_type"], items["payment"]["last_four"]) == ("Visa", "1111")
    other = staff(browser, next(clinics(clinic.stack)), Level.BUSINESS_OWNER)
    for item in items.values():
        path = f"/attention/{item['item_id']}"
        dismiss = {"action": "dismiss", "note": "4111 1111 1111 1111 was charged by hand"}
        answer = other.send("POST", path, dismiss)
        assert (answer.status, answer.code) == (HTTPStatus.NOT_FOUND, "unknown_item"), item
        if "release" not in item["actions"]:
            assert desk.send("POST", path, {"action": "release"}).code == "not_decided_here"
    release = {"action": "release", "note": "two payments"}
    path = f"/attention/{items['possible_duplicate']['item_id']}"
    assert desk.send("POST", path, release).status == HTTPStatus.NO_CONTENT
    assert desk.send("POST", path, dismiss).code == "released_before"
    for kind in ("orphan_charge", "locked_link", "unreachable_contact"):
        path = f"/attention/{items[kind]['item_id']}"
        assert desk.send("POST", path, dismiss).status == HTTPStatus.NO_CONTENT, kind
    assert list(waiting(desk)) == ["payment"]
    assert clinic.account("p-2").balance_cents == 4_000
    changes = desk.get("/audit").json["changes"]
    notes = [change["note"] for change in changes if change["action"] == "attention_dismissed"]
    assert notes == ["**** 1111 was charged by hand"] * 3
    (released,) = [change for change in changes if change["action"] == "attention_released"]
    assert (released["by"]["name"], released["note"]) == ("Freya Desk", "two payments")


def test_what_may_be_in_the_ledger_is_not_offered_to_be_dismissed(
    clinic: Clinic, browser: Browser, desk: Browser
) -> None:
    """Whoever released it was killed before the decision: releasing it again ends it."""
    something_of_each(clinic, browser)
    assert waiting(desk)["possible_duplicate"]["actions"] == ["release", "dismiss"]
    item = ParkedItems().get(clinic.practice.practice_id, "payment-1")
    ParkedItems().begin_release(item, clinic.stack.now())
    assert waiting(desk)["possible_duplicate"]["actions"] == ["release"]
    path = "/attention/payment-1"
    assert desk.send("POST", path, {"action": "dismiss"}).code == "released_before"
    assert desk.send("POST", path, {"action": "release"}).status == HTTPStatus.NO_CONTENT
    assert "possible_duplicate" not in waiting(desk)


@pytest.mark.parametrize(
    ("body", "state", "balance"),
    [
        ({"outcome": "charged", "trans_id": "60099", "note": "seen"}, "approved", 3_000),
        ({"outcome": "not_charged", "note": "no 4111111111111111"}, "failed", 5_000),
    ],
    ids=["charged", "not charged"],
)
def test_a_director_settles_by_hand_what_nobody_could_look_up(
    clinic: Clinic,
    browser: Browser,
    director: Browser,
    body: dict[str, Any],
    state: str,
    balance: int,
) -> None:
    clinic.patient("p-1")
    stack = clinic.stack
    stack.connect_to_gateway(clinic.practice.practice_id)
    stack.gateway.set_mode(GatewayMode.TIMEOUT_BEFORE_CHARGE)
    payment_id = pay(clinic, browser, "1").json["payment_id"]
    assert waiting(director)["payment"]["payment_id"] == payment_id
    path = f"/payments/{payment_id}/resolve"
    answer = director.send("POST", path, body)
    assert (answer.status, answer.code) == (HTTPStatus.CONFLICT, "too_early")
    stack.clock.set(stack.now() + timedelta(hours=24, minutes=1))
    director = staff(browser, clinic, Level.THERAPY_DIRECTOR, "Thabo Director")
    assert director.send("POST", path, {"outcome": "charged", "note": "x"}).code == "missing_field"
    answer = director.send("POST", path, body)
    assert (answer.status, answer.json["state"]) == (HTTPStatus.OK, state), answer
    account = clinic.account("p-1")
    assert (account.balance_cents, account.open_attempt) == (balance, None)
    assert waiting(director) == {}
    assert director.send("POST", path, body).code == "payment_settled"
    (change,) = [
        each for each in director.get("/audit").json["changes"] if "resolved" in each["action"]
    ]
    noted = body["note"].replace("4111111111111111", "**** 1111")
    assert (change["note"], change["after"]["amount_cents"]) == (noted, 2_000)


def test_a_question_waits_until_it_is_answered_and_alerts_with_it(
    clinic: Clinic, browser: Browser, desk: Browser
) -> None:
    clinic.patient("p-1")
    patient = browser.signed_in(link_to(clinic, "p-1"))
    asked = patient.send("POST", "/portal/questions", {"reason": "wrong_amount", "message": "Hm?"})
    assert asked.status == HTTPStatus.CREATED
    assert clinic.stack.scan().sent == 0
    (question,) = desk.get("/questions?state=open").json["questions"]
    assert (question["patient_id"], question["message"]) == ("p-1", "Hm?")
    path = f"/questions/{question['question_id']}/answer"
    other = staff(browser, next(clinics(clinic.stack)), Level.BUSINESS_OWNER)
    assert other.send("POST", path, {"release_hold": True}).code == "unknown_question"
    answer = desk.send("POST", path, {"message": "Called, it is right.", "release_hold": True})
    assert (answer.status, answer.json["state"]) == (HTTPStatus.OK, "answered")
    assert desk.get("/questions").json["questions"] == []
    assert [each["answer"] for each in desk.get("/questions?state=answered").json["questions"]] == [
        "Called, it is right."
    ]
    assert desk.send("POST", path, {"release_hold": True}).code == "answered_before"
    assert desk.get("/questions?state=lost").code == "invalid_value"
    assert clinic.stack.scan().sent == 1
