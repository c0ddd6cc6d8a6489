"""An older release works on what a newer one wrote: the rule that a roll-back rests on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from balance_alerts.domain.practice import Practice
from balance_alerts.store import keys, table
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
