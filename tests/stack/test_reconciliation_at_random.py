"""Payments, their returns, webhooks, sweeps and kills in any order: ledger and gateway agree."""

from __future__ import annotations

import random
from collections import defaultdict
from contextlib import suppress
from datetime import timedelta

import pytest

from balance_alerts.domain.ledger import EntryKind
from infra.local.gateway import transactions as books
from infra.local.gateway.modes import GatewayMode
from infra.local.gateway.transactions import Transaction
from tests.stack.paying import Till
from tests.stack.reconciling import BackOffice
from tests.stack.workers import Killed, killed_at

PATIENTS = ("p-1", "p-2", "p-3")
OWED = 50_000
# Not those that hang: their charges are lost like the garbled ones, and a test has no time.
MODES = ("approve", "approve", "garbled", "garbled", "hold", "decline", "duplicate")
CALLS = ("BatchGetItem", "Query", "TransactWriteItems", "UpdateItem")
BANKS_ACT_WITHIN = timedelta(days=90)


class Chance:
    """Everybody who does something, by chance."""

    def __init__(self, office: BackOffice, seed: int) -> None:
        self.office, self.till = office, office.till
        self.gateway = office.till.gateway
        self.random = random.Random(seed)
        self.kills = 0
        self.words_on_old_charges = 0

    def do_something(self) -> None:
        acts = (self.pay, self.desk, self.news, self.run, self.time_passes)
        self.random.choice((*acts, self.pay, self.desk, self.bank))()

    def pay(self) -> None:
        self.gateway.set_mode(self.random.choice(MODES))
        patient_id = self.random.choice(PATIENTS)
        if not self.till.locked(patient_id):
            self.till.pay(patient_id, self.till.asked(self.random.randrange(100, 3_000)))
        self.gateway.set_mode(GatewayMode.APPROVE)

    def desk(self) -> None:
        """What staff and the gateway do."""
        found = self.random.choice([*self.transactions(), None])
        if found is None:
            self.gateway.settle()
            return
        desk = self.gateway.desk
        act = self.random.choice([desk.void, desk.refund, desk.refund, desk.release, desk.refuse])
        with suppress(ValueError):  # the gateway would not do it either
            if act == desk.refund:
                desk.refund(found.trans_id, self.random.randrange(1, found.amount_cents + 1))
            else:
                act(found.trans_id)

    def bank(self) -> None:
        """What a card's bank does, weeks after the charge perhaps."""
        for found in self.random.sample(self.transactions(), len(self.transactions())):
            age = self.till.clinic.stack.now() - found.submitted_at
            contested = found.status == books.CHARGED_BACK
            settled = contested or found.status == books.SETTLED
            if settled and age < BANKS_ACT_WITHIN and not self.refunds(found):
                word = books.WON_BACK if contested else books.CHARGED_BACK
                self.gateway.desk.hear_from_bank(found.trans_id, word)
                self.words_on_old_charges += int(age > timedelta(days=7))
                return

    def news(self) -> None:
        """A webhook about anything."""
        if self.transactions():
            self.office.take_in(self.random.choice(self.transactions()).trans_id)

    def run(self) -> None:
        """A run, killed perhaps; one that is not has no trouble."""
        everything = self.random.random() < 0.5
        if self.random.random() < 0.3:
            assert self.office.run(everything=everything).failures == 0
            return
        call, number = self.random.choice(CALLS), self.random.randrange(1, 3)
        with killed_at(call, call=number, after=self.random.random() < 0.5):
            try:
                assert self.office.run().failures == 0
            except Killed:
                self.kills += 1

    def time_passes(self) -> None:
        """Minutes, or weeks, in which the gateway settles as it does every day."""
        days = self.random.choice([0, 0, 0, 6, 20])
        if days:
            self.gateway.settle()
        self.office.pass_time(days=days, minutes=self.random.choice([1, 20, 300]))

    def transactions(self) -> list[Transaction]:
        return list(self.gateway._books.transactions.values())

    def refunds(self, charge: Transaction) -> int:
        """What was refunded of a charge and not voided again, in cents."""
        return sum(
            each.amount_cents
            for each in self.transactions()
            if each.ref_trans_id == charge.trans_id and each.status != books.VOIDED
        )

    def kept(self) -> dict[str, int]:
        """What the gateway has for the practice by charge, in cents."""
        taken = (books.PENDING, books.SETTLED, books.WON_BACK)
        kept = {
            each.trans_id: each.amount_cents - self.refunds(each) if each.status in taken else 0
            for each in self.transactions()
            if each.kind == books.CHARGE_TYPE
        }
        return {trans_id: cents for trans_id, cents in kept.items() if cents}

    def in_ledgers(self) -> dict[str, int]:
        """What the ledgers have as paid by charge, in cents, and that each is one payment."""
        paid: defaultdict[str, int] = defaultdict(int)
        for patient_id in PATIENTS:
            charge_of = {a.attempt_id: str(a.trans_id) for a in self.till.attempts(patient_id)}
            payments: defaultdict[str, int] = defaultdict(int)
            for entry in self.till.entries(patient_id):
                attempt_id = entry.entry_id.partition(".")[0]
                if entry.kind is not EntryKind.RESPONSIBILITY:
                    paid[charge_of[attempt_id]] -= entry.signed_cents
                    payments[attempt_id] += int(entry.kind is EntryKind.PAYMENT)
            assert set(payments.values()) <= {1}
            self.till.balance(patient_id)
        return {trans_id: cents for trans_id, cents in paid.items() if cents}


@pytest.mark.parametrize("seed", range(4))
def test_ledgers_and_gateway_agree_in_the_end(till: Till, seed: int) -> None:
    office = BackOffice(till)
    for patient_id in PATIENTS:
        till.clinic.patient(patient_id, owes=OWED)
    chance = Chance(office, seed)
    for _ in range(60):
        chance.do_something()
    for _ in range(4):
        till.gateway.settle()
        office.pass_time(days=5, hours=1)
        assert office.run().failures == 0
    assert office.orphans() == {}
    assert min(chance.kills, chance.words_on_old_charges) > 0, "nothing was tried"
    assert chance.in_ledgers() == chance.kept()
    assert sum(chance.kept().values()) == sum(OWED - till.balance(each) for each in PATIENTS)
    held = {each.invoice_number for each in chance.transactions() if each.status == books.HELD}
    assert {each.attempt_id for each in till.open_attempts()} == held
