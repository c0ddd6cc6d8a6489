"""Which cases a payment goes to, and which payments may be asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from balance_alerts.domain.allocation import (
    MOST_ENTRIES,
    CaseDebt,
    Share,
    allocate,
    check_payment,
)
from balance_alerts.domain.errors import RuleError

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


def case(name: str, cents: int, day: int | None = 0) -> CaseDebt:
    since = None if day is None else START + timedelta(days=day)
    return CaseDebt(name, cents, since)


OLD, MIDDLE, NEW = case("old", 50_00, 1), case("middle", 30_00, 2), case("new", 20_00, 3)


@pytest.mark.parametrize(
    ("cents", "cases", "chosen", "shares"),
    [
        pytest.param(100_00, [NEW, OLD, MIDDLE], None, "old 5000, middle 3000, new 2000", id="all"),
        pytest.param(40_00, [NEW, OLD], None, "old 4000", id="part of the oldest"),
        pytest.param(60_00, [NEW, OLD, MIDDLE], None, "old 5000, middle 1000", id="oldest first"),
        pytest.param(15_00, [OLD, NEW], "new", "new 1500", id="chosen, not the oldest"),
        pytest.param(
            60_00, [OLD, MIDDLE, NEW], "new", "new 2000, old 4000", id="more than the chosen owes"
        ),
        pytest.param(70_00, [OLD, case("b", 30_00, 9)], "b", "b 3000, old 4000", id="chosen first"),
        pytest.param(20_00, [OLD, case("paid", 0)], "paid", "old 2000", id="chosen is paid"),
        pytest.param(20_00, [OLD, case("c", -9)], "c", "old 2000", id="chosen is in credit"),
        pytest.param(20_00, [OLD], "gone", "old 2000", id="chosen does not exist"),
        pytest.param(
            70_00, [case("credit", -30_00), OLD, case("z", 50_00, 5)], None,
            "old 5000, z 2000", id="a credit stays where it is, a debt beside it too",
        ),
        pytest.param(
            70_00, [case("credit", -30_00), case("only", 100_00)], "only", "only 7000",
            id="the net is less than the case owes",
        ),
        pytest.param(
            50_00, [case("b", 40_00), case("a", 40_00)], None, "a 4000, b 1000", id="equally old"
        ),
        pytest.param(
            50_00, [case("undated", 40_00, None), NEW], None, "new 2000, undated 3000",
            id="no responsibility counts as youngest",
        ),
        pytest.param(
            60_00, [OLD], None, "old 6000", id="paid meanwhile: the rest stands as credit"
        ),
        pytest.param(60_00, [OLD, case("paid", 0)], "paid", "old 5000, paid 1000", id="to chosen"),
        pytest.param(
            60_00, [case("b", 0, 2), case("a", -5, 1)], None, "a 6000", id="no debt left at all"
        ),
    ],
)  # fmt: skip
def test_a_payment_goes_to_the_chosen_case_then_to_the_oldest_debts(
    cents: int, cases: list[CaseDebt], chosen: str | None, shares: str
) -> None:
    for order in (cases, cases[::-1]):
        found = allocate(amount_cents=cents, cases=order, chosen_case_id=chosen)
        assert ", ".join(f"{share.case_id} {share.amount_cents}" for share in found) == shares


def test_a_payment_has_no_more_entries_than_a_transaction_takes() -> None:
    cases = [case(f"c{number:03d}", 1_00, number) for number in range(200)]
    shares = allocate(amount_cents=200_00, cases=cases)
    assert len(shares) == MOST_ENTRIES
    assert shares[-1] == Share("c030", 170_00)


def test_a_chosen_case_keeps_its_share_among_too_many() -> None:
    cases = [case(f"c{number:03d}", 1_00, number) for number in range(200)]
    shares = allocate(amount_cents=150_00, cases=cases, chosen_case_id="c199")
    assert shares[0] == Share("c199", 1_00)
    assert shares[-1] == Share("c029", 120_00)


@pytest.mark.parametrize(("cents", "cases"), [(0, [OLD]), (-1, [OLD]), (1, [])])
def test_nothing_cannot_be_allocated(cents: int, cases: list[CaseDebt]) -> None:
    with pytest.raises(ValueError, match="above zero"):
        allocate(amount_cents=cents, cases=cases)


@pytest.mark.parametrize(
    ("cents", "balances", "accepted"),
    [
        pytest.param(1_00, [50_00], True, id="a dollar"),
        pytest.param(99, [50_00], False, id="less than a dollar"),
        pytest.param(50_00, [50_00], True, id="all"),
        pytest.param(50_01, [50_00], False, id="a cent more than all"),
        pytest.param(60, [60], True, id="all, which is less than a dollar"),
        pytest.param(59, [60], False, id="less than all, which is less than a dollar"),
        pytest.param(61, [60], False, id="more than all, which is less than a dollar"),
        pytest.param(70_00, [100_00, -30_00], True, id="the net balance"),
        pytest.param(70_01, [100_00, -30_00], False, id="more than the net balance"),
        pytest.param(100_000_00, [150_000_00], True, id="as much as an entry may be"),
        pytest.param(100_000_01, [150_000_00], False, id="more than an entry may be"),
        pytest.param(1_00, [], False, id="no case"),
        pytest.param(0, [0], False, id="nothing of nothing"),
        pytest.param(-5, [-5], False, id="a credit"),
        pytest.param(1_00, [-10_00, 5_00], False, id="in credit altogether"),
    ],
)
def test_a_payment_lies_between_a_dollar_and_the_balance(
    cents: int, balances: list[int], accepted: bool
) -> None:
    cases = [case(f"c{number}", balance) for number, balance in enumerate(balances)]
    if accepted:
        check_payment(amount_cents=cents, cases=cases)
        return
    with pytest.raises(RuleError) as refused:
        check_payment(amount_cents=cents, cases=cases)
    assert refused.value.code == "amount_out_of_range"


def test_a_case_that_is_not_the_accounts_cannot_be_chosen() -> None:
    check_payment(amount_cents=1_00, cases=[OLD], chosen_case_id="old")
    with pytest.raises(RuleError) as refused:
        check_payment(amount_cents=1_00, cases=[OLD], chosen_case_id="new")
    assert refused.value.code == "unknown_case"


# How long an example takes says something of the machine only.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
CASES = st.lists(
    st.builds(
        case,
        st.from_regex(r"[a-z]{1,3}", fullmatch=True),
        st.integers(-500_00, 500_00),
        st.none() | st.integers(0, 400),
    ),
    min_size=1,
    max_size=90,
    unique_by=lambda found: found.case_id,
)


@UNHURRIED
@given(CASES, st.integers(1, 10_000_00), st.sampled_from(["a", "b", "zz", None]))
def test_all_of_a_payment_is_in_the_ledger_once_a_case(
    cases: list[CaseDebt], cents: int, chosen: str | None
) -> None:
    shares = allocate(amount_cents=cents, cases=cases, chosen_case_id=chosen)
    ids = [share.case_id for share in shares]
    assert sum(share.amount_cents for share in shares) == cents
    assert all(share.amount_cents > 0 for share in shares)
    assert len(set(ids)) == len(ids) <= MOST_ENTRIES
    assert set(ids) <= {found.case_id for found in cases}


@UNHURRIED
@given(CASES, st.data())
def test_a_payment_within_the_balance_overpays_no_case(
    cases: list[CaseDebt], data: st.DataObject
) -> None:
    balance = sum(found.balance_cents for found in cases)
    owing = {found.case_id: found.balance_cents for found in cases if found.owes}
    if balance <= 0 or len(owing) > MOST_ENTRIES:
        return
    cents = data.draw(st.integers(1, balance))
    chosen = data.draw(st.sampled_from(sorted(found.case_id for found in cases)))
    shares = allocate(amount_cents=cents, cases=cases, chosen_case_id=chosen)
    assert all(share.amount_cents <= owing.get(share.case_id, 0) for share in shares)
    if chosen in owing:
        assert shares[0] == Share(chosen, min(cents, owing[chosen]))
    # Only the last one is paid in part: nothing younger is touched before something older is paid.
    assert all(share.amount_cents == owing[share.case_id] for share in shares[:-1])
