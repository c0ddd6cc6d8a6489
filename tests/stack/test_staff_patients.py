"""Patients as the front desk sees and changes them, by HTTP with a token of the stack's pool."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest

from balance_alerts.domain.contact import Channel, ContactFact
from balance_alerts.domain.permissions import Level
from balance_alerts.store.audit import changes_of
from tests.builders import at
from tests.stack.due import Clinic, clinics
from tests.stack.portal_client import Answer, Browser, link_to
from tests.stack.staff_client import staff

NEW_PATIENT = {
    "first_name": "Rosa",
    "last_name": "Núñez",
    "date_of_birth": "1990-05-17",
    "mobile": "(202) 555-0188",
    "email": "rosa@example.org",
    "language": "es",
    "member_ids": ["w 123"],
}
CONSENT = {"source": "intake form", "at": "2026-03-01T15:00:00Z"}


@pytest.fixture
def desk(clinic: Clinic, browser: Browser) -> Browser:
    """Somebody at the clinic's front desk."""
    return staff(browser, clinic, Level.FRONT_DESK)


@pytest.fixture
def stranger(clinic: Clinic, browser: Browser) -> Browser:
    """The owner of another clinic."""
    return staff(browser, next(clinics(clinic.stack)), Level.BUSINESS_OWNER)


def put(desk: Browser, path: str, body: dict[str, Any]) -> Answer:
    return desk.send("PUT", path, body)


def audited(clinic: Clinic) -> list[str]:
    """What the audit trail holds, newest first."""
    changes, _ = changes_of(clinic.practice.practice_id, after=None, limit=50)
    return [change.action for change in changes]


# ------------------------------------------------------------------ finding, opening, adding


def test_patients_are_listed_with_balance_subscription_and_next_alert(
    clinic: Clinic, desk: Browser, stranger: Browser
) -> None:
    number = clinic.patient("p-1")
    clinic.patient("p-2", owes=0, text=False)
    listed = desk.get("/patients").json
    assert listed["next_cursor"] is None
    assert listed["patients"] == [
        {
            "patient_id": "p-1",
            "first_name": "Maya",
            "last_name": "Okafor",
            "balance_cents": 5_000,
            "subscription": {"text": True, "email": False},
            "next_alert_on": "2026-03-03",
            "reason": None,
        },
        {
            "patient_id": "p-2",
            "first_name": "Maya",
            "last_name": "Okafor",
            "balance_cents": 0,
            "subscription": {"text": False, "email": False},
            "next_alert_on": None,
            "reason": "not_subscribed",
        },
    ]
    national = f"{number[2:5]}-{number[5:8]}-{number[8:]}"
    found = desk.get(f"/patients?query={national}").json["patients"]
    assert [row["patient_id"] for row in found] == ["p-1"]
    assert stranger.get("/patients").json["patients"] == []
    assert stranger.get(f"/patients?query={national}").json["patients"] == []


def test_a_patient_is_added_changed_and_shown(
    clinic: Clinic, desk: Browser, stranger: Browser
) -> None:
    added = put(desk, "/patients/p-7", NEW_PATIENT)
    assert added.status == HTTPStatus.CREATED
    shown = added.json
    assert (shown["mobile"], shown["email"]) == ("+12025550188", "rosa@example.org")
    assert (shown["language"], shown["member_ids"]) == ("es", ["W123"])
    assert shown["subscription"] == {"text": False, "email": False}
    assert shown["decision"] == {"due": False, "reason": "not_subscribed", "next_on": None}
    assert put(desk, "/patients/p-7", NEW_PATIENT).status == HTTPStatus.OK
    changed = put(desk, "/patients/p-7", {"email": None, "time_zone": "Pacific/Honolulu"}).json
    assert (changed["email"], changed["time_zone"]) == (None, "Pacific/Honolulu")
    assert changed["first_name"] == "Rosa", "what is not sent stays"
    assert desk.get("/patients/p-7").json == changed
    assert audited(clinic) == ["patient_changed", "patient_added"], "the second changed nothing"
    assert stranger.get("/patients/p-7").status == HTTPStatus.NOT_FOUND


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("/patients/p-1", {"mobile": "12345"}, "mobile_too_short"),
    ("/patients/p-1", {"email": "nobody"}, "email_no_at"),
    ("/patients/p-1", {"time_zone": "Mars/Olympus"}, "unknown_time_zone"),
    ("/patients/p-1", {"first_name": None}, "invalid_value"),
    ("/patients/p-1", {"last_name": "  "}, "invalid_value"),
    ("/patients/p-1", {"date_of_birth": "2031-01-01"}, "invalid_value"),
    ("/patients/p-1", {"consent": {**CONSENT, "at": "2031-01-01T00:00:00Z"}}, "invalid_value"),
    ("/patients/p-1", {"nickname": "May"}, "unknown_field"),
    ("/patients/new", {"first_name": "Rosa"}, "new_patient_incomplete"),
    ("/patients/n%C3%BAm", NEW_PATIENT, "invalid_id"),
    ("/patients/p-1/holds/dispute", {}, "hold_needs_end"),
    ("/patients/p-1/holds/dispute", {"until": "2026-03-01"}, "hold_in_the_past"),
    ("/patients/p-1/holds/holiday", {"until": "2026-03-20"}, "invalid_value"),
]


