"""Whether all that was answered is there in the end, once. Numbers are docs/simulation.md's."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from datetime import date, timedelta

from balance_alerts.access.links import digest
from balance_alerts.domain.delivery import ChannelStatus, may_follow
from infra.local.gateway import transactions as books
from infra.local.provider_reports import ReportType
from tests.simulation import items
from tests.simulation.dynamo.expressions import Item
from tests.simulation.money import NOT_TAKEN, PAID
from tests.soak.stored import Items
from tests.soak.world import Soak

STATUSES = {
    ReportType.DELIVERED: ChannelStatus.DELIVERED,
    ReportType.BOUNCE: ChannelStatus.BOUNCED,
    ReportType.COMPLAINT: ChannelStatus.COMPLAINED,
    ReportType.OPT_OUT: ChannelStatus.OPTED_OUT,
}
LOST_BEFORE_AN_OUTAGE = 5.0
"""A record of the delivery log that the emulator was about to hand on is lost with it; AWS keeps
it. Nothing else may be."""


def check_found_again(soak: Soak, stored: Items) -> None:
    """Look for everything that a client had an answer for."""
    _check_answers(soak, stored)
    _check_clicks(soak, stored)
    _check_imports(soak, stored)
    _check_reports(soak, stored)
    _check_last_told(soak, stored)


def _check_answers(soak: Soak, stored: Items) -> None:
    """What was answered is there (3, 4)."""
    _check_entries(soak, stored)
    answers = soak.answers
    wanted = {(f"ACCOUNT#{office}#{patient}", "ACCOUNT") for office, patient in answers.patients}
    wanted |= {(f"QUESTION#{office}#{asked}", "QUESTION") for office, asked in answers.questions}
    wanted |= {(f"LINK#{digest(token)}", "LINK") for token in answers.links}
    for key in sorted(wanted - set(stored.items)):
        soak.fail("4 lost", f"{key[0]} was answered and is gone")
    for practice_id, patient_id, alert_id in answers.alerts:
        pk = f"ACCOUNT#{practice_id}#{patient_id}"
        known = {item["alert_id"]["S"] for item in stored.beginning(pk, "ALERT#")}
        if alert_id not in known | {items.text(stored.items[pk, "ACCOUNT"], "claim_id")}:
            soak.fail("3 lost", f"the alert {alert_id} of {pk}, sent by click, is gone")


def _check_entries(soak: Soak, stored: Items) -> None:
    """Each entry that was answered is in one ledger, once, as it was told (4)."""
    entries: dict[tuple[str, str], list[tuple[str, str, int]]] = defaultdict(list)
    for (pk, sk), item in stored.items.items():
        if pk.startswith("ACCOUNT#") and sk.startswith("ENTRY#"):
            _, practice_id, patient_id = pk.split("#")
            told = (patient_id, item["kind"]["S"], items.number(item, "amount_cents"))
            entries[practice_id, item["entry_id"]["S"]].append(told)
    for key, told in soak.answers.entries.items():
        if entries[key] != [told]:
            soak.fail("4 lost", f"entry {' '.join(key)} was {told}, is {entries[key]}")


def _check_clicks(soak: Soak, stored: Items) -> None:
    """One click is at most one payment, and whoever clicked was told the truth (5)."""
    by_attempt = {
        charge.invoice_number: charge
        for charge in soak.stack.gateway._books.charges()
        if charge.status != books.DECLINED
    }
    by_key = defaultdict(list)
    for click in soak.answers.clicks:
        by_key[click.practice_id, click.patient_id, click.key].append(click)
    for (practice_id, patient_id, key), answers in by_key.items():
        pk = f"ACCOUNT#{practice_id}#{patient_id}"
        payments = {each.payment_id for each in answers if each.payment_id is not None}
        if len(payments) > 1:
            soak.fail("5 click", f"one click of {pk} became {len(payments)} payments")
        if any(each.status == PAID for each in answers):
            for payment_id in payments:
                _check_paid(soak, stored, pk, str(payment_id), answers[0].cents)
        of_key = stored.items.get((pk, f"PAYMENTKEY#{_digest(key)}"))
        if payments and of_key is None:
            soak.fail("5 lost", f"nothing is known of a click of {pk} that was answered")
        attempt = None if of_key is None else of_key["attempt_id"]["S"]
        if all(each.code in NOT_TAKEN for each in answers) and attempt in by_attempt:
            soak.fail("5 answer", f"{pk} was told that {attempt} was not charged")


def _check_paid(soak: Soak, stored: Items, pk: str, payment_id: str, cents: int) -> None:
    attempt = stored.items.get((pk, f"ATTEMPT#{payment_id}"))
    if attempt is None:
        soak.fail("5 lost", f"the payment {payment_id} of {pk} was answered and is gone")
        return
    trans_id = items.text(attempt, "trans_id")
    posted = sum(
        items.number(item, "amount_cents")
        for item in stored.beginning(pk, "ENTRY#")
        if item["kind"]["S"] == "payment" and items.text(item, "external_ref") == trans_id
    )
    if posted != cents:
        soak.fail("5 lost", f"{payment_id} of {pk} paid {cents}, in the ledger are {posted}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _check_imports(soak: Soak, stored: Items) -> None:
    """Each file that was taken was taken in, every line of it once (4)."""
    outcomes = ("added", "changed", "unchanged", "parked", "refused")
    for (practice_id, import_id), lines in soak.answers.imports.items():
        found = stored.items.get((f"PRACTICE#{practice_id}", f"IMPORT#{import_id}"))
        state = None if found is None else found["state"]["S"]
        counted = 0 if found is None else sum(items.number(found, each) for each in outcomes)
        if state != "done" or counted != lines:
            said = f"is {state}, with {counted} of {lines} lines counted"
            soak.fail("4 import", f"the import {import_id} of {practice_id} {said}")


def _check_reports(soak: Soak, stored: Items) -> None:
    """What providers reported is known of the message (3), and who said STOP gets no more (2)."""
    for number in sorted(soak.answers.stopped):
        if stored.items[f"CONTACT#{number}", "CONTACT"]["state"]["S"] == "reachable":
            soak.fail("2 consent", f"{number} said STOP and is reachable")
    for told in soak.answers.reports:
        status = STATUSES.get(told.kind)
        found = stored.items.get((f"REPORT#{told.channel}#{told.reference}", "REPORT"))
        known = None if found is None else ChannelStatus(found["status"]["S"])
        if status is None or known == status or (known and may_follow(known, status)):
            continue
        gone = told.channel == "text"
        if gone and soak.outages.took_with_it(told.at, LOST_BEFORE_AN_OUTAGE):
            continue
        soak.fail("3 report", f"{told.reference} was reported as {status}, is {known}")


def _check_last_told(soak: Soak, stored: Items) -> None:
    """Files and settings are as staff left them (4)."""
    today = soak.stack.now().date() + timedelta(days=1)
    for subject, possible in soak.last_told.possible().items():
        kind, practice_id, *rest = subject
        if kind == "setting":
            found: object = _setting(stored.items[f"PRACTICE#{practice_id}", "PRACTICE"], rest[0])
        else:
            account = stored.items[f"ACCOUNT#{practice_id}#{rest[0]}", "ACCOUNT"]
            if kind == "mobile":
                found = items.text(account, "mobile")
            else:
                found = _hold(account, rest[1], today)
                possible = {_unless_over(value, today) for value in possible}
        if found not in possible:
            said = " or ".join(map(str, possible))
            soak.fail("4 told", f"{' '.join((kind, practice_id, *rest))} is {found}, was {said}")


def _setting(practice: Item, name: str) -> object:
    ((kind, value),) = practice[name].items()
    return int(value) if kind == "N" else value


def _hold(account: Item, reason: str, today: date) -> str | None:

    holds: dict[str, str | None] = json.loads(items.text(account, "holds") or "{}")
    return _unless_over(holds.get(reason), today)


def _unless_over(until: str | None, today: date) -> str | None:
    return None if until is None or date.fromisoformat(until) < today else until
