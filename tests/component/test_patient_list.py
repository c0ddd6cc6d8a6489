"""Finding patients: by name, id, number and address, page by page."""

from __future__ import annotations

from typing import Any

import pytest

from balance_alerts.domain.audit import Who
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.patient import Consent, PatientDetails
from balance_alerts.domain.practice import Practice
from balance_alerts.office.patient_list import PATIENTS_A_PAGE, PatientList
from balance_alerts.store import keys
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.audit import changes_of
from balance_alerts.store.consents import latest_consents
from balance_alerts.store.patient_names import PatientNameRecord
from balance_alerts.store.registration import Registration
from tests.builders import at, patient
from tests.component.conftest import StoppedClock

STAFF = Who("s-1", "Ines Vega", "front_desk")


@pytest.fixture
def register(registration: Registration, practice: Practice) -> Any:
    def register(patient_id: str, first: str, last: str, **details: Any) -> None:
        changed = patient(patient_id, first_name=first, last_name=last, **details)
        registration.register(practice, changed, recorded_by="test", now=at(1))

    return register


@pytest.fixture
def search(clock: StoppedClock, practice: Practice) -> Any:
    def search(query: str = "") -> list[str]:
        """The ids of every page."""
        listing, found, cursor = PatientList(clock), [], None
        while True:
            page = listing.page(practice.practice_id, query, cursor)
            found += [row.patient_id for row in page.patients]
            cursor = page.next_cursor
            if cursor is None:
                return found

    return search


@pytest.fixture
def some_patients(register: Any) -> None:
    register("p-1", "Maya", "Okafor")
    register("p-2", "José", "Núñez", mobile="+12025550145", email="jose.nunez@example.org")
    register("P-3", "Okello", "O'Brien", mobile="+12025550145", text=False, consent=None)
    register("p-4", "Maya", "Andrade", mobile=None, text=False, consent=None)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("", ["p-4", "p-2", "P-3", "p-1"], id="all, by last name"),
        pytest.param("oka", ["p-1"], id="beginning of a last name"),
        pytest.param("OK", ["p-1", "P-3"], id="last names before first names"),
        pytest.param("maya", ["p-4", "p-1"], id="first name"),
        pytest.param("Nunez", ["p-2"], id="without accents"),
        pytest.param("JOSÉ nú", ["p-2"], id="both names"),
        pytest.param("Okafor, Maya", ["p-1"], id="last name first"),
        pytest.param("obrien", ["P-3"], id="without the apostrophe"),
        pytest.param("p-2", ["p-2"], id="id"),
        pytest.param("(202) 555-0145", ["P-3", "p-2"], id="number of two patients"),
        pytest.param("+1 202.555.0123", ["p-1"], id="number, written differently"),
        pytest.param("Jose.Nunez@Example.org", ["p-2"], id="address"),
        pytest.param("kafor", [], id="not the middle of a name"),
        pytest.param("***", [], id="nothing to look for"),
    ],
)
@pytest.mark.usefixtures("some_patients")
def test_patients_are_found(search: Any, query: str, found: list[str]) -> None:
    assert search(query) == found


def test_every_patient_is_on_one_page_and_no_patient_on_two(register: Any, search: Any) -> None:
    """Some have a first name that begins as the last names do, and are found by both."""
    ids = [f"p-{number:02}" for number in range(2 * PATIENTS_A_PAGE + 3)]
    for number, patient_id in enumerate(ids):
        register(patient_id, "Anders" if number % 2 else "Zoe", "Anderson", mobile=None, text=False)
    assert sorted(search("and")) == ids
    assert sorted(search()) == ids


@pytest.mark.parametrize("cursor", ["", "nonsense", "TEFTVCN6b2U", "TkFNRVM"])
@pytest.mark.usefixtures("some_patients")
def test_a_cursor_of_another_list_is_refused(clock: StoppedClock, cursor: str) -> None:
    with pytest.raises(RuleError) as refused:
        PatientList(clock).page("harbor", "oka", cursor)
    assert refused.value.code == "invalid_value"