def test_what_cannot_be_is_refused_and_changes_nothing(clinic: Clinic, desk: Browser) -> None:
    clinic.patient("p-1")
    before = clinic.account("p-1").version
    answers = [(path, change, put(desk, path, change)) for path, change, _ in REFUSED]
    assert [(path, change, answer.code) for path, change, answer in answers] == REFUSED
    assert {answer.status for _, _, answer in answers} == {HTTPStatus.UNPROCESSABLE_ENTITY}
    assert clinic.account("p-1").version == before


def test_another_contact_needs_new_consent(clinic: Clinic, desk: Browser) -> None:
    clinic.patient("p-1")
    token = link_to(clinic, "p-1")
    kept = put(desk, "/patients/p-1", {"mobile": "202-555-0190", "consent": CONSENT}).json
    assert kept["subscription"]["text"] is True
    assert kept["contacts"][0]["consent"] == {
        "source": "intake form",
        "at": "2026-03-01T15:00:00Z",
        "contact": "+12025550190",
        "recorded_by": "Ines Vega",
        "withdrawn": False,
    }
    assert desk.try_to_sign_in(token).status == HTTPStatus.UNAUTHORIZED
    by_phone = {**CONSENT, "source": "by phone, beside 4111 1111 1111 1111"}
    told = put(desk, "/patients/p-1", {"mobile": "202-555-0192", "consent": by_phone}).json
    assert told["contacts"][0]["consent"]["source"] == "by phone, beside **** 1111"
    gone = put(desk, "/patients/p-1", {"mobile": "202-555-0191"}).json
    assert gone["subscription"]["text"] is False


# ------------------------------------------------------------------ subscriptions and contacts


def test_staff_subscribe_and_unsubscribe_with_consent_written_down(
    clinic: Clinic, desk: Browser
) -> None:
    clinic.patient("p-1", text=False)
    path = "/patients/p-1/balance-alerts"
    assert put(desk, path, {"text": True, "email": False}).json == {"text": True, "email": False}
    assert put(desk, path, {"text": True}).status == HTTPStatus.OK
    consent = desk.get("/patients/p-1").json["contacts"][0]["consent"]
    assert (consent["source"], consent["recorded_by"]) == ("staff", "Ines Vega")
    assert consent["contact"] == clinic.account("p-1").mobile
    assert put(desk, path, {"text": False, "email": True}).json == {"text": False, "email": True}
    assert desk.get("/patients/p-1").json["contacts"][0]["consent"]["withdrawn"] is True
    assert audited(clinic) == ["subscription_changed"] * 2


def test_alerts_of_a_new_patient_go_on_by_the_consent_that_came_with_them(
    clinic: Clinic, desk: Browser
) -> None:
    assert put(desk, "/patients/p-7", {**NEW_PATIENT, "consent": CONSENT}).status == 201
    path = "/patients/p-7/balance-alerts"
    assert put(desk, path, {"text": True}).json == {"text": True, "email": False}
    text, email = desk.get("/patients/p-7").json["contacts"]
    assert (text["consent"]["source"], text["consent"]["at"]) == tuple(CONSENT.values())
    assert email["subscribed"] is None, "agreeing alone switches nothing on"
    for on in (False, True):
        assert put(desk, path, {"text": on}).status == HTTPStatus.OK
    text, _ = desk.get("/patients/p-7").json["contacts"]
    assert text["consent"]["source"] == "staff", "who agrees anew says so anew"


