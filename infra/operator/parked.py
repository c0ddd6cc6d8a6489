"""Deciding on what imports parked: `parked`, `release`, `dismiss`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from balance_alerts.domain.money import format_dollars
from balance_alerts.store.parked import ParkedKind, ParkedRecord
from infra.operator.known_practice import get_practice
from infra.operator.stack import Stack
from infra.operator.who import operator

if TYPE_CHECKING:
    from infra.operator.arguments import Commands

_REASONS = {
    "another_payer_follows": "another payer follows (status 19, 20 or 21)",
    "denied": "the payer denied it (status 4)",
    "nothing_to_reverse": "it reverses a claim that was never imported (status 22)",
    "forwarded": "not the payer's claim, forwarded (status 23)",
    "predetermination": "an estimate only (status 25)",
    "unknown_status": "a claim status that the 835 guide does not know",
    "cost_sharing_barred": "the patient may not be charged (remark N781, N782 or N783)",
    "other_coverage": "the first payer decided, another covers the patient too",
    "several_claims": "several claims of this case could be meant",
    "possible_duplicate": "an online payment of this amount was recorded within 3 days",
}


def add(commands: Commands) -> None:
    """Tell argparse about these commands."""
    listing = commands.add_parser("parked", help="list claims and payments that wait for staff")
    listing.add_argument("practice", metavar="PRACTICE")
    listing.set_defaults(run=_list)

    release = commands.add_parser("release", help="let a parked claim or payment count")
    release.set_defaults(run=_release)
    dismiss = commands.add_parser("dismiss", help="drop a parked claim or payment for good")
    dismiss.set_defaults(run=_dismiss)
    for command in (release, dismiss):
        command.add_argument("practice", metavar="PRACTICE")
        command.add_argument("item", metavar="ITEM", help="as `parked` lists it")
        command.add_argument("--note", default="", help="why")


def _list(stack: Stack, options: argparse.Namespace) -> int:
    get_practice(stack, options.practice)
    items = list(stack.wiring.parked_desk.waiting(options.practice))
    for item in items:
        print(_described(item))
    if not items:
        print("nothing is parked")
    return 0


def _release(stack: Stack, options: argparse.Namespace) -> int:
    practice = get_practice(stack, options.practice)
    desk = stack.wiring.parked_desk
    item = desk.release(practice, options.item, by=operator().name, note=options.note)
    account = stack.wiring.accounts.get(practice.practice_id, item.patient_id)
    balance = format_dollars(int(account.balance_cents))
    print(f"{item.item_id}: released; the balance of {item.patient_id} is now {balance}")
    return 0


def _dismiss(stack: Stack, options: argparse.Namespace) -> int:
    get_practice(stack, options.practice)
    desk = stack.wiring.parked_desk
    item = desk.dismiss(options.practice, options.item, by=operator().name, note=options.note)
    print(f"{item.item_id}: dismissed")
    return 0


def _described(item: ParkedRecord) -> str:
    amount = format_dollars(int(item.amount_cents))
    unit = "segment" if item.kind == ParkedKind.CLAIM else "line"
    return (
        f"{item.item_id}\n"
        f"    {item.kind} of patient {item.patient_id}, case {item.case_id}, {amount}: "
        f"{_REASONS.get(item.reason, item.reason)} (import {item.import_id}, {unit} {item.line})"
    )
