"""Opting in again in the portal, and confirming a contact, where copies of states lag behind."""

from __future__ import annotations

from functools import partial
from typing import Any, cast
from unittest.mock import Mock

import pytest

from balance_alerts.access.sessions import Visit
from balance_alerts.channels.email_suppression import EmailSuppression
from balance_alerts.channels.text_opt_outs import TextOptOuts
from balance_alerts.domain.audit import Who
from balance_alerts.domain.contact import Channel, ContactFact, Told
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.practice import Practice
from balance_alerts.office.contact_desk import ContactDesk
from balance_alerts.portal.switches import AlertSwitches, SwitchDesk
from balance_alerts.store import keys, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.accounts import FOLLOW_TOGETHER, Accounts
from balance_alerts.store.consents import consents_of
from balance_alerts.store.registration import Registration
from balance_alerts.store.switches import Switches
from tests.builders import at, patient
from tests.component.conftest import StoppedClock
from tests.lagging import tell_only_the_contact

NUMBER, ADDRESS = "+12025550123", "maya@example.org"
OPTED_OUT, BOUNCED = ContactFact.OPTED_OUT, ContactFact.BOUNCED


@pytest.fixture
def account(registration: Registration, practice: Practice) -> None:
    details = patient(mobile=NUMBER, email=ADDRESS)
    registration.register(practice, details, recorded_by="test", now=at(-5))


@pytest.fixture
def text_opt_outs() -> Mock:
    """AWS's list, which the number is on."""
    return Mock(spec=TextOptOuts, **{"take_off.return_value": True})


@pytest.fixture
def switch_desk(account: None, accounts: Accounts, text_opt_outs: Mock) -> SwitchDesk:
    suppression = Mock(spec=EmailSuppression)
    return SwitchDesk(Switches(accounts), lambda: text_opt_outs, lambda: suppression)


def turned_on(desk: SwitchDesk, accounts: Accounts, practice: Practice) -> AccountRecord:
    """The account once its patient has turned texts on, on day 1."""
    before = accounts.get("harbor", "p-1")
    visit = Mock(spec=Visit, account=before, practice_id="harbor", patient_id="p-1", now=at(1))
    switches = AlertSwitches(text=True, email=False)
    assert desk.turn(cast("Visit", visit), switches).text
    return accounts.get("harbor", "p-1")


def test_an_opt_out_that_only_aws_knew_of_is_undone_for_good(
    switch_desk: SwitchDesk, accounts: Accounts, practice: Practice
) -> None:
    """The report of the text that it swallowed may still be on its way."""
    accounts.change("harbor", "p-1", lambda account: account.withdraw(Channel.TEXT, at(0)))
    turned_on(switch_desk, accounts, practice)
    accounts.tell_of_number(NUMBER, OPTED_OUT, source="text_report", at=at(0))
    assert accounts.get("harbor", "p-1").mobile_state == "reachable"


