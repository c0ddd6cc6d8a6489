from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest

from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.practice import Practice
from balance_alerts.imports import claim_ledger
from balance_alerts.imports.claim_ledger import ClaimLedger
from balance_alerts.imports.parked import ParkedDesk
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.entries import entries_of
from balance_alerts.store.imports import ImportKind, ImportRecord, Imports
from balance_alerts.store.ledger import Ledger
from tests.component.imports.worker import PRACTICE, Worker, counts, entries, patients
from tests.unit.imports.remittances import claim_segments, remittance

REMITTANCE = ImportKind.REMITTANCE
DAY = "20260302"


@pytest.fixture(autouse=True)
def known_patients(worker: Worker) -> None:
    worker.take_in(
        ImportKind.PATIENTS,
        patients(
            {"patient_id": "p-1", "member_ids": "ABC123"},
            {"patient_id": "p-2", "member_ids": "ABC123", "first_name": "Luis"},
            {"patient_id": "p-3", "last_name": "Peña", "member_ids": "Z 9"},
        ),
    )
    worker.take_in(
        ImportKind.ENTRIES,
        entries(
            {"entry_id": "e-1", "case_id": "back"},
            {"entry_id": "e-2", "case_id": "knee"},
            {"entry_id": "e-3", "case_id": "knee", "patient_id": "p-2"},
        ),
    )


def take_in(worker: Worker, *claims: list[str], **file: str) -> ImportRecord:
    return worker.take_in(REMITTANCE, remittance(*claims, **({"recorded": DAY} | file)))


def posted(patient_id: str) -> list[tuple[str, str, int]]:
    """The ledger, but for the entries that the tests begin with."""
    return [
        (entry.case_id, entry.kind.value, entry.amount_cents)
        for entry in entries_of(PRACTICE, patient_id)
        if entry.entry_id.startswith("835-")
    ]


@pytest.mark.parametrize(
    ("claim", "patient_id"),
    [
        pytest.param(claim_segments("p-2", clp05="5"), "p-2", id="patient-id"),
        pytest.param(claim_segments("back", clp05="5", member_id=""), "p-1", id="case-id"),
        pytest.param(claim_segments("knee", clp05="5"), "p-1", id="case-of-two-member-decides"),
        pytest.param(claim_segments("new", clp05="5", name="ibarra*LUIS"), "p-2", id="member-id"),
        pytest.param(
            claim_segments("new", clp05="5", name="PENA*ANA", member_id="z9"), "p-3", id="accents"
        ),
    ],
)
def test_a_claim_finds_its_account(worker: Worker, claim: list[str], patient_id: str) -> None:
    assert counts(take_in(worker, claim)) == {"added": 1}
    assert [amount for _, _, amount in posted(patient_id)] == [5_00]


@pytest.mark.parametrize(
    "claim",
    [
        pytest.param(claim_segments("new", name="IBARRA*EVA"), id="other-first-name"),
        pytest.param(claim_segments("new", member_id="ABC124"), id="other-member-id"),
        pytest.param(claim_segments("new", member_id=""), id="no-member-id"),
        pytest.param(claim_segments("knee", name="SOLO*ANA"), id="case-of-two-other-name"),
    ],
)
def test_where_the_account_is_not_certain_nothing_is_guessed(
    worker: Worker, claim: list[str]
) -> None:
    record = take_in(worker, claim, claim_segments("p-1", clp05="5"))
    assert counts(record) == {"added": 1, "refused": 1}
    (refused,) = Imports().refused(PRACTICE, record.import_id)
    assert (refused.line, refused.code) == (8, "no_account")


def test_a_later_file_posts_the_difference_and_an_older_one_nothing(worker: Worker) -> None:
    take_in(worker, claim_segments("p-1", clp05="100"), recorded="20260220", control="1")
    take_in(worker, claim_segments("p-1", clp05="60"), recorded="20260301", control="2")
    late = take_in(worker, claim_segments("p-1", clp05="90"), recorded="20260225", control="3")
    assert counts(late) == {"unchanged": 1}
    assert posted("p-1") == [("p-1", "responsibility", 100_00), ("p-1", "adjustment", -40_00)]


def test_the_same_file_again_changes_nothing(worker: Worker) -> None:
    data = remittance(
        claim_segments("p-1", clp05="100"),
        claim_segments("p-2", status="19", clp05="30"),
        claim_segments("p-3"),
        recorded=DAY,
    )
    first = worker.take_in(REMITTANCE, data)
    assert counts(first) == {"added": 1, "parked": 1, "unchanged": 1}
    assert counts(worker.take_in(REMITTANCE, data)) == {"unchanged": 3}
    assert posted("p-1") == [("p-1", "responsibility", 100_00)]


