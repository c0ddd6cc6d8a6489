"""Registering patients: contacts, consent, and what an import may never undo."""

from __future__ import annotations

from typing import Any

import pytest

from balance_alerts.domain.contact import Channel, ContactFact, ContactState
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.patient import Consent, PatientDetails
from balance_alerts.domain.practice import Practice
from balance_alerts.store import keys, patient_finder, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.consents import ConsentRecord
from balance_alerts.store.ledger import Ledger
from balance_alerts.store.practices import Practices
from balance_alerts.store.registration import Registered, Registration
from tests.builders import CONSENT, at, entry, patient
from tests.component.conftest import StoppedClock

OTHER_MOBILE = "+12025550145"
NOW = at(1)


@pytest.fixture
def register(registration: Registration, practice: Practice) -> Any:
    def register(details: PatientDetails) -> Registered:
        return registration.register(practice, details, recorded_by="import i-1", now=NOW)

    return register


def test_the_same_details_twice_change_nothing(register: Any, accounts: Accounts) -> None:
    assert register(patient()) is Registered.ADDED
    before = accounts.get("harbor", "p-1")
    assert register(patient()) is Registered.UNCHANGED
    assert accounts.get("harbor", "p-1").version == before.version


def test_consent_is_kept_with_its_contact_source_and_time(register: Any) -> None:
    register(patient())
    pk, _ = keys.account("harbor", "p-1")
    given = list(ConsentRecord.query(pk, ConsentRecord.sk.startswith("CONSENT#")))
    kept = [(c.channel, c.contact, c.source, c.given_at, c.recorded_by) for c in given]
    assert kept == [("text", "+12025550123", "intake form", CONSENT.at, "import i-1")]


def test_blank_details_change_nothing(register: Any, accounts: Accounts) -> None:
    register(patient(email="maya@example.org", language="es"))
    assert register(PatientDetails(patient_id="p-1")) is Registered.UNCHANGED
    kept = accounts.get("harbor", "p-1")
    assert (kept.mobile, kept.email, kept.language) == ("+12025550123", "maya@example.org", "es")


@pytest.mark.parametrize(
    ("before", "import_says", "after"),
    [
        pytest.param(None, True, True, id="never set: the import subscribes"),
        pytest.param(None, False, None, id="never set, not asked for: stays unset"),
        pytest.param(False, True, False, id="switched off: the import cannot undo it"),
        pytest.param(True, False, True, id="switched on: the import cannot undo that either"),
    ],
)
def test_an_import_subscribes_only_what_was_never_set(
    register: Any, accounts: Accounts, before: bool | None, import_says: bool, after: bool | None
) -> None:
    register(patient(text=False))
    if before is not None:
        accounts.change("harbor", "p-1", lambda account: account.subscribe(Channel.TEXT, before))
    register(patient(text=import_says))
    assert accounts.get("harbor", "p-1").text_subscribed is after


@pytest.mark.parametrize(
    ("before", "consents", "after"),
    [
        pytest.param(True, False, False, id="on: another number switches it off"),
        pytest.param(True, True, True, id="on: another number with new consent stays on"),
        pytest.param(False, True, False, id="off: stays off"),
        pytest.param(None, True, True, id="never set: new consent switches it on"),
        pytest.param(None, False, None, id="never set: stays unset"),
    ],
)
def test_another_contact_needs_new_consent(
    register: Any, accounts: Accounts, before: bool | None, consents: bool, after: bool | None
) -> None:
    register(patient(text=False))
    if before is not None:
        accounts.change("harbor", "p-1", lambda account: account.subscribe(Channel.TEXT, before))
    fresh = Consent(source="front desk", at=at(1))
    register(patient(mobile=OTHER_MOBILE, text=consents, consent=fresh))
    account = accounts.get("harbor", "p-1")
    assert (account.mobile, account.text_subscribed) == (OTHER_MOBILE, after)


def test_consent_to_the_old_number_is_none_to_the_new_one(
    register: Any, accounts: Accounts
) -> None:
    """A nightly export repeats the consent it has on file, whatever the number is by now."""
    register(patient())
    register(patient(mobile=OTHER_MOBILE))
    assert accounts.get("harbor", "p-1").text_subscribed is False
    pk, _ = keys.account("harbor", "p-1")
    given = ConsentRecord.query(pk, ConsentRecord.sk.startswith("CONSENT#"))
    assert [consent.contact for consent in given] == ["+12025550123"]


@pytest.mark.parametrize("news", [ContactState.INVALID, ContactState.BOUNCED])
@pytest.mark.parametrize("withdrawn", [ContactState.OPTED_OUT, ContactState.COMPLAINED])
def test_what_a_provider_finds_out_never_replaces_a_withdrawal(
    register: Any, accounts: Accounts, withdrawn: ContactState, news: ContactState
) -> None:
    register(patient())
    for state in (withdrawn, news):
        accounts.tell_of_contact(
            "harbor", Channel.TEXT, "+12025550123", ContactFact(state), source="test", at=NOW
        )
    key = keys.mobile("+12025550123")
    assert table.read([key])[key].state == withdrawn
    assert accounts.get("harbor", "p-1").mobile_state == withdrawn


def test_a_state_reaches_both_who_write_one_mailbox_differently(
    register: Any, accounts: Accounts
) -> None:
    register(patient("p-1", email="maya@example.org"))
    register(patient("p-2", email="Maya@Example.org"))
    bounced = {"fact": ContactFact.BOUNCED, "source": "ses", "at": NOW}
    accounts.tell_of_contact("harbor", Channel.EMAIL, "MAYA@example.org", **bounced)
    assert [accounts.get("harbor", p).email_state for p in ("p-1", "p-2")] == ["bounced"] * 2