def test_an_opt_in_and_its_consent_by_the_patient_are_written_together(
    switch_desk: SwitchDesk,
    accounts: Accounts,
    practice: Practice,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    accounts.tell_of_number(NUMBER, OPTED_OUT, source="text_reply", at=at(0))
    write = table.update_all
    consents: list[list[tuple[str, bool | None]]] = []

    def written(records: Any) -> None:
        write(records)
        texts = [each for each in consents_of("harbor", "p-1") if each.channel == Channel.TEXT]
        consents.append([(each.recorded_by, each.withdrawn) for each in texts])

    monkeypatch.setattr(table, "update_all", written)
    turned_on(switch_desk, accounts, practice)
    assert consents == [[("test", None), ("contact", True), ("patient", None)]]


def test_accounts_that_share_a_number_follow_it_at_once_but_for_very_many(
    accounts: Accounts,
    registration: Registration,
    practice: Practice,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ids = [f"p-{number:02}" for number in range(FOLLOW_TOGETHER + 1)]
    for patient_id in ids:
        details = patient(patient_id, mobile=NUMBER)
        registration.register(practice, details, recorded_by="test", now=at(-5))
    accounts.tell_of_number(NUMBER, OPTED_OUT, source="text_reply", at=at(0))
    assert _mobile_states(accounts, ids) == ["opted_out"] * len(ids)

    with monkeypatch.context() as broken:
        broken.setattr(Accounts, "follow_contact", Mock(side_effect=ConnectionError))
        with pytest.raises(ConnectionError):
            accounts.tell_of_number(NUMBER, ContactFact.OPTED_IN, source="text_reply", at=at(1))
    expected = ["reachable"] * FOLLOW_TOGETHER
    assert _mobile_states(accounts, ids) == [*expected, "opted_out"]

    accounts.tell_of_number(NUMBER, ContactFact.OPTED_IN, source="text_reply", at=at(1))
    assert _mobile_states(accounts, ids) == [*expected, "reachable"]


def test_what_was_told_before_is_not_copied_over_what_is_told_meanwhile(
    account: None, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report of a STOP comes once more, and START between its two reads."""
    stop = partial(accounts.tell_of_number, NUMBER, OPTED_OUT, source="text_reply", at=at(0))
    stop()
    read, reads = table.read, iter(range(99))

    def start_before_the_second(wanted: Any) -> Any:
        if next(reads) == 1:
            start = ContactFact.OPTED_IN
            accounts.tell_of_number(NUMBER, start, source="text_reply", at=at(1))
        return read(wanted)

    monkeypatch.setattr(table, "read", start_before_the_second)
    stop()

    assert next(reads) > 2
    assert accounts.get("harbor", "p-1").mobile_state == "reachable"


def test_an_opt_out_is_known_although_an_account_cannot_be_written(
    account: None, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    update_all = table.update_all

    def break_accounts(records: list[Any]) -> None:
        if any(isinstance(record, AccountRecord) for record, _ in records):
            raise RuntimeError("an account that cannot be written")
        update_all(records)

    monkeypatch.setattr(table, "update_all", break_accounts)
    with pytest.raises(RuntimeError):
        accounts.tell_of_number(NUMBER, OPTED_OUT, source="text_reply", at=at(0))

    key = keys.mobile(NUMBER)
    assert table.read([key])[key].state == "opted_out"


def _mobile_states(accounts: Accounts, patient_ids: list[str]) -> list[str | None]:
    return [accounts.get("harbor", each).mobile_state for each in patient_ids]


@pytest.fixture
def contact_desk(account: None, accounts: Accounts, clock: StoppedClock) -> ContactDesk:
    return ContactDesk(accounts, lambda: Mock(spec=EmailSuppression), clock)


def only_the_contact(fact: ContactFact, day: int) -> None:
    """Tell of the address."""
    tell_only_the_contact(keys.email("harbor", ADDRESS), fact, Told(at(day), "one_click"))


def test_staff_confirm_no_opt_out_away_that_the_account_does_not_show_yet(
    contact_desk: ContactDesk, accounts: Accounts
) -> None:
    accounts.tell_of_contact(
        "harbor", Channel.EMAIL, ADDRESS, BOUNCED, source="email_report", at=at(-1)
    )
    only_the_contact(OPTED_OUT, 0)
    with pytest.raises(RuleError) as raised:
        contact_desk.confirm("harbor", "p-1", Channel.EMAIL, by=Who("s-1", "Ines Vega"))
    assert raised.value.code == "contact_opted_out"


def test_confirming_mends_an_account_that_does_not_show_that_its_contact_is_well(
    contact_desk: ContactDesk, accounts: Accounts
) -> None:
    accounts.tell_of_contact(
        "harbor", Channel.EMAIL, ADDRESS, BOUNCED, source="email_report", at=at(-1)
    )
    only_the_contact(ContactFact.CONFIRMED, 0)
    assert accounts.get("harbor", "p-1").email_state == "bounced"
    contact_desk.confirm("harbor", "p-1", Channel.EMAIL, by=Who("s-1", "Ines Vega"))
    assert accounts.get("harbor", "p-1").email_state == "reachable"
