"""Posting entries: once each, the balance with them, the window and the due index behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from balance_alerts.domain.account import HoldReason
from balance_alerts.domain.ledger import EntryKind, LedgerEntry
from balance_alerts.domain.practice import Practice
from balance_alerts.store import keys, patient_finder
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.entries import CaseRecord, entries_of
from balance_alerts.store.ledger import ENTRIES_A_TRANSACTION, Ledger
from balance_alerts.store.posting import Posting, PostingOutcome
from balance_alerts.store.registration import Registration
from tests.builders import at, entry, patient
from tests.component.conftest import StoppedClock

Post = Callable[..., list[Posting]]
PAYMENT, ADJUSTMENT = EntryKind.PAYMENT, EntryKind.ADJUSTMENT


@pytest.fixture(autouse=True)
def two_patients(registration: Registration, practice: Practice) -> None:
    for patient_id in ("p-1", "p-2"):
        registration.register(practice, patient(patient_id), recorded_by="test", now=at(0))


@pytest.fixture
def post(ledger: Ledger, practice: Practice) -> Post:
    def post(*entries: LedgerEntry, patient_id: str = "p-1") -> list[Posting]:
        return ledger.post(practice, patient_id, entries)

    return post


def stored(patient_id: str = "p-1") -> AccountRecord:
    return Accounts().get("harbor", patient_id)


def cases(patient_id: str = "p-1") -> dict[str, int]:
    pk, _ = keys.account("harbor", patient_id)
    found = CaseRecord.query(pk, CaseRecord.sk.startswith("CASE#"))
    return {case.case_id: int(case.balance_cents) for case in found}


def outcomes(postings: list[Posting]) -> list[str]:
    return [posting.code or posting.outcome.value for posting in postings]


def test_entries_add_up_to_the_balance_over_all_cases(post: Post) -> None:
    posted = post(
        entry("owed-1", cents=12_000),
        entry("owed-2", cents=4_000, case_id="back"),
        entry("paid", PAYMENT, 5_000),
        entry("credit", ADJUSTMENT, -9_000, case_id="back"),
        entry("refund", EntryKind.REFUND, 100),
    )
    assert outcomes(posted) == ["added"] * 5
    assert stored().balance_cents == 2_100
    assert cases() == {"knee": 7_100, "back": -5_000}
    assert sum(one.signed_cents for one in entries_of("harbor", "p-1")) == 2_100


def test_an_entry_sent_again_adds_nothing(post: Post) -> None:
    assert outcomes(post(entry("e"), entry("e"))) == ["added", "unchanged"]
    assert outcomes(post(entry("e"))) == ["unchanged"]
    assert stored().balance_cents == 5_000


@pytest.mark.parametrize(
    "changed",
    [
        {"amount_cents": 5_001},
        {"kind": PAYMENT},
        {"case_id": "back"},
        {"recorded_at": at(0, "10:01")},
        {"service_date": date(2026, 3, 1)},
    ],
    ids=str,
)
def test_the_same_id_with_other_content_is_a_conflict(
    post: Post, changed: dict[str, object]
) -> None:
    post(entry("e"))
    assert outcomes(post(replace(entry("e"), **changed))) == ["entry_conflict"]
    assert stored().balance_cents == 5_000


def test_an_id_is_unique_in_the_practice_not_only_in_the_account(post: Post) -> None:
    post(entry("e"))
    assert outcomes(post(entry("e"), patient_id="p-2")) == ["entry_conflict"]
    assert stored("p-2").balance_cents == 0


REVERSAL = entry("undo", ADJUSTMENT, -5_000, recorded_at=at(1), reverses="e")


@pytest.mark.parametrize(
    ("before", "reversal", "patient_id", "outcome"),
    [
        pytest.param([entry("e")], REVERSAL, "p-1", "added", id="in full"),
        pytest.param(
            [entry("e")],
            replace(REVERSAL, amount_cents=-4_999),
            "p-1",
            "reversal_not_in_full",
            id="in part",
        ),
        pytest.param([], REVERSAL, "p-1", "reverses_unknown_entry", id="of nothing"),
        pytest.param(
            [entry("e")], REVERSAL, "p-2", "reverses_unknown_entry", id="of another patient's entry"
        ),
        pytest.param(
            [entry("e")],
            replace(REVERSAL, case_id="back"),
            "p-1",
            "reverses_other_case",
            id="in another case",
        ),
        pytest.param(
            [entry("e"), replace(REVERSAL, entry_id="earlier")],
            REVERSAL,
            "p-1",
            "already_reversed",
            id="a second time",
        ),
        pytest.param(
            [entry("first"), entry("e", ADJUSTMENT, -5_000, reverses="first")],
            replace(REVERSAL, amount_cents=5_000),
            "p-1",
            "reverses_a_reversal",
            id="of a reversal",
        ),
        pytest.param(
            [entry("e", PAYMENT)],
            replace(REVERSAL, amount_cents=5_000),
            "p-1",
            "added",
            id="of a payment that bounced",
        ),
    ],
)
@pytest.mark.parametrize("together", [True, False], ids=["in one go", "one after the other"])
def test_a_reversal_cancels_one_whole_entry(
    post: Post,
    before: list[LedgerEntry],
    reversal: LedgerEntry,
    patient_id: str,
    outcome: str,
    together: bool,
) -> None:
    if together and patient_id == "p-1":
        posted = post(*before, reversal)
    else:
        post(*before)
        posted = post(reversal, patient_id=patient_id)
    assert outcomes(posted)[-1] == outcome


def test_a_reversed_responsibility_closes_the_window_it_opened(post: Post) -> None:
    post(entry("e"))
    assert stored().window is not None
    post(REVERSAL, entry("old debt", ADJUSTMENT, 7_000))
    assert stored().window is None
    assert stored().balance_cents == 7_000
    assert stored().due_practice is None


def test_responsibility_that_arrives_late_joins_windows(post: Post, clock: StoppedClock) -> None:
    clock.now = at(100)
    post(entry("first", recorded_at=at(0)), entry("third", recorded_at=at(100)))
    assert stored().window_opened_at == at(100)
    post(entry("second", recorded_at=at(50)))
    assert stored().window_opened_at == at(0)
    assert stored().newest_responsibility_at == at(100)


@pytest.mark.parametrize("kind", [PAYMENT, ADJUSTMENT, EntryKind.REFUND, EntryKind.CHARGEBACK])
def test_only_responsibility_opens_or_extends_a_window(post: Post, kind: EntryKind) -> None:
    post(entry("e", recorded_at=at(0)), entry("other", kind, 100, recorded_at=at(1)))
    assert stored().newest_responsibility_at == at(0)


def test_an_account_is_in_the_due_index_while_it_owes(post: Post) -> None:
    assert stored().due_practice is None
    post(entry("owed"))
    assert stored().due_practice == "harbor"
    post(entry("paid", PAYMENT))
    assert stored().due_practice is None
    post(entry("owed again", cents=1))
    assert stored().due_practice == "harbor"


def test_new_responsibility_brings_back_what_a_scan_dropped(post: Post) -> None:
    post(entry("owed"))
    Accounts().see_window_closed(stored().to_domain())
    assert stored().due_practice is None
    post(entry("paid in part", PAYMENT, 100))
    assert stored().due_practice is None
    post(entry("owed anew", recorded_at=at(1)))
    assert stored().due_practice == "harbor"


def test_old_debt_never_enters_the_due_index(post: Post, clock: StoppedClock) -> None:
    """A first import may bring years of it; every scan would have to look at it."""
    clock.now = at(60)
    post(entry("owed"))
    assert stored().due_practice is None
    clock.now = at(59)
    post(entry("owed-2", recorded_at=at(1)))
    assert stored().due_practice == "harbor"


def test_a_scan_that_saw_an_older_window_drops_nothing(post: Post) -> None:
    post(entry("owed"))
    seen = stored().to_domain()
    post(entry("owed anew", recorded_at=at(1)))
    Accounts().see_window_closed(seen)
    assert stored().due_practice == "harbor"


def test_a_chargeback_holds_alerts_for_60_days(post: Post) -> None:
    post(entry("owed"), entry("back", EntryKind.CHARGEBACK, 5_000))
    assert stored().to_domain().holds == {HoldReason.DISPUTE: date(2026, 5, 1)}


def test_many_entries_of_many_accounts_go_in_at_once(ledger: Ledger, practice: Practice) -> None:
    many = 2 * ENTRIES_A_TRANSACTION + 3
    by_patient = {
        patient_id: [entry(f"{patient_id}-{n}", cents=n + 1, case_id=f"c{n}") for n in range(many)]
        for patient_id in ("p-1", "p-2", "nobody")
    }
    posted = ledger.post_many(practice, by_patient, origins={"p-1-0": "file:1"})
    assert outcomes(posted["p-1"]) == outcomes(posted["p-2"]) == ["added"] * many
    assert outcomes(posted["nobody"]) == ["unknown_patient"] * many
    assert stored().balance_cents == sum(range(many + 1))
    again = ledger.post_many(practice, by_patient)["p-1"][0]
    assert (again.outcome, again.origin) == (PostingOutcome.UNCHANGED, "file:1")


def test_an_account_is_found_by_its_cases(post: Post) -> None:
    post(entry("a", case_id="claim-1"))
    post(entry("b", case_id="claim-1"), entry("c", case_id="claim-2"), patient_id="p-2")
    assert patient_finder.owners_of_case("harbor", "claim-1") == ["p-1", "p-2"]
    assert patient_finder.owners_of_case("harbor", "claim-2") == ["p-2"]
    assert patient_finder.owners_of_case("harbor", "claim-3") == []
