"""An older release works on what a newer one wrote: the rule that a roll-back rests on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from balance_alerts.domain.contact import ContactFact
from balance_alerts.domain.practice import Practice
from balance_alerts.store import keys, table
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.attributes import instant_text
from balance_alerts.store.contacts import ContactRecord
from balance_alerts.store.entries import entries_of
from balance_alerts.store.ledger import Ledger
from balance_alerts.store.practices import Practices
from balance_alerts.store.registration import Registration
from tests.builders import at, entry, patient

NEWER = {"S": "of a newer release"}


def item(key: keys.Key) -> dict[str, Any]:
    pk, sk = key
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def test_settings_of_a_newer_release_survive_a_change_by_an_older_one(
    practices: Practices, practice: Practice
) -> None:
    key = item(keys.practice("harbor"))
    table.client().update_item(
        TableName="table",
        Key=key,
        UpdateExpression="SET quiet_weeks = :x",
        ExpressionAttributeValues={":x": NEWER},
    )
    practices.save_settings(practice, replace(practice.alerts, daily_limit=7))
    assert practices.get("harbor").alerts.daily_limit == 7
    stored = table.client().get_item(TableName="table", Key=key)["Item"]
    assert stored["quiet_weeks"] == NEWER


def test_items_of_a_kind_that_is_not_known_yet_are_passed_over(
    registration: Registration, ledger: Ledger, practice: Practice
) -> None:
    registration.register(practice, patient(), recorded_by="import i-1", now=at(1))
    ledger.post(practice, "p-1", [entry("e-1")])
    pk, _ = keys.account("harbor", "p-1")
    table.client().put_item(
        TableName="table", Item={**item((pk, "ENTRY#~")), "record": {"S": "estimate"}}
    )
    ledger.post(practice, "p-1", [entry("e-2")])
    assert [each.entry_id for each in entries_of("harbor", "p-1")] == ["e-1", "e-2"]


def stored_without_facts(state: str, told_at: datetime, source: str) -> None:
    """A number as a release stores it that knows its state only."""
    table.client().update_item(
        TableName="table",
        Key=item(keys.mobile("+12025550123")),
        UpdateExpression="SET #state = :state, changed_at = :at, #source = :source",
        ExpressionAttributeNames={"#state": "state", "#source": "source"},
        ExpressionAttributeValues={
            ":state": {"S": state},
            ":at": {"S": instant_text(told_at)},
            ":source": {"S": source},
        },
    )


@pytest.mark.parametrize(
    ("state", "source", "then", "at_hour", "leads_to"),
    [
        pytest.param("opted_out", "text_reply", ContactFact.INVALID, 3, "opted_out", id="STOP"),
        pytest.param("opted_out", "text_reply", ContactFact.CONFIRMED, 3, "opted_out", id="staff"),
        pytest.param("opted_out", "text_reply", ContactFact.OPTED_IN, 3, "reachable", id="START"),
        pytest.param("opted_out", "text_reply", ContactFact.OPTED_IN, 1, "opted_out", id="before"),
        pytest.param("complained", "email_report", ContactFact.INVALID, 3, "complained", id="spam"),
        pytest.param("reachable", "portal", ContactFact.OPTED_OUT, 1, "reachable", id="late STOP"),
        pytest.param("reachable", "staff", ContactFact.INVALID, 1, "reachable", id="late report"),
        pytest.param("reachable", "staff", ContactFact.OPTED_OUT, 1, "opted_out", id="not by us"),
    ],
)
def test_what_a_release_stored_that_knew_states_only_counts_as_told(
    registration: Registration, accounts: Accounts, practice: Practice,
    state: str, source: str, then: ContactFact, at_hour: int, leads_to: str,
) -> None:  # fmt: skip
    registration.register(practice, patient(), recorded_by="import i-1", now=at(0))
    stored_without_facts(state, at(0) + timedelta(hours=2), source)
    told_at = at(0) + timedelta(hours=at_hour)
    accounts.tell_of_number("+12025550123", then, source="test", at=told_at)
    assert accounts.get("harbor", "p-1").mobile_state == leads_to


def test_an_opt_out_taken_after_a_roll_back_is_known_after_the_next_deployment(
    registration: Registration, accounts: Accounts, practice: Practice
) -> None:
    registration.register(practice, patient(), recorded_by="import i-1", now=at(0))
    for fact, day in ((ContactFact.OPTED_OUT, 1), (ContactFact.OPTED_IN, 2)):
        accounts.tell_of_number("+12025550123", fact, source="text_reply", at=at(day))
    stored_without_facts("opted_out", at(3), "text_reply")
    accounts.tell_of_number("+12025550123", ContactFact.INVALID, source="text_report", at=at(4))
    assert accounts.get("harbor", "p-1").mobile_state == "opted_out"
    contact: ContactRecord = table.read([keys.mobile("+12025550123")])[keys.mobile("+12025550123")]
    assert set(contact.known()) == {"invalid", "opted_in", "opted_out"}