def test_staff_undo_no_opt_out(clinic: Clinic, desk: Browser, browser: Browser) -> None:
    number = clinic.patient("p-1")
    patient = browser.signed_in(link_to(clinic, "p-1"))
    assert patient.send("PUT", "/portal/alerts", {"text": False, "email": False}).status == 200
    path = "/patients/p-1/balance-alerts"
    assert put(desk, path, {"text": True}).code == "contact_opted_out", "the patient's own switch"
    clinic.patient("p-2")
    number = str(clinic.account("p-2").mobile)
    stop = {"fact": ContactFact.OPTED_OUT, "source": "STOP", "at": at(1)}
    clinic.stack.wiring.accounts.tell_of_contact(
        clinic.practice.practice_id, Channel.TEXT, number, **stop
    )
    answer = put(desk, "/patients/p-2/balance-alerts", {"text": True})
    assert (answer.status, answer.code) == (HTTPStatus.CONFLICT, "contact_opted_out")
    confirmed = desk.send("POST", "/patients/p-2/contacts/text/confirm")
    assert (confirmed.status, confirmed.code) == (HTTPStatus.CONFLICT, "contact_opted_out")
    assert put(desk, "/patients/p-2", {"email": None}).status == HTTPStatus.OK
    assert put(desk, "/patients/p-2/balance-alerts", {"email": True}).code == "no_contact"
    assert clinic.account("p-2").email_subscribed is None


def test_a_bad_contact_is_cleared_by_confirming_it(clinic: Clinic, desk: Browser) -> None:
    number = clinic.patient("p-1", text=False)
    clinic.stack.wiring.accounts.tell_of_contact(
        clinic.practice.practice_id,
        Channel.TEXT,
        number,
        ContactFact.INVALID,
        source="provider",
        at=at(1),
    )
    text, email = desk.get("/patients/p-1").json["contacts"]
    bad = (text["state"], text["state_since"], text["state_source"])
    assert bad == ("invalid", "2026-03-03T15:00:00Z", "provider")
    assert (email["state"], email["state_since"], email["state_source"]) == (
        "reachable",
        None,
        None,
    )
    refused = put(desk, "/patients/p-1/balance-alerts", {"text": True})
    assert (refused.status, refused.code) == (HTTPStatus.CONFLICT, "contact_unreachable")
    for _ in range(2):
        confirmed = desk.send("POST", "/patients/p-1/contacts/text/confirm")
        assert (confirmed.status, confirmed.json["state"]) == (HTTPStatus.OK, "reachable")
        assert confirmed.json["state_source"] == "staff"
    assert put(desk, "/patients/p-1/balance-alerts", {"text": True}).status == HTTPStatus.OK
    assert audited(clinic) == ["subscription_changed", "contact_confirmed"]
    assert desk.send("POST", "/patients/p-1/contacts/fax/confirm").status == HTTPStatus.NOT_FOUND


# ------------------------------------------------------------------ holds and links


def test_a_hold_pauses_alerts_until_it_is_released(clinic: Clinic, desk: Browser) -> None:
    clinic.patient("p-1")
    hold = {"until": "2026-03-20", "note": "Waits for  the second opinion; 4111-1111-1111-1111"}
    for _ in range(2):
        held = put(desk, "/patients/p-1/holds/dispute", hold)
        assert held.status == HTTPStatus.OK
    shown = desk.get("/patients/p-1").json
    assert shown["decision"] == {"due": False, "reason": "on_hold", "next_on": "2026-03-21"}
    [seen] = shown["holds"]
    assert seen == held.json
    assert (seen["reason"], seen["until"], seen["active"]) == ("dispute", "2026-03-20", True)
    assert (seen["note"], seen["set_by"]) == (
        "Waits for the second opinion; **** 1111",
        "Ines Vega",
    )
    for _ in range(2):
        released = desk.send("DELETE", "/patients/p-1/holds/dispute")
        assert released.status == HTTPStatus.NO_CONTENT
    assert desk.get("/patients/p-1").json["holds"] == []
    assert audited(clinic) == ["hold_released", "hold_set"]


