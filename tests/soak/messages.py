"""Whether each message had its reason, once, and nobody got too many. Numbers as elsewhere."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from balance_alerts.access.links import digest
from balance_alerts.domain.delivery import ChannelStatus
from infra.local.outbox import Message
from tests.simulation import items
from tests.simulation import second_opinion as second
from tests.simulation.dynamo.expressions import Item
from tests.soak.stored import Items
from tests.soak.world import Soak

BETWEEN_CLAIM_AND_HAND_OVER = timedelta(seconds=60)


class Alerts:
    """The alerts of all accounts, by account and by what their messages are known by."""

    def __init__(self, stored: Items) -> None:
        self.by_account: dict[str, list[Item]] = defaultdict(list)
        self.by_reference: dict[str, str] = {}
        for account in stored.accounts():
            pk = account["pk"]["S"]
            for item in stored.beginning(pk, "ALERT#"):
                alert_id = item["alert_id"]["S"]
                self.by_account[pk].append(item)
                self.by_reference[alert_id] = alert_id
                message_id = _channels(item).get("text", {}).get("message_id")
                if message_id:
                    self.by_reference[message_id] = alert_id


def _channels(alert: Item) -> dict[str, dict[str, str]]:
    told: dict[str, dict[str, str]] = json.loads(alert["channels"]["S"])
    return told


def check_messages(soak: Soak, stored: Items) -> None:
    """One alert a period, one message of it a channel, all of them in the history (1, 3)."""
    alerts = Alerts(stored)
    for pk, found in alerts.by_account.items():
        _check_rhythm(soak, stored, pk, found)
    _check_limits(soak, alerts)
    sent: Counter[tuple[str, ...]] = Counter()
    for message in soak.stack.outbox.messages():
        if message.link is None:
            continue
        link = stored.items.get((f"LINK#{digest(message.link.rpartition('/')[2])}", "LINK"))
        if link is None:
            soak.fail("1 link", f"the link of the {message.channel} {message.message_id} is gone")
            continue
        pk = f"ACCOUNT#{link['practice_id']['S']}#{link['patient_id']['S']}"
        reason = _reason_of(stored, alerts, pk, message)
        if reason is None:
            soak.fail("3 history", f"{pk} got a {message.channel} at {message.sent_at} for nothing")
        else:
            sent[*reason, message.channel] += 1
    for (*what, channel), times in sent.items():
        if times > 1:
            soak.fail("1 twice", f"{' '.join(what)} went out {times} times by {channel}")


def _reason_of(stored: Items, alerts: Alerts, pk: str, message: Message) -> tuple[str, ...] | None:
    """What a message was sent for: an alert, known by its id or as one whose outcome nobody knows;
    or the fresh link of a day, which somebody asked for."""
    for each in (message.message_id, *message.tags.get("alert_id", ())):
        if each in alerts.by_reference:
            return "alert", alerts.by_reference[each]
    channel = message.channel
    for item in stored.beginning(pk, f"FRESHLINK#{channel}#"):
        if _just_before(items.instant(item, "claimed_at"), message.sent_at):
            return "fresh link", pk, item["sk"]["S"]
    for item in alerts.by_account[pk]:
        unknown = _channels(item).get(channel, {}).get("status") == ChannelStatus.UNKNOWN.value
        if unknown and _just_before(items.instant(item, "claimed_at"), message.sent_at):
            return "alert", str(item["alert_id"]["S"])
    account = stored.items[pk, "ACCOUNT"]
    claimed, claim_id = items.instant(account, "claimed_at"), items.text(account, "claim_id")
    if claim_id and _just_before(claimed, message.sent_at):
        return "alert", claim_id
    return None


def _just_before(claimed_at: datetime | None, sent_at: datetime) -> bool:
    return (
        claimed_at is not None
        and timedelta(0) <= sent_at - claimed_at <= BETWEEN_CLAIM_AND_HAND_OVER
    )


def _check_rhythm(soak: Soak, stored: Items, pk: str, found: list[Item]) -> None:
    clicked = {item["alert_id"]["S"] for item in stored.beginning(pk, "SENTNOW#")}
    by_time = sorted(found, key=lambda item: item["claimed_at"]["S"])
    for earlier, later in pairwise(by_time):
        days = [date.fromisoformat(item["sent_on"]["S"]) for item in (earlier, later)]
        apart = (days[1] - days[0]).days
        if later["alert_id"]["S"] not in clicked:
            if apart < _period(soak, pk, earlier, later):
                soak.fail("1 period", f"{pk} was alerted for {days[0]} and again for {days[1]}")
        elif earlier["alert_id"]["S"] in clicked and apart < 1:
            soak.fail("1 day", f"{pk} was alerted by click twice on {days[0]}")


def _period(soak: Soak, pk: str, earlier: Item, later: Item) -> int:
    """The days of the shortest frequency that may have held between two alerts."""
    begin, end = (items.instant(item, "claimed_at") for item in (earlier, later))
    assert begin is not None
    assert end is not None
    held = soak.frequencies.between(pk.split("#")[1], begin, end)
    return min(second.DAYS_BETWEEN[each] for each in held)


def _check_limits(soak: Soak, alerts: Alerts) -> None:
    for office in soak.cast.offices:
        if office.daily_limit is None:
            continue
        days: Counter[date] = Counter()
        for person in office.people:
            for item in alerts.by_account[f"ACCOUNT#{office.practice_id}#{person.patient_id}"]:
                claimed = items.instant(item, "claimed_at")
                assert claimed is not None
                days[claimed.astimezone(ZoneInfo(office.zone)).date()] += 1
        for day, count in days.items():
            if count > office.daily_limit:
                soak.fail("1 limit", f"{count} alerts of {office.practice_id} went out on {day}")
