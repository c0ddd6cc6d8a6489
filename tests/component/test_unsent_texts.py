"""Texts that SNS took while the month's limit was used up: their alerts do not count."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from balance_alerts.alerts.history import CLAIM_SETTLES_AFTER
from balance_alerts.delivery.unsent import NotRecordedYet, UnsentTexts
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.delivery import ChannelStatus
from balance_alerts.domain.personal import Contact
from balance_alerts.domain.practice import Practice
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.alerts import Alert, Alerts, ChannelResult
from balance_alerts.store.practices import Practices
from balance_alerts.store.registration import Registration
from tests.builders import DAY_0, at, patient
from tests.component.conftest import StoppedClock

NUMBER, REFERENCE = Contact("+12025550123"), "m-1"
BEFORE = DAY_0 - timedelta(days=20)
TODAY = DAY_0 + timedelta(days=1)


@pytest.fixture
def unsent(practices: Practices, accounts: Accounts, clock: StoppedClock) -> UnsentTexts:
    return UnsentTexts(practices, accounts, clock)


@pytest.fixture
def claimed(practice: Practice, registration: Registration, practices: Practices) -> Accounts:
    """An account that staff send a text to at this moment: claimed, and not recorded yet."""
    registration.register(practice, patient(), recorded_by="import i-1", now=at(0))

    def claim(account: AccountRecord) -> None:
        account.claim_id, account.claimed_at = "a-1", at(1)
        account.claim_channels = {Channel.TEXT.value}
        account.last_alert_on = account.sent_now_on = TODAY

    accounts = Accounts()
    accounts.change("harbor", "p-1", claim)
    assert practices.reserve_alerts(practice, day=TODAY, wanted=1, now=at(1)) == 1
    return accounts


def record(clock: StoppedClock, *, previous_on: date | None = BEFORE, **others: str) -> None:
    """What the sender writes down after its calls."""
    texted = ChannelResult(ChannelStatus.ACCEPTED, REFERENCE)
    channels = {Channel(name): ChannelResult(ChannelStatus(it)) for name, it in others.items()}
    alert = Alert(
        practice_id="harbor",
        patient_id="p-1",
        alert_id="a-1",
        claimed_at=at(1),
        sent_on=TODAY,
        previous_on=previous_on,
        channels={Channel.TEXT: texted, **channels},
    )
    Alerts(clock).keep([alert])


def test_all_that_counted_is_taken_back(
    unsent: UnsentTexts, claimed: Accounts, practices: Practices, clock: StoppedClock
) -> None:
    record(clock)
    assert unsent.give_back(NUMBER, REFERENCE) == 1
    account = claimed.get("harbor", "p-1")
    assert (account.last_alert_on, account.claim_id) == (BEFORE, None)
    assert account.sent_now_on is None, "staff may send now today"
    assert practices.alerts_sent("harbor", TODAY) == 0
    assert unsent.give_back(NUMBER, REFERENCE) == 0
    assert practices.alerts_sent("harbor", TODAY) == 0, "once"


def test_a_report_that_is_faster_than_the_sender_waits_for_its_record(
    unsent: UnsentTexts, claimed: Accounts, clock: StoppedClock
) -> None:
    with pytest.raises(NotRecordedYet):
        unsent.give_back(NUMBER, REFERENCE)
    assert claimed.get("harbor", "p-1").last_alert_on == TODAY
    record(clock)
    assert unsent.give_back(NUMBER, REFERENCE) == 1


def test_a_claim_that_lost_its_worker_is_not_waited_for(
    unsent: UnsentTexts, claimed: Accounts, clock: StoppedClock
) -> None:
    clock.now = at(1) + CLAIM_SETTLES_AFTER
    assert unsent.give_back(NUMBER, REFERENCE) == 0
    assert claimed.get("harbor", "p-1").last_alert_on == TODAY


def test_what_another_channel_brought_counts_and_so_does_another_text(
    unsent: UnsentTexts, claimed: Accounts, practices: Practices, clock: StoppedClock
) -> None:
    record(clock, email="accepted")
    assert unsent.give_back(NUMBER, REFERENCE) == 0
    assert unsent.give_back(NUMBER, "of a fresh link") == 0
    assert claimed.get("harbor", "p-1").last_alert_on == TODAY
    assert practices.alerts_sent("harbor", TODAY) == 1