def test_a_link_of_staff_leads_in_until_it_is_revoked(clinic: Clinic, desk: Browser) -> None:
    clinic.patient("p-1")
    issued = desk.send("POST", "/patients/p-1/links")
    assert issued.status == HTTPStatus.CREATED
    assert issued.json["expires_at"].startswith("2026-04-17")
    token = issued.json["url"].rpartition("/a/")[2]
    patient = desk.signed_in(token)
    links = desk.get("/patients/p-1").json["links"]
    assert links == {"working": 1, "expires_at": issued.json["expires_at"], "locked": 0}
    for _ in range(2):
        assert desk.send("DELETE", "/patients/p-1/links").status == HTTPStatus.NO_CONTENT
    assert patient.get("/portal/balance").status == HTTPStatus.UNAUTHORIZED
    assert desk.try_to_sign_in(token).status == HTTPStatus.UNAUTHORIZED
    assert desk.get("/patients/p-1").json["links"]["working"] == 0
    assert put(desk, "/patients/p-1/holds/bankruptcy", {}).status == HTTPStatus.OK
    refused = desk.send("POST", "/patients/p-1/links")
    assert (refused.status, refused.code) == (HTTPStatus.CONFLICT, "links_revoked")
    assert audited(clinic) == ["hold_set", "links_revoked", "links_revoked", "link_issued"]


def test_a_link_that_wrong_dates_locked_is_seen(clinic: Clinic, desk: Browser) -> None:
    clinic.patient("p-1")
    clinic.patient("p-2")
    token = link_to(clinic, "p-1")
    for _ in range(5):
        desk.try_to_sign_in(token, date(1999, 9, 9))
    locked = [desk.get(f"/patients/{each}").json["links"]["locked"] for each in ("p-1", "p-2")]
    assert locked == [1, 0]
    clinic.stack.clock.set(clinic.stack.now() + timedelta(minutes=15))
    assert desk.get("/patients/p-1").json["links"]["locked"] == 0


def test_a_patient_without_contacts_gets_a_link_too(clinic: Clinic, desk: Browser) -> None:
    nobody = {"mobile": None, "email": None}
    assert put(desk, "/patients/p-7", {**NEW_PATIENT, **nobody}).status == HTTPStatus.CREATED
    token = desk.send("POST", "/patients/p-7/links").json["url"].rpartition("/a/")[2]
    body = {"token": token, "date_of_birth": NEW_PATIENT["date_of_birth"]}
    assert desk.send("POST", "/portal/session", body).status == HTTPStatus.OK


# ------------------------------------------------------------------ the ledger


ENTRY = {
    "entry_id": "e-1",
    "kind": "responsibility",
    "amount_cents": 4_200,
    "case_id": "knee",
    "case_label": "Knee",
    "recorded_at": "2026-03-02T15:00:00Z",
    "cause": "copay",
}


def test_an_entry_is_recorded_once(clinic: Clinic, desk: Browser, stranger: Browser) -> None:
    clinic.patient("p-1", owes=0)
    statuses = [desk.send("POST", "/patients/p-1/entries", ENTRY).status for _ in range(2)]
    assert statuses == [HTTPStatus.CREATED, HTTPStatus.OK]
    other = desk.send("POST", "/patients/p-1/entries", {**ENTRY, "amount_cents": 1})
    assert (other.status, other.code) == (HTTPStatus.CONFLICT, "entry_conflict")
    reversal = {
        **ENTRY,
        "entry_id": "e-2",
        "kind": "adjustment",
        "amount_cents": -4_200,
        "reverses": "e-1",
        "recorded_at": "2026-03-03T14:00:00Z",
    }
    part = desk.send("POST", "/patients/p-1/entries", {**reversal, "amount_cents": -1})
    assert (part.status, part.code) == (HTTPStatus.UNPROCESSABLE_ENTITY, "reversal_not_in_full")
    assert desk.send("POST", "/patients/p-1/entries", reversal).status == HTTPStatus.CREATED
    listed = desk.get("/patients/p-1/entries").json
    assert [(e["entry_id"], e["change_cents"]) for e in listed["entries"]] == [
        ("e-2", -4_200),
        ("e-1", 4_200),
    ]
    shown = desk.get("/patients/p-1").json
    assert shown["balance_cents"] == 0
    assert shown["cases"] == [{"case_id": "knee", "label": "Knee", "balance_cents": 0}]
    assert audited(clinic) == ["entry_recorded"] * 2
    for method, body in (("POST", ENTRY), ("GET", None)):
        answer = stranger.send(method, "/patients/p-1/entries", body)
        assert (answer.status, answer.code) == (HTTPStatus.NOT_FOUND, "unknown_patient")


