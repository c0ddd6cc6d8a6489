"""What must hold after every step, whatever happened. Numbers are those of docs/simulation.md."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from balance_alerts.access.links import digest
from tests.simulation import items
from tests.simulation import second_opinion as second
from tests.simulation.consents import Consents
from tests.simulation.dynamo.expressions import Item
from tests.simulation.dynamo.storage import Key, Written
from tests.simulation.world.functions import Invocation
from tests.simulation.world.providers import Delivered
from tests.simulation.world.world import World

A_DECISION_LASTS = 10.0
A_MOMENT = 0.1
A_CLICK_LASTS = 30
"""Days after which a click's key may be used for another one."""
BRAKE = ("STACK", "BRAKE")
ITS_WAY_BACK = frozenset(
    {"BatchGetItem", "UpdateItem", "TransactWriteItems", "Publish", "SendEmail"}
)
"""Where nothing goes wrong, a worker learns that its claim holds, and can give it back."""
REMEMBERED = frozenset({"PRACTICE", "BRAKE", "CONTACT"})
"""What is decided by beside the account; the decision may be as old as it may be."""


@dataclass(eq=False)
class Claim:
    """That a worker took the right to alert an account."""

    claim_id: str
    account_key: Key
    before: Item
    entries: list[second.Entry]
    by: Invocation
    on: date
    at: datetime
    by_click: bool
    delivered: list[str] = field(default_factory=list)
    handed_over: bool = False
    disturbed_before: int = 0

    @property
    def disturbed_since(self) -> set[str]:
        """The operations at which something went wrong for its worker since it was set."""
        return set(self.by.disturbed[self.disturbed_before :])


@dataclass(eq=False)
class Seen:
    """What an invocation read last: items by key, and when."""

    items: dict[Key, list[tuple[float, Item | None]]] = field(
        default_factory=lambda: defaultdict(list)
    )