def test_another_contact_revokes_the_links_sent_to_the_old_one(
    register: Any, accounts: Accounts
) -> None:
    register(patient(email="maya@example.org"))
    register(patient(mobile=OTHER_MOBILE))
    account = accounts.get("harbor", "p-1")
    assert account.text_links_revoked_at == NOW
    assert account.email_links_revoked_at is None


def test_a_number_that_opted_out_stays_so_for_whoever_gives_it(
    register: Any, accounts: Accounts
) -> None:
    register(patient())
    opted_out = {"fact": ContactFact.OPTED_OUT, "source": "STOP", "at": NOW}
    accounts.tell_of_contact("harbor", Channel.TEXT, "+12025550123", **opted_out)
    register(patient("p-2"))
    for patient_id in ("p-1", "p-2"):
        account = accounts.get("harbor", patient_id)
        assert (account.mobile_state, account.text_subscribed) == ("opted_out", True)
        assert account.due_practice is None


def test_a_state_reaches_every_account_of_the_contact_and_no_other(
    register: Any, accounts: Accounts, practice: Practice, ledger: Ledger
) -> None:
    register(patient("p-1"))
    register(patient("p-2"))
    register(patient("p-3", mobile=OTHER_MOBILE))
    for number in (1, 2, 3):
        ledger.post(practice, f"p-{number}", [entry(f"e-{number}")])
    bounced = {"fact": ContactFact.INVALID, "source": "provider", "at": NOW}
    accounts.tell_of_contact("harbor", Channel.TEXT, "+12025550123", **bounced)
    states = [accounts.get("harbor", f"p-{n}").mobile_state for n in (1, 2, 3)]
    assert states == ["invalid", "invalid", "reachable"]
    indexed = [accounts.get("harbor", f"p-{n}").due_practice for n in (1, 2, 3)]
    assert indexed == [None, None, "harbor"]


def test_who_moves_to_another_number_no_longer_follows_the_old_one(
    register: Any, accounts: Accounts
) -> None:
    register(patient("p-1"))
    register(patient("p-2"))
    register(patient("p-1", mobile=OTHER_MOBILE))
    contact = table.read([keys.mobile("+12025550123")])[keys.mobile("+12025550123")]
    assert contact.users() == [("harbor", "p-2")]


@pytest.mark.parametrize(
    ("details", "code"),
    [
        (PatientDetails(patient_id="new"), "new_patient_incomplete"),
        (patient(mobile=None), "no_contact_to_subscribe"),
    ],
)
def test_what_cannot_be_registered_is_refused_and_leaves_nothing(
    register: Any, accounts: Accounts, details: PatientDetails, code: str
) -> None:
    with pytest.raises(RuleError) as refused:
        register(details)
    assert refused.value.code == code
    with pytest.raises(RuleError):
        accounts.get("harbor", details.patient_id)


def test_other_letters_of_the_same_mailbox_are_no_other_contact(
    register: Any, accounts: Accounts
) -> None:
    register(patient(email="maya.okafor@example.org", email_alerts=True))
    register(patient(email="Maya.Okafor@example.org"))
    account = accounts.get("harbor", "p-1")
    assert (account.email, account.email_subscribed) == ("maya.okafor@example.org", True)


def test_member_ids_lead_to_the_patient_until_they_are_taken_off(register: Any) -> None:
    register(patient(member_ids=frozenset({"W1", "W2"})))
    register(patient(member_ids=frozenset({"W2", "W3"})))
    owners = [patient_finder.owners_of_member_id("harbor", member) for member in ("W1", "W2", "W3")]
    assert owners == [[], ["p-1"], ["p-1"]]


def test_a_patients_own_zone_is_known_to_the_scan(
    register: Any, practices: Practices, practice: Practice
) -> None:
    register(patient(time_zone="Pacific/Honolulu"))
    assert practices.get("harbor").time_zones == {"America/New_York", "Pacific/Honolulu"}


def test_another_zone_moves_the_local_days_of_the_window(
    register: Any, accounts: Accounts, ledger: Ledger, practice: Practice, clock: StoppedClock
) -> None:
    """60 local days apart in New York; 59 in Los Angeles, where the second was a day earlier."""
    register(patient())
    first, second = at(0, "12:00"), at(60, "01:00")
    clock.now = second
    recorded = [entry("e-1", recorded_at=first), entry("e-2", recorded_at=second)]
    ledger.post(practice, "p-1", recorded)
    assert accounts.get("harbor", "p-1").window_opened_at == second
    register(patient(time_zone="America/Los_Angeles"))
    assert accounts.get("harbor", "p-1").window_opened_at == first


def test_an_update_leaves_attributes_of_a_newer_release_alone(
    register: Any, accounts: Accounts
) -> None:
    register(patient())
    pk, sk = keys.account("harbor", "p-1")
    table.client().update_item(
        TableName=AccountRecord.Meta.table_name,
        Key={"pk": {"S": pk}, "sk": {"S": sk}},
        UpdateExpression="SET preferred_pronoun = :x",
        ExpressionAttributeValues={":x": {"S": "they"}},
    )
    accounts.change("harbor", "p-1", lambda account: account.subscribe(Channel.EMAIL, False))
    stored = table.client().get_item(
        TableName=AccountRecord.Meta.table_name, Key={"pk": {"S": pk}, "sk": {"S": sk}}
    )["Item"]
    assert stored["preferred_pronoun"] == {"S": "they"}
    assert stored["email_subscribed"] == {"BOOL": False}