def test_another_name_takes_the_place_of_the_old_one(register: Any, search: Any) -> None:
    register("p-1", "Maya", "Okafor")
    register("p-1", "MAYA", "Okafor")
    register("p-1", "Maya", "Lindqvist")
    assert (search("okafor"), search("lind")) == ([], ["p-1"])
    assert len(list(PatientNameRecord.query(keys.patient_names("harbor")))) == 2


def test_names_of_another_practice_are_not_found(search: Any, registration: Registration) -> None:
    from dataclasses import replace

    from balance_alerts.store.practices import Practices
    from tests import builders

    other = replace(builders.practice(), practice_id="other", code="thr234")
    Practices().create(other)
    registration.register(other, patient("p-9"), recorded_by="test", now=at(1))
    assert search() == search("p-9") == search("+12025550123") == []


class TestConsentToTheContactItself:
    """Details as staff type them: their consent is to the contacts that come along."""

    NEW = Consent("by phone", at(1, "09:30"))

    def change(
        self, registration: Registration, practice: Practice, **details: Any
    ) -> PatientDetails:
        changed = PatientDetails(patient_id="p-1", consent_to_contacts=True, **details)
        registration.register(practice, changed, recorded_by="staff s-1", now=at(1), by=STAFF)
        return changed

    def test_a_channel_that_is_on_stays_on(
        self, registration: Registration, practice: Practice, accounts: Accounts, register: Any
    ) -> None:
        register("p-1", "Maya", "Okafor")
        self.change(registration, practice, mobile="+12025550177", consent=self.NEW)
        account = accounts.get("harbor", "p-1")
        assert (account.text_subscribed, account.text_links_revoked_at) == (True, at(1))
        kept = latest_consents("harbor", "p-1")
        assert {
            channel: (each.contact, each.source, each.recorded_by_name)
            for channel, each in kept.items()
        } == {"text": ("+12025550177", "by phone", "Ines Vega")}

    def test_without_it_the_channel_goes_off(
        self, registration: Registration, practice: Practice, accounts: Accounts, register: Any
    ) -> None:
        register("p-1", "Maya", "Okafor")
        self.change(registration, practice, mobile="+12025550177")
        assert accounts.get("harbor", "p-1").text_subscribed is False

    def test_it_switches_nothing_on(
        self, registration: Registration, practice: Practice, accounts: Accounts, register: Any
    ) -> None:
        register("p-1", "Maya", "Okafor", mobile=None, text=False, consent=None)
        self.change(registration, practice, mobile="+12025550177", consent=self.NEW)
        assert accounts.get("harbor", "p-1").text_subscribed is None
        assert latest_consents("harbor", "p-1").keys() == {"text"}

    def test_taken_off_a_contact_takes_its_channel_with_it(
        self, registration: Registration, practice: Practice, accounts: Accounts, register: Any
    ) -> None:
        register("p-1", "Maya", "Okafor")
        self.change(registration, practice, clears=frozenset({"mobile"}))
        account = accounts.get("harbor", "p-1")
        assert (account.mobile, account.mobile_state, account.text_subscribed) == (
            None,
            None,
            False,
        )
        assert account.text_links_revoked_at == at(1)

    def test_what_changed_is_in_the_audit_trail_and_contacts_are_masked(
        self, registration: Registration, practice: Practice, register: Any
    ) -> None:
        register("p-1", "Maya", "Okafor")
        self.change(registration, practice, mobile="+12025550177", first_name="May")
        [change], _ = changes_of("harbor", after=None, limit=10)
        assert (change.by, change.action, change.subject) == (
            STAFF,
            "patient_changed",
            "patient p-1",
        )
        assert change.before == {
            "first_name": "Maya",
            "mobile": "***-***-0123",
            "text_alerts": True,
        }
        assert change.after == {
            "first_name": "May",
            "mobile": "***-***-0177",
            "text_alerts": False,
        }
