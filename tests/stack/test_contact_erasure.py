"""A patient's contacts are erased on request: nothing but the ledger is left, wherever it stops."""

from __future__ import annotations

import json
from http import HTTPStatus

import pytest

from balance_alerts.domain.audit import OPERATOR
from balance_alerts.domain.contact import Channel, ContactFact, ContactState
from balance_alerts.domain.patient import PatientDetails
from balance_alerts.domain.personal import Contact
from balance_alerts.office.contact_erasure import Erased
from balance_alerts.store import keys, table
from balance_alerts.store.audit import changes_of
from balance_alerts.store.consents import consents_of
from balance_alerts.store.entries import entries_of
from balance_alerts.store.registration import Registration
from tests import builders
from tests.builders import at
from tests.stack.due import Clinic
from tests.stack.portal_client import Browser
from tests.stack.workers import Killed, killed_at


def erase(clinic: Clinic, patient_id: str = "p-1") -> Erased:
    erasure = clinic.stack.wiring.contact_erasure
    return erasure.erase(clinic.practice.practice_id, patient_id, by=OPERATOR)


def token_to(clinic: Clinic, contact: str) -> str:
    link = clinic.stack.outbox.messages(to=contact)[-1].link
    assert link is not None
    return link.rpartition("/")[2]


def items_with(clinic: Clinic, *texts: str) -> list[str]:
    """The partition keys of all items of the table that hold one of these texts."""
    scan = clinic.stack.client("dynamodb").get_paginator("scan")
    pages = scan.paginate(TableName=clinic.stack.outputs["TableName"], ConsistentRead=True)
    items = [item for page in pages for item in page["Items"]]
    return [item["pk"]["S"] for item in items if any(text in json.dumps(item) for text in texts)]


def audited(clinic: Clinic) -> list[str]:
    changes, _ = changes_of(clinic.practice.practice_id, after=None, limit=50)
    return [change.action for change in changes]


def test_contacts_links_and_sessions_go_and_the_ledger_stays(
    clinic: Clinic, browser: Browser
) -> None:
    mobile = clinic.patient("p-1", email=True)
    address = str(clinic.account("p-1").email)
    assert clinic.stack.scan().sent == 1
    token = token_to(clinic, mobile)
    session = browser.signed_in(token)
    entries = entries_of(clinic.practice.practice_id, "p-1")

    erased = erase(clinic)
    assert (erased.contacts, erased.consents, erased.remembered) == (2, 2, [])
    assert erased.links == 3, "one a channel, and a session"
    account = clinic.account("p-1")
    assert (account.mobile, account.email, account.mobile_state) == (None, None, None)
    assert (account.text_subscribed, account.email_subscribed) == (False, False)
    assert (account.due_practice, account.balance_cents) == (None, 5_000)
    assert entries_of(clinic.practice.practice_id, "p-1") == entries
    assert items_with(clinic, mobile, address) == []

    assert session.get("/portal/balance").status == HTTPStatus.UNAUTHORIZED
    assert browser.try_to_sign_in(token).status == HTTPStatus.UNAUTHORIZED
    clinic.stack.clock.set(at(20))
    assert clinic.stack.scan().queued == 0

    consents = consents_of(clinic.practice.practice_id, "p-1")
    assert [each.contact for each in consents] == [
        f"p***@{address.partition('@')[2]}",
        f"***-***-{mobile[-4:]}",
    ]
    assert {(each.source, each.given_at) for each in consents} == {
        (builders.CONSENT.source, builders.CONSENT.at)
    }
    changes, _ = changes_of(clinic.practice.practice_id, after=None, limit=1)
    assert (changes[0].action, changes[0].by) == ("contacts_erased", OPERATOR)
    assert changes[0].before["mobile"] == f"***-***-{mobile[-4:]}"
    assert changes[0].after == {
        "mobile": None,
        "email": None,
        "text_alerts": False,
        "email_alerts": False,
    }


def test_done_again_it_changes_nothing(clinic: Clinic) -> None:
    clinic.patient("p-1", email=True)
    erase(clinic)
    before, notes = clinic.account("p-1").version, audited(clinic)
    assert erase(clinic) == Erased()
    assert (clinic.account("p-1").version, audited(clinic)) == (before, notes)


@pytest.mark.parametrize(
    ("operation", "call", "after"),
    [
        pytest.param("TransactWriteItems", 1, False, id="before the transaction"),
        pytest.param("TransactWriteItems", 1, True, id="after the transaction"),
        pytest.param("Scan", 1, True, id="looking for links"),
        pytest.param("DeleteItem", 1, True, id="after the first link"),
    ],
)
def test_killed_half_way_it_goes_on(clinic: Clinic, operation: str, call: int, after: bool) -> None:
    mobile = clinic.patient("p-1", email=True)
    address = str(clinic.account("p-1").email)
    clinic.stack.scan()
    with killed_at(operation, call=call, after=after), pytest.raises(Killed):
        erase(clinic)
    erase(clinic)
    assert items_with(clinic, mobile, address) == []
    assert audited(clinic).count("contacts_erased") == 1


def test_an_opt_out_is_remembered_and_a_shared_contact_stays_the_other_s(
    clinic: Clinic, browser: Browser
) -> None:
    mobile = clinic.patient("p-1", email=True)
    address = str(clinic.account("p-1").email)
    shared = builders.patient("p-2", mobile=Contact(mobile))
    registration = Registration(clinic.stack.wiring.practices)
    registration.register(clinic.practice, shared, recorded_by="test", now=at(0))
    clinic.stack.scan()
    browser.send("POST", f"/u/{token_to(clinic, address)}")

    assert erase(clinic).remembered == [Channel.EMAIL]
    key = keys.email(clinic.practice.practice_id, address)
    remembered = table.read([key])[key]
    assert (remembered.state, remembered.used_by) == (ContactState.OPTED_OUT, None)
    assert clinic.account("p-2").mobile == mobile
    assert clinic.account("p-2").text_subscribed
    known = table.read([keys.mobile(mobile)])[keys.mobile(mobile)]
    assert known.users_in(clinic.practice.practice_id) == ["p-2"]


def test_a_later_import_brings_contacts_and_switches_nothing_on(clinic: Clinic) -> None:
    mobile = clinic.patient("p-1")
    erase(clinic)
    again = builders.patient("p-1", mobile=Contact(mobile))
    registration = Registration(clinic.stack.wiring.practices)
    registration.register(clinic.practice, again, recorded_by="test", now=at(1))
    account = clinic.account("p-1")
    assert (account.mobile, account.text_subscribed) == (mobile, False)


def test_a_contact_that_was_changed_is_forgotten(clinic: Clinic) -> None:
    mobile = clinic.patient("p-1")
    other = PatientDetails(patient_id="p-1", mobile=Contact("+12025569999"))
    registration = Registration(clinic.stack.wiring.practices)
    registration.register(clinic.practice, other, recorded_by="test", now=at(1))
    assert f"CONTACT#{mobile}" not in items_with(clinic, mobile)
    accounts = clinic.stack.wiring.accounts
    for fact in (ContactFact.BOUNCED, ContactFact.OPTED_OUT):
        accounts.tell_of_number(mobile, fact, source="test", at=at(2))
        listed = f"CONTACT#{mobile}" in items_with(clinic, mobile)
        assert listed is (fact is ContactFact.OPTED_OUT), "a late report says nothing new"