def test_a_reversal_and_its_correction_are_one_change_of_level(worker: Worker) -> None:
    take_in(worker, claim_segments("p-1", clp05="100"), recorded="20260220", control="1")
    record = take_in(
        worker,
        claim_segments("p-1", status="22", clp05="-100"),
        claim_segments("p-1", clp05="130"),
        control="2",
    )
    assert counts(record) == {"added": 1, "unchanged": 1}
    assert posted("p-1")[1:] == [("p-1", "responsibility", 30_00)]


def test_a_reversal_alone_takes_the_level_back(worker: Worker) -> None:
    take_in(worker, claim_segments("p-1", clp05="100"), recorded="20260220", control="1")
    take_in(worker, claim_segments("p-1", status="22", clp05="-100"), control="2")
    assert posted("p-1")[1:] == [("p-1", "adjustment", -100_00)]


@pytest.mark.parametrize(
    ("correction", "reason"),
    [
        ({"status": "19"}, "another_payer_follows"),
        ({"status": "20"}, "another_payer_follows"),
        ({"status": "21"}, "another_payer_follows"),
        ({"status": "4"}, "denied"),
        ({"status": "23"}, "forwarded"),
        ({"status": "25"}, "predetermination"),
        ({"status": "99"}, "unknown_status"),
        ({"status": "1", "extra": ["MOA***N781"]}, "cost_sharing_barred"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(map(str, value.values())),
)
def test_a_reversal_counts_though_its_correction_is_parked(
    worker: Worker, desk: ParkedDesk, practice: Practice, correction: dict[str, Any], reason: str
) -> None:
    take_in(worker, claim_segments("p-1", clp05="100"), recorded="20260220", control="1")
    second = remittance(
        claim_segments("p-1", status="22", clp05="-100"),
        claim_segments("p-1", clp05="130", **correction),
        recorded=DAY,
        control="2",
    )
    assert counts(worker.take_in(REMITTANCE, second)) == {"added": 1, "parked": 1}
    assert posted("p-1")[1:] == [("p-1", "adjustment", -100_00)]
    (item,) = desk.waiting(PRACTICE)
    assert item.reason == reason
    assert counts(worker.take_in(REMITTANCE, second)) == {"unchanged": 2}
    desk.release(practice, item.item_id, by="Sam", note="")
    assert posted("p-1")[2:] == [("p-1", "responsibility", 130_00)]
    assert counts(worker.take_in(REMITTANCE, second)) == {"unchanged": 2}


@pytest.mark.parametrize(
    ("case_id", "correction", "code"),
    [
        pytest.param("p-1", {"clp05": "-5"}, "negative_responsibility", id="negative"),
        pytest.param("p-1", {"clp05": "200000"}, "amount_too_large", id="too-large"),
        pytest.param("knee", {"clp05": "130", "member_id": ""}, "no_account", id="no-account"),
    ],
)
def test_a_reversal_counts_though_its_correction_is_refused(
    worker: Worker, case_id: str, correction: dict[str, Any], code: str
) -> None:
    take_in(worker, claim_segments(case_id, clp05="100"), recorded="20260220", control="1")
    record = take_in(
        worker,
        claim_segments(case_id, status="22", clp05="-100"),
        claim_segments(case_id, **correction),
        control="2",
    )
    assert counts(record) == {"added": 1, "refused": 1}
    assert [refused.code for refused in Imports().refused(PRACTICE, record.import_id)] == [code]
    assert posted("p-1")[1:] == [(case_id, "adjustment", -100_00)]


def test_two_visits_of_one_day_under_one_number_wait_for_staff(
    worker: Worker, desk: ParkedDesk
) -> None:
    day = ["DTM*232*20260210"]
    record = take_in(
        worker,
        claim_segments("p-1", clp05="100", payer_claim_id="icn-1", extra=day),
        claim_segments("p-1", clp05="40", payer_claim_id="icn-2", extra=day),
    )
    assert counts(record) == {"added": 1, "parked": 1}
    assert posted("p-1") == [("p-1", "responsibility", 100_00)]
    assert [item.reason for item in desk.waiting(PRACTICE)] == ["several_claims"]


def test_primary_claims_of_patients_with_other_coverage_are_parked(
    worker: Worker, accounts: Accounts, desk: ParkedDesk
) -> None:
    def covered(account: AccountRecord) -> None:
        account.other_coverage = True

    accounts.change(PRACTICE, "p-1", covered)
    first = take_in(worker, claim_segments("p-1", clp05="100"), recorded="20260220", control="1")
    assert counts(first) == {"parked": 1}
    assert [item.reason for item in desk.waiting(PRACTICE)] == ["other_coverage"]
    assert counts(take_in(worker, claim_segments("p-1", status="2", clp05="10"), control="2")) == {
        "added": 1
    }
    assert posted("p-1") == [("p-1", "responsibility", 10_00)]


def test_a_released_claim_counts_and_a_newer_level_stands(
    worker: Worker, desk: ParkedDesk, practice: Practice
) -> None:
    take_in(worker, claim_segments("p-1", status="4", clp05="100"), recorded="20260220")
    (item,) = desk.waiting(PRACTICE)
    assert not {"first_name", "last_name", "member_id"} & set(item.content["claim"])
    desk.release(practice, item.item_id, by="Sam", note="")
    assert posted("p-1") == [("p-1", "responsibility", 100_00)]
    assert list(desk.waiting(PRACTICE)) == []
    take_in(worker, claim_segments("p-1", status="2", clp05="40"), control="2")
    assert posted("p-1")[1:] == [("p-1", "adjustment", -60_00)]


def test_a_claim_overtaken_while_it_was_parked_cannot_be_released(
    worker: Worker, desk: ParkedDesk, practice: Practice
) -> None:
    take_in(worker, claim_segments("p-1", status="19", clp05="100"), recorded="20260220")
    take_in(worker, claim_segments("p-1", status="2", clp05="40"), control="2")
    (item,) = desk.waiting(PRACTICE)
    with pytest.raises(Exception, match="newer adjudication"):
        desk.release(practice, item.item_id, by="Sam", note="")
    assert posted("p-1") == [("p-1", "responsibility", 40_00)]
    assert [waiting.item_id for waiting in desk.waiting(PRACTICE)] == [item.item_id]


def test_a_claim_that_was_posted_is_released_however_many_followed(
    worker: Worker, desk: ParkedDesk, practice: Practice
) -> None:
    """Its worker was killed before the decision, and its level has forgotten it by now."""
    take_in(worker, claim_segments("p-1", status="4", clp05="100"), recorded="20260201")
    (item,) = desk.waiting(PRACTICE)
    with patch.object(desk, "_decide", side_effect=ConnectionError), pytest.raises(ConnectionError):
        desk.release(practice, item.item_id, by="Sam", note="")
    for day in range(2, 10):
        later = claim_segments("p-1", status="2", clp05=f"{day}")
        take_in(worker, later, recorded=f"2026020{day}", control=f"{day}")
    desk.release(practice, item.item_id, by="Ana", note="")
    assert sum(cents for _, _, cents in posted("p-1")) == 9_00
    with pytest.raises(RuleError) as refused:
        desk.dismiss(PRACTICE, item.item_id, by="Ana", note="")
    assert refused.value.code == "released_before"


class Killed(BaseException):
    """The worker's process ends here."""


@pytest.mark.parametrize("call", ["write_ahead", "settle"])
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_worker_killed_at_any_step_of_a_claim_is_made_good_by_the_next(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, call: str, before: bool
) -> None:
    job = worker.upload(
        REMITTANCE, remittance(claim_segments("p-1", clp05="100"), recorded="20260220")
    )
    step = getattr(claim_ledger, call)

    def kill(*args: object, **options: object) -> None:
        if not before:
            step(*args, **options)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(claim_ledger, call, kill)
        with pytest.raises(Killed):
            worker.run(job)
    take_in(worker, claim_segments("p-1", clp05="60"), recorded="20260301", control="2")
    worker.run(job)
    assert sum(amount for _, _, amount in posted("p-1")) == 60_00
    assert counts(Imports().get(PRACTICE, job.import_id)) in ({"added": 1}, {"unchanged": 1})


def test_a_claim_the_ledger_refuses_leaves_its_level_as_it_was(
    worker: Worker, ledger: Ledger, claims: ClaimLedger
) -> None:
    record = take_in(worker, claim_segments("p-1", clp05="100000.01"), recorded="20260220")
    assert counts(record) == {"refused": 1}
    take_in(worker, claim_segments("p-1", clp05="60"), control="2")
    assert posted("p-1") == [("p-1", "responsibility", 60_00)]
