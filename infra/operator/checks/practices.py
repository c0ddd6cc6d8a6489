"""The practices: which of them send, to whom, and whether anybody there can sign in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from balance_alerts.domain.practice import Frequency, Practice
from balance_alerts.store import keys
from infra.operator.checks.finding import Finding, attention, ok, unchecked
from infra.operator.words import count_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from infra.operator.stack import Stack

_MOST_PAGES = 200
"""Megabytes of the table to look through: nothing but this lists practices that do not send."""


def settings(stack: Stack) -> Iterator[Finding]:
    """How each practice sends."""
    table = stack.output("TableName")
    dynamodb: DynamoDBClient = stack.client("dynamodb")
    ids, whole = practice_ids(dynamodb, table)
    for record in stack.wiring.practices.several(ids):
        yield told(record.to_domain())
    if not ids and whole:
        yield attention("there is no practice yet", "balance-alerts create-practice")
    if not whole:
        yield unchecked(f"practices beyond the first {_MOST_PAGES} MB of the table")


def practice_ids(dynamodb: DynamoDBClient, table: str) -> tuple[list[str], bool]:
    """Ids of the practices, in order, and whether all of the table was looked through."""
    _, only = keys.practice("")
    pages = dynamodb.get_paginator("scan").paginate(
        TableName=table,
        ProjectionExpression="practice_id",
        FilterExpression="sk = :practice",
        ExpressionAttributeValues={":practice": {"S": only}},
    )
    found: list[str] = []
    for number, page in enumerate(pages):
        if number == _MOST_PAGES:
            return sorted(found), False
        found += [item["practice_id"]["S"] for item in page["Items"]]
    return sorted(found), True


def told(practice: Practice) -> Finding:
    """How a practice sends."""
    practice_id, alerts = practice.practice_id, practice.alerts
    if alerts.frequency is Frequency.DONT_SEND:
        return attention(
            f"{practice_id} sends nothing: no frequency is chosen",
            f"balance-alerts settings {practice_id} --frequency two_weeks, once it is set up",
        )
    if alerts.paused:
        return attention(f"{practice_id} is paused", f"balance-alerts resume {practice_id}")
    kept_to = []
    if alerts.pilot_contacts is not None:
        kept_to.append(f"to {count_of(len(alerts.pilot_contacts), 'pilot contact')} only")
    if alerts.daily_limit is not None:
        kept_to.append(f"at most {alerts.daily_limit} a day")
    return ok(", ".join([f"{practice_id} sends, {alerts.frequency.value}", *kept_to]))


def staff(stack: Stack) -> Iterator[Finding]:
    """Whether somebody of each practice can sign in."""
    ids, _ = practice_ids(stack.client("dynamodb"), stack.output("TableName"))
    alone = [each for each in ids if not stack.wiring.team.page(each, after=None, limit=1)[0]]
    for practice_id in alone:
        yield attention(
            f"nobody of {practice_id} can sign in",
            f"balance-alerts invite {practice_id} --level therapy_director",
        )
    if not alone:
        yield ok(f"somebody can sign in at {count_of(len(ids), 'practice')}")