class Invariants:
    """Looks at every write, every read of a worker, and every message that a patient gets."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.claims: dict[str, Claim] = {}
        self.by_account: dict[Key, list[Claim]] = defaultdict(list)
        self._by_worker: dict[Invocation, list[Claim]] = defaultdict(list)
        self._delivered = 0
        self._happened: set[Hashable] = set()
        self._history: dict[Key, list[tuple[float, Item | None]]] = defaultdict(list)
        self.consents = Consents(world.clock.monotonic)
        world.on_answer.append(self.answered)

    # ------------------------------------------------------------ writes

    def written(self, writes: list[Written]) -> None:
        """Look at what one call wrote."""
        for one in writes:
            if one.key[1] == "ACCOUNT":
                self._look_for_claim(one)
            elif one.key[1] in REMEMBERED:
                self._history[one.key].append((self.world.clock.seconds, one.after))

    def _look_for_claim(self, one: Written) -> None:
        """A claim is a new claim id, and so a later day of the last alert."""
        if one.after is None or one.before is None:
            return
        claim_id = items.text(one.after, "claim_id")
        if claim_id is None or claim_id == items.text(one.before, "claim_id"):
            return
        if claim_id in self.claims:  # given back to what it was before
            return
        task = self.world.scheduler.current
        if task is None:
            return
        on = items.day(one.after, "last_alert_on")
        assert on is not None
        claim = Claim(
            claim_id=claim_id,
            account_key=one.key,
            before=one.before,
            entries=items.entries_of(self.world.storage.partition(one.key[0])),
            by=task.life.invocation,
            on=on,
            at=self.world.clock.now(),
            by_click=items.day(one.after, "sent_now_on") == on
            and items.day(one.before, "sent_now_on") != on,
            disturbed_before=len(task.life.invocation.disturbed),
        )
        self.claims[claim_id] = claim
        self.by_account[one.key].append(claim)
        self._by_worker[claim.by].append(claim)

    def ended(self, invocation: Invocation) -> None:
        """A claim whose worker lived on, and could read and write, is used or given back."""
        for claim in self._by_worker.get(invocation, []):
            if invocation.outcome != "done" or claim.disturbed_since & ITS_WAY_BACK:
                continue
            account = self.world.storage.items[claim.account_key]
            if items.text(account, "claim_id") == claim.claim_id and not claim.handed_over:
                self._fail("3 claimed", f"{claim.account_key[0]} is claimed and was not tried")

    # ------------------------------------------------------------ reads and sends

    def answered(self, invocation: Invocation, operation: str, request: Any) -> None:
        """Look at what an invocation asked for, once it took effect."""
        if operation == "BatchGetItem":
            seen: Seen = invocation.notes.setdefault("seen", Seen())
            ((_, wanted),) = json.loads(request.body)["RequestItems"].items()
            for each in wanted["Keys"]:
                key = each["pk"]["S"], each["sk"]["S"]
                found = self.world.storage.items.get(key)
                seen.items[key].append((self.world.clock.seconds, found))
        elif operation in ("Publish", "SendEmail"):
            for claim in self._by_worker.get(invocation, []):
                claim.handed_over = True
            for message in self.world.providers.delivered[self._delivered :]:
                self._delivered += 1
                self._check_delivery(invocation, message)

    def _check_delivery(self, invocation: Invocation, message: Delivered) -> None:
        link = self._link_of(message)
        if link is None:
            self._check_answer(message)
            return
        key = f"ACCOUNT#{link['practice_id']['S']}#{link['patient_id']['S']}", "ACCOUNT"
        claim = self._claim_of(invocation, message, link, key)
        if claim is None:
            self._check_fresh_link(invocation, message, key)
            return
        self.world.tell(f"    an alert by {message.channel} to {key[0]} for {claim.on}")
        if message.channel in claim.delivered:
            self._fail("1 twice", f"one alert of {key[0]} was delivered twice by {message.channel}")
        claim.delivered.append(message.channel)
        if len(claim.delivered) == 1:
            self._check_daily_limit(claim)
        self._check_rhythm(claim)
        self._check_decision(claim, invocation, message)

    def _check_answer(self, message: Delivered) -> None:
        """What bears no link is the receipt of a payment, or the answer to HELP, once a day."""
        self.world.tell(f"    {message.channel} without a link to {message.to}")
        day = self.world.clock.now().date() if message.channel == "text" else None
        self._once("1 answer", (message.channel, message.to, message.words, day), message.to)

    def _check_fresh_link(self, invocation: Invocation, message: Delivered, key: Key) -> None:
        """One goes out a day, to where the old one went."""
        if not invocation.notes.get("fresh_links"):
            self._fail("1 claim", f"a message to {key[0]} that nobody claimed")
        self.world.tell(f"    a fresh link by {message.channel} to {key[0]}")
        account = self.world.storage.items[key]
        practice = self.world.storage.items[f"PRACTICE#{account['practice_id']['S']}", "PRACTICE"]
        zone = ZoneInfo(items.text(account, "time_zone") or practice["time_zone"]["S"])
        day = self.world.clock.now().astimezone(zone).date()
        self._once("1 fresh link", (message.channel, key, day), key[0])

    def _once(self, invariant: str, what: Hashable, whose: str) -> None:
        if what in self._happened:
            self._fail(invariant, f"{whose} got one message twice")
        self._happened.add(what)

    def _link_of(self, message: Delivered) -> Item | None:
        if message.token is None:
            return None
        link = self.world.storage.items.get((f"LINK#{digest(message.token)}", "LINK"))
        if link is None:
            self._fail("1 link", "a message's link does not work")
        return link

    def _claim_of(
        self, invocation: Invocation, message: Delivered, link: Item, key: Key
    ) -> Claim | None:
        """A text is of the worker's claim if its link was made before: a fresh one comes after."""
        if message.tag is not None:
            return self.claims.get(message.tag)
        made_at = items.instant(link, "created_at")
        mine = [
            claim
            for claim in self.by_account[key]
            if claim.by is invocation and made_at is not None and made_at <= claim.at
        ]
        return mine[-1] if mine else None

    def _check_rhythm(self, claim: Claim) -> None:
        """One alert a period; by click one a day."""
        practice = self._practice(claim)
        period = second.DAYS_BETWEEN.get(practice["frequency"]["S"], 0)
        for other in self.by_account[claim.account_key]:
            if other is claim or not other.delivered:
                continue
            apart = (claim.on - other.on).days
            if claim.by_click and other.by_click:
                self._check_clicks(claim, other)
            if not claim.by_click and apart < period:
                self._fail(
                    "1 period",
                    f"{claim.account_key[0]} was alerted for {other.on} and again for {claim.on}",
                )

    def _check_daily_limit(self, claim: Claim) -> None:
        """No more go out a day than the practice wants."""
        practice = self._practice(claim)
        if "daily_limit" not in practice:
            return
        zone = ZoneInfo(practice["time_zone"]["S"])
        today = claim.at.astimezone(zone).date()
        practice_id = practice["practice_id"]["S"]
        out = [
            other
            for other in self.claims.values()
            if other.delivered
            and other.before["practice_id"]["S"] == practice_id
            and other.at.astimezone(zone).date() == today
        ]
        if len(out) > items.number(practice, "daily_limit"):
            self._fail("1 limit", f"{len(out)} alerts of {practice_id} went out on {today}")

    def _check_clicks(self, claim: Claim, other: Claim) -> None:
        if (claim.on - other.on).days == 0:
            self._fail("1 day", f"{claim.account_key[0]} was alerted by click twice a day")
        keys = {each.by.event["send_now"]["key_digest"] for each in (claim, other)}
        if len(keys) == 1 and abs((claim.at - other.at).days) < A_CLICK_LASTS:
            self._fail("1 click", f"{claim.account_key[0]} was alerted twice for one click")

    def _check_decision(self, claim: Claim, invocation: Invocation, message: Delivered) -> None:
        """The rules said yes to what was read, and that was not long ago."""
        seen: Seen = invocation.notes["seen"]
        version = claim.before["version"]
        reads = [
            at
            for at, item in seen.items[claim.account_key]
            if item is not None and item["version"] == version
        ]
        began = self._began()
        if not reads or began - reads[-1] > A_DECISION_LASTS + A_MOMENT:
            self._fail("2 age", f"{claim.account_key[0]} was decided on more than 10 s before")
            return
        patient = items.patient_of(claim.before, claim.entries)
        at = self.world.clock.now_at(began)
        practice_key = f"PRACTICE#{claim.before['practice_id']['S']}", "PRACTICE"
        reasons = {
            second.why_not(patient, items.clinic_of(practice, brake), at, by_click=claim.by_click)
            for practice in self._lately(practice_key, began)
            for brake in self._lately(BRAKE, began)
            if practice is not None
        }
        if None not in reasons:
            said = " or ".join(map(str, reasons))
            self._fail("2 rules", f"{claim.account_key[0]} was alerted against {said}")
        self._check_contact(claim, message, began)

    def _check_contact(self, claim: Claim, message: Delivered, began: float) -> None:
        """Nothing goes to a contact that could not be reached for the last 10 seconds."""
        practice_id = claim.before["practice_id"]["S"]
        if message.channel == "text":
            key = f"CONTACT#{message.to}", "CONTACT"
        else:
            key = f"CONTACT#{practice_id}#{message.to.casefold()}", "CONTACT"
        known = self._lately(key, began)
        states = {"gone" if item is None else item["state"]["S"] for item in known}
        if "reachable" not in states:
            said = ", ".join(states)
            self._fail("2 contact", f"{claim.account_key[0]} was alerted where it is {said}")
        practice_key = f"PRACTICE#{practice_id}", "PRACTICE"
        tried_out_on = [items.pilots_of(each) for each in self._lately(practice_key, began) if each]
        if not any(each is None or message.to.casefold() in each for each in tried_out_on):
            self._fail("2 pilot", f"{claim.account_key[0]} was alerted and is in no pilot")
        place = message.to if message.channel == "text" else key[0].removeprefix("CONTACT#")
        if self.consents.forbid(place.replace("#", " "), began - A_DECISION_LASTS - A_MOMENT):
            self._fail("2 consent", f"{claim.account_key[0]} was alerted where nobody wants it")

    def _lately(self, key: Key, began: float) -> list[Item | None]:
        """An item as it was at some time in the last ten seconds before a call."""
        since = began - A_DECISION_LASTS - A_MOMENT
        history = self._history[key]
        before = [item for at, item in history if at <= since][-1:] or [None]
        return before + [item for at, item in history if since < at <= began]

    def _practice(self, claim: Claim) -> Item:
        seen: Seen = claim.by.notes["seen"]
        key = f"PRACTICE#{claim.before['practice_id']['S']}", "PRACTICE"
        _, practice = seen.items[key][-1]
        assert practice is not None
        return practice

    def _began(self) -> float:
        task = self.world.scheduler.current
        assert task is not None
        return task.call_began_at

    def _fail(self, invariant: str, what: str) -> None:
        self.world.fail(invariant, what)
