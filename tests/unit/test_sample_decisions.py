"""What comes of the sample practice on its first day: every state the rules know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from balance_alerts.domain.account import Account, HoldReason, Subscription
from balance_alerts.domain.calendar import noon
from balance_alerts.domain.contact import Channel, ContactState
from balance_alerts.domain.decide import Reason, decide
from balance_alerts.domain.insurance_claim import REVERSAL, InsuranceClaim
from balance_alerts.domain.ledger import (
    EntryKind,
    LedgerEntry,
    counted_responsibilities,
    window_of,
)
from balance_alerts.domain.patient import PatientDetails
from balance_alerts.domain.patient_match import same_name
from infra.local import sample
from tests.unit.sample_day import DAYS, PATIENTS, REMITTANCES, SampleDay, sample_on


@pytest.mark.parametrize("today", DAYS)
def test_each_patient_is_due_or_not_as_the_readme_says(today: date) -> None:
    day = sample_on(today)
    for patient_id, expected in PATIENTS.items():
        account = _account(day, patient_id)
        decision = decide(account, day.practice, day.now)
        assert account.balance_cents == expected["balance_cents"], patient_id
        assert (decision.due, decision.reason) == (expected["due"], expected["reason"]), patient_id
        if decision.due:
            assert list(account.active_channels) == expected["channels"], patient_id


@pytest.mark.parametrize("today", DAYS)
def test_in_the_morning_patients_far_west_still_wait(today: date) -> None:
    day = sample_on(today)
    morning = datetime.combine(day.today, time(10), sample.practice_zone())
    for patient_id in ("HP-1035", "HP-1037"):
        account = _account(day, patient_id)
        assert decide(account, day.practice, morning).reason is Reason.OUTSIDE_SEND_WINDOW


def test_every_state_is_shown() -> None:
    reasons = Counter(expected["reason"] for expected in PATIENTS.values())
    channels = Counter(tuple(e["channels"]) for e in PATIENTS.values() if e["due"])
    # Not to be shown on a first day: a practice that is off, an open payment, a full day.
    unshown = {Reason.PRACTICE_OFF, Reason.PAYMENT_PENDING}
    at_other_hours = {Reason.OUTSIDE_SEND_WINDOW}
    assert set(reasons) == set(Reason) - unshown - at_other_hours | {None}
    assert reasons[None] >= 30
    assert all(channels[way] >= 5 for way in [("text",), ("email",), ("text", "email")])


@pytest.mark.parametrize("today", DAYS)
def test_every_reason_for_a_hold_is_shown(today: date) -> None:
    day = sample_on(today)
    assert {hold["reason"] for hold in day.staff["holds"]} == set(HoldReason)
    for hold in day.staff["holds"]:
        assert hold["until"] is None or date.fromisoformat(hold["until"]) >= day.today


def test_the_readme_tells_every_patient_s_story() -> None:
    readme = (sample.SAMPLE / "README.md").read_text("utf-8")
    rows = readme.partition("## What each patient shows")[2].splitlines()
    for patient_id, expected in PATIENTS.items():
        row = next(line for line in rows if line.startswith(f"| {patient_id} "))
        assert expected["shows"] in row
        assert f"{expected['balance_cents'] / 100:.2f}" in row
        assert (expected["reason"] or "due: ") in row


# -- a small stand-in for the store, written from the rules


def _account(day: SampleDay, patient_id: str) -> Account:
    patient = day.patients[patient_id]
    entries = [row.entry for row in day.entries if row.patient_id == patient_id]
    entries += _posted(day, patient_id)
    account = Account(
        practice_id=day.practice.practice_id,
        patient_id=patient_id,
        time_zone=patient.time_zone,
        text=_subscription(day, patient, Channel.TEXT),
        email=_subscription(day, patient, Channel.EMAIL),
        balance_cents=sum(entry.signed_cents for entry in entries),
        window=window_of(
            counted_responsibilities(entries), patient.time_zone or day.practice.time_zone
        ),
    )
    return replace(account, holds=_holds(day, patient_id, entries))


def _subscription(day: SampleDay, patient: PatientDetails, channel: Channel) -> Subscription:
    if patient.contact(channel) is None:
        return Subscription(patient.wants(channel) or None)
    state = next(
        (
            ContactState(report["state"])
            for report in day.staff["contacts"]
            if (report["patient_id"], report["channel"]) == (patient.patient_id, channel)
        ),
        ContactState.REACHABLE,
    )
    return Subscription(patient.wants(channel) or None, state)


def _holds(
    day: SampleDay, patient_id: str, entries: list[LedgerEntry]
) -> dict[HoldReason, date | None]:
    holds = {
        HoldReason(hold["reason"]): hold["until"] and date.fromisoformat(hold["until"])
        for hold in day.staff["holds"]
        if hold["patient_id"] == patient_id
    }
    for entry in entries:
        if entry.kind is EntryKind.CHARGEBACK:
            holds[HoldReason.DISPUTE] = entry.recorded_at.date() + timedelta(days=60)
    return holds


def _posted(day: SampleDay, patient_id: str) -> Iterator[LedgerEntry]:
    """What the remittances post to one patient: the change of each claim's level."""
    levels: dict[str, int] = {}
    for claim in (claim for name in REMITTANCES for claim in day.claims[name]):
        if not _is_about(day, claim, patient_id) or _parked(day, claim, patient_id, levels):
            continue
        level = 0 if claim.status == REVERSAL else claim.responsibility_cents
        change = level - levels.get(claim.case_id, 0)
        levels[claim.case_id] = level
        if change:
            yield LedgerEntry(
                entry_id=claim.key,
                kind=EntryKind.RESPONSIBILITY if change > 0 else EntryKind.ADJUSTMENT,
                amount_cents=change,
                case_id=claim.case_id,
                recorded_at=noon(claim.recorded_on, day.practice.time_zone),
            )


def _is_about(day: SampleDay, claim: InsuranceClaim, patient_id: str) -> bool:
    patient = day.patients[patient_id]
    cases = {row.entry.case_id for row in day.entries if row.patient_id == patient_id}
    return claim.case_id in cases | {patient_id} or (
        claim.member_id in (patient.member_ids or ())
        and same_name(claim.first_name, patient.first_name or "")
        and same_name(claim.last_name, patient.last_name or "")
    )


def _parked(day: SampleDay, claim: InsuranceClaim, patient_id: str, levels: dict[str, int]) -> bool:
    elsewhere = patient_id in day.staff["other_coverage"] and claim.status == "1"
    unseen = claim.status == REVERSAL and claim.case_id not in levels
    return claim.status in {"4", "19", "21"} or bool(claim.remarks) or elsewhere or unseen
