"""What must hold of payments: ledger and gateway tell the same, whatever was lost between them."""

from __future__ import annotations

import csv
from collections import defaultdict
from io import StringIO
from typing import Any

from infra.local.gateway import transactions as books
from infra.local.gateway.gateway import Gateway
from tests.simulation import items
from tests.simulation.cast import Person
from tests.simulation.dynamo.expressions import Item
from tests.simulation.dynamo.storage import Key, Written
from tests.simulation.world.functions import Invocation
from tests.simulation.world.world import World

NOT_CHARGED = frozenset({books.DECLINED, books.HELD})
UNDER_WAY = frozenset({books.PENDING, books.HELD})
KEEPS = frozenset({books.PENDING, books.SETTLED, books.WON_BACK})
TAKES_BACK = frozenset({"refund", "chargeback"})
PAID = 201
NOT_TAKEN = frozenset({"declined", "gateway_unavailable"})
A_KEY_LASTS = 86_400.0
State = tuple[int, str | None]
"""The balance of an account, and its open payment."""


class Money:
    """Looks at every charge, every payment posted, and every balance shown."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        self.world = world
        self.gateway = gateway
        self._seen = 0
        self._clicks: dict[str, list[tuple[float, str]]] = defaultdict(list)
        self._states: dict[Key, list[State]] = defaultdict(list)
        self._owners: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._doubtful: set[tuple[str, str]] = set()
        world.on_answer.append(self.answered)

    def answered(self, invocation: Invocation, operation: str, _: Any) -> None:
        """Look at what the gateway was asked to charge."""
        if operation != "Gateway":
            return
        charges = self.gateway._books.charges()
        for charge in charges[self._seen :]:
            self._seen += 1
            self.world.tell(f"    charged {charge.amount_cents} ({charge.status})")
            if charge.status != books.DECLINED:
                self._check_charge(invocation, charge)

    def _check_charge(self, invocation: Invocation, charge: books.Transaction) -> None:
        key = invocation.event["headers"]["idempotency-key"]
        before = self._clicks[key]
        if any(self.world.clock.seconds - at < A_KEY_LASTS for at, _ in before):
            self._fail("5 click", f"the click {key} charged a card twice")
        for other in self.gateway._books.charges():
            if other is not charge and other.status in UNDER_WAY and self._is_beside(charge, other):
                self._fail("5 second", f"a second card was charged before {other.trans_id} counts")
        before.append((self.world.clock.seconds, charge.trans_id))
        practice = self.world.storage.items[f"PRACTICE#{charge.merchant}", "PRACTICE"]
        if "gateway" not in practice:
            self._fail("5 connection", "a card was charged by an account that was given up")
        owner = self.world.storage.items.get(
            (f"ATTEMPT#{charge.merchant}#{charge.invoice_number}", "ATTEMPT")
        )
        if owner is None:
            self._fail("5 attempt", "a card was charged for an attempt that nobody knows")
            return
        account = self.world.storage.items[
            f"ACCOUNT#{charge.merchant}#{owner['patient_id']['S']}", "ACCOUNT"
        ]
        if items.text(account, "open_attempt") != charge.invoice_number:
            self._fail("5 lock", "a card was charged while the account was not locked for it")

    def said_falsely(self, practice_id: str, attempt_id: str) -> None:
        """Somebody settles an attempt by hand and errs: what follows from that is their doing."""
        self._doubtful.add((practice_id, attempt_id))

    def is_doubtful(self, practice_id: str, charge: books.Transaction) -> bool:
        """Whether somebody may have given a charge to another payment, or erred about its own."""
        key = practice_id, charge.invoice_number
        owners = self._owners[practice_id, charge.trans_id]
        owner = self.world.storage.items[f"ATTEMPT#{key[0]}#{key[1]}", "ATTEMPT"]
        own = f"ACCOUNT#{practice_id}#{owner['patient_id']['S']}"
        return key in self._doubtful or not owners <= {own}

    def _is_beside(self, charge: books.Transaction, other: books.Transaction) -> bool:
        """Whether another charge of the same patient is not in the ledger yet."""
        if other.merchant != charge.merchant or self.is_doubtful(other.merchant, other):
            return False
        owners = [
            self.world.storage.items[f"ATTEMPT#{one.merchant}#{one.invoice_number}", "ATTEMPT"]
            for one in (charge, other)
        ]
        posted = self._owners[other.merchant, other.trans_id]
        return owners[0]["patient_id"] == owners[1]["patient_id"] and not posted

    def written(self, writes: list[Written]) -> None:
        """Look at what one call wrote."""
        for one in writes:
            if one.after is None or not one.key[0].startswith("ACCOUNT#"):
                continue
            if one.key[1].startswith("ATTEMPT#"):
                self._check_absence(one.after)
            if one.key[1] == "ACCOUNT":
                state = (
                    items.number(one.after, "balance_cents"),
                    items.text(one.after, "open_attempt"),
                )
                self._states[one.key].append(state)
            elif one.key[1].startswith("ENTRY#") and one.after["kind"]["S"] == "payment":
                self._check_posted(one.key[0], one.after)
            elif one.key[1].startswith("ENTRY#") and one.after["kind"]["S"] in TAKES_BACK:
                self._check_returned(one.key[0], one.after)

    def _check_posted(self, pk: str, entry: Item) -> None:
        trans_id = items.text(entry, "external_ref")
        if trans_id is None:
            return
        practice_id = pk.split("#")[1]
        charge = self.gateway._books.find(trans_id, practice_id)
        if charge is None or charge.status in NOT_CHARGED:
            self._fail("5 posted", f"transaction {trans_id} is a payment and was not charged")
            return
        owners = self._owners[practice_id, trans_id]
        owners.add(pk)
        parts = [
            items.number(item, "amount_cents")
            for item in self.world.storage.partition(pk)
            if item["sk"]["S"].startswith("ENTRY#")
            and item["kind"]["S"] == "payment"
            and items.text(item, "external_ref") == trans_id
        ]
        if len(owners) > 1 or sum(parts) != charge.amount_cents:
            self._fail("5 posted", f"{charge.amount_cents} were charged and {parts} posted")

    def _check_returned(self, pk: str, entry: Item) -> None:
        """No more goes back than the gateway says: by a refund, a void or a chargeback."""
        trans_id, kind = items.text(entry, "external_ref"), entry["kind"]["S"]
        found = trans_id and self.gateway._books.find(trans_id, pk.split("#")[1])
        if not found:
            return
        back = sum(
            items.number(item, "amount_cents")
            for item in self.world.storage.partition(pk)
            if item["sk"]["S"].startswith("ENTRY#")
            and (items.text(item, "external_ref"), item["kind"]["S"]) == (trans_id, kind)
        )
        if back > found.amount_cents:
            self._fail("5 returned", f"{found.amount_cents} of {trans_id} went back, {back} posted")

    def _check_absence(self, attempt: Item) -> None:
        """What is given up as not charged was not: the gateway lists late, but within a day."""
        if attempt["state"]["S"] != "failed" or items.text(attempt, "detail") != "not_charged":
            return
        for charge in self._charges_of(attempt):
            if charge.status in KEEPS:
                self._fail("5 absent", f"{charge.trans_id} was charged and its attempt given up")

    def _charges_of(self, attempt: Item) -> list[books.Transaction]:
        return [
            charge
            for charge in self.gateway._books.charges()
            if (charge.merchant, charge.invoice_number)
            == (attempt["practice_id"]["S"], attempt["attempt_id"]["S"])
        ]

    def check_by_hand(self, asked: Item, trans_id: str | None) -> None:
        """Whoever settled an attempt by hand, and was answered that it is so, finds it so."""
        attempt = self.world.storage.items[asked["pk"]["S"], asked["sk"]["S"]]
        state = attempt["state"]["S"]
        good = ("approved",) if trans_id else ("approved", "failed", "declined")
        account = self.world.storage.items[asked["pk"]["S"], "ACCOUNT"]
        locked = items.text(account, "open_attempt") == attempt["attempt_id"]["S"]
        if state not in good or locked:
            self._fail("5 by hand", f"{attempt['attempt_id']['S']} was settled and is {state}")

    def check_answer(self, key: str, status: int, code: str | None) -> None:
        """Whoever clicked is told the truth: paid is posted, not charged is not charged."""
        charged = [trans_id for _, trans_id in self._clicks[key]]
        if status == PAID and not any(self._owners[owner] for owner in self._keys_of(charged)):
            self._fail("5 paid", f"the click {key} was answered as paid, and is not in the ledger")
        if code in NOT_TAKEN and charged:
            self._fail("5 answer", f"the click {key} was answered as {code}, and was charged")

    def _keys_of(self, trans_ids: list[str]) -> list[tuple[str, str]]:
        charges = (self.gateway._books.transactions[trans_id] for trans_id in trans_ids)
        return [(charge.merchant, charge.trans_id) for charge in charges]

    def check_report(self, practice_id: str, table: str) -> None:
        """A report of payments tells of those of its practice, each as it was charged."""
        for row in csv.DictReader(StringIO(table.removeprefix("\ufeff"))):
            charge = self.gateway._books.find(row["transaction_id"].lstrip("'"), practice_id)
            if charge is None or f"{charge.amount_cents / 100:.2f}" != row["amount"]:
                self._fail("5 report", f"a report of {practice_id} tells of {row['payment_id']}")

    def moment(self, person: Person) -> int:
        """What is seen from now on is of this moment or a later one."""
        return len(self._states[_account(person)]) - 1

    def check_seen(self, person: Person, balance: dict[str, Any], since: int) -> None:
        """A patient sees their own balance, in parts that add up to it.

        It is of some moment since they asked. Where no payment is shown, none was open then that
        was open before: its charge would be missing in the balance.
        """
        key = _account(person)
        states, shown = self._states[key][since:], balance["balance_cents"]
        then = [attempt for cents, attempt in states if cents == shown]
        if not then:
            self._fail("6 balance", f"{key[0]} was shown a balance that it did not have")
        elif balance["open_payment"] is None and set(then) == {states[0][1]} - {None}:
            self._fail("6 open", f"{key[0]} was shown what it owed before an open payment")
        if not balance["first_name"].endswith(person.patient_id[-1]):
            self._fail("6 patient", f"{key[0]} was shown somebody else")
        if sum(case["balance_cents"] for case in balance["cases"]) != balance["balance_cents"]:
            self._fail("6 sum", f"{key[0]} was shown cases that do not add up to the balance")

    def check_calm(self) -> None:
        """Once everything was told and read again: what the gateway keeps is in the ledger."""
        orphans = self._orphans()
        for charge in self.gateway._books.charges():
            if charge.trans_id in orphans or charge.status == books.HELD:
                continue
            refunds = [
                other
                for other in self.gateway._books.transactions.values()
                if other.ref_trans_id == charge.trans_id and other.status != books.VOIDED
            ]
            kept = charge.amount_cents if charge.status in KEEPS else 0
            kept -= sum(refund.amount_cents for refund in refunds if kept)
            refs = {charge.trans_id, *(refund.trans_id for refund in refunds)}
            if self._is_reversed_by_hand(charge.merchant, refs):
                continue
            posted = self._posted(charge.merchant, refs)
            if posted != kept:
                self._fail(
                    "5 missing",
                    f"the gateway keeps {kept} of {charge.trans_id} ({charge.status}), "
                    f"the ledger says {posted}",
                )
        self.check_states()

    def check_states(self) -> None:
        """Once everything was looked up: each attempt stands as it ended, and none is open."""
        orphans = self._orphans()
        for key, item in self.world.storage.items.items():
            if key[1] == "ACCOUNT" and "open_attempt" in item:
                self._check_open(item, orphans)
            elif key[0].startswith("ACCOUNT#") and key[1].startswith("ATTEMPT#"):
                self._check_state(item)

    def _orphans(self) -> set[str]:
        items = self.world.storage.items
        return {key[1].split("#")[1] for key in items if key[1].startswith("ORPHAN#")}

    def _posted(self, practice_id: str, refs: set[str]) -> int:
        found = 0
        for key, item in self.world.storage.items.items():
            if not key[1].startswith("ENTRY#") or not key[0].startswith(f"ACCOUNT#{practice_id}#"):
                continue
            if items.text(item, "external_ref") in refs:
                cents = items.number(item, "amount_cents")
                found += cents if item["kind"]["S"] == "payment" else -cents
        return found

    def _is_reversed_by_hand(self, practice_id: str, refs: set[str]) -> bool:
        """Whether the practice itself took back what was posted, as it may."""
        by_hand = {
            item["reverses"]["S"]
            for key, item in self.world.storage.items.items()
            if key[0].startswith(f"ACCOUNT#{practice_id}#")
            and "reverses" in item
            and items.text(item, "external_ref") is None
        }
        return any(
            item["entry_id"]["S"] in by_hand
            for key, item in self.world.storage.items.items()
            if key[0].startswith(f"ACCOUNT#{practice_id}#")
            and key[1].startswith("ENTRY#")
            and items.text(item, "external_ref") in refs
        )

    def _check_state(self, attempt: Item) -> None:
        """What the patient reads of a payment is what their ledger says."""
        state, attempt_id = attempt["state"]["S"], attempt["attempt_id"]["S"]
        posted = any(
            self._owners[charge.merchant, charge.trans_id] == {attempt["pk"]["S"]}
            for charge in self._charges_of(attempt)
        )
        account = self.world.storage.items[attempt["pk"]["S"], "ACCOUNT"]
        is_open = state in ("sending", "unknown", "held")
        if is_open != (items.text(account, "open_attempt") == attempt_id):
            self._fail("5 state", f"{attempt_id} is {state}, which its account does not know")
        if posted and state != "approved":
            self._fail("5 state", f"{attempt_id} is in the ledger and {state}")

    def _check_open(self, account: Item, orphans: set[str]) -> None:
        attempt_id = account["open_attempt"]["S"]
        held = [
            charge
            for charge in self.gateway._books.charges()
            if charge.invoice_number == attempt_id
            and (charge.status == books.HELD or charge.trans_id in orphans)
        ]
        if not held:
            self._fail("5 open", f"the attempt of {account['pk']['S']} is never settled")

    def _fail(self, invariant: str, what: str) -> None:
        self.world.fail(invariant, what)


def _account(person: Person) -> Key:
    return f"ACCOUNT#{person.practice_id}#{person.patient_id}", "ACCOUNT"