def test_payments_and_questions_of_a_patient_are_listed(
    clinic: Clinic, desk: Browser, browser: Browser
) -> None:
    mobile = clinic.patient("p-1")
    paid = {
        **ENTRY,
        "entry_id": "e-9",
        "kind": "payment",
        "amount_cents": 500,
        "method": "check",
        "description": "Wanted to pay by 4111-1111-1111-1111 first",
        "recorded_at": "2026-03-03T14:00:00Z",
    }
    assert desk.send("POST", "/patients/p-1/entries", paid).status == HTTPStatus.CREATED
    [payment] = desk.get("/patients/p-1/payments").json["payments"]
    assert (payment["payment_id"], payment["amount_cents"]) == ("e-9", 500)
    assert (payment["card_type"], payment["last_four"]) == (None, None)
    described = desk.get("/patients/p-1/entries").json["entries"][0]["description"]
    assert described == "Wanted to pay by **** 1111 first"
    patient = browser.signed_in(link_to(clinic, "p-1"))
    asked = {"reason": "wrong_amount", "message": "I paid at the desk.", "call_back": True}
    question_id = patient.send("POST", "/portal/questions", asked).json["question_id"]
    [question] = desk.get("/patients/p-1/questions").json["questions"]
    assert (question["question_id"], question["state"]) == (question_id, "open")
    assert question["message"] == "I paid at the desk."
    assert question["mobile"] == mobile, "they ask to be called back"
    [listed] = desk.get("/questions").json["questions"]
    assert listed == question
    path, cleared = (
        f"/questions/{question_id}/answer",
        "Read 4111 1111 1111 1111 to me; told not to.",
    )
    answered = desk.send("POST", path, {"message": cleared, "release_hold": False}).json
    assert (answered["mobile"], answered["answer"]) == (
        mobile,
        "Read **** 1111 to me; told not to.",
    )
    assert desk.get("/patients/p-1").json["holds"][0]["reason"] == "patient_question"


# ------------------------------------------------------------------ alerts, and other practices


def test_alerts_tell_decision_and_history(clinic: Clinic, desk: Browser) -> None:
    clinic.patient("p-1", email=True)
    assert clinic.stack.scan().sent == 1
    told = desk.get("/patients/p-1/alerts").json
    assert told["decision"] == {"due": False, "reason": "too_soon", "next_on": "2026-03-17"}
    [alert] = told["alerts"]
    assert alert["sent_on"] == "2026-03-03"
    assert at(1) <= datetime.fromisoformat(alert["sent_at"]) < at(1) + timedelta(minutes=5)
    assert alert["channels"] == [
        {"channel": "text", "status": "accepted", "detail": ""},
        {"channel": "email", "status": "accepted", "detail": ""},
    ]
    shown = desk.get("/patients/p-1").json
    assert (shown["last_alert"], shown["links"]["working"]) == (alert, 2)


OF_A_PATIENT: list[tuple[str, str, dict[str, Any] | None]] = [
    ("GET", "", None),
    ("PUT", "/balance-alerts", {"text": True}),
    ("GET", "/alerts", None),
    ("POST", "/contacts/text/confirm", None),
    ("PUT", "/holds/deceased", {}),
    ("DELETE", "/holds/dispute", None),
    ("GET", "/payments", None),
    ("GET", "/questions", None),
    ("POST", "/links", None),
    ("DELETE", "/links", None),
]


@pytest.mark.parametrize("patient_id", ["n%C3%BAm", "a%23b", "x" * 3000])
def test_what_is_no_id_is_nobody_s(desk: Browser, patient_id: str) -> None:
    headers = {"Idempotency-Key": "k"}
    for method, path, body in [*OF_A_PATIENT, ("POST", "/alerts", None)]:
        answer = desk.send(method, f"/patients/{patient_id}{path}", body, headers)
        assert answer.status == HTTPStatus.NOT_FOUND, (method, path)


def test_a_patient_of_another_practice_is_none(clinic: Clinic, stranger: Browser) -> None:
    clinic.patient("p-1")
    before = clinic.account("p-1").version
    for method, path, body in OF_A_PATIENT:
        answer = stranger.send(method, f"/patients/p-1{path}", body)
        seen = (answer.status, answer.code)
        assert seen == (HTTPStatus.NOT_FOUND, "unknown_patient"), (method, path)
    assert clinic.account("p-1").version == before
