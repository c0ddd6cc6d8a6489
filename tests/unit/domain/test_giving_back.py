"""Which cases a return takes from, and how much of it is posted."""

from __future__ import annotations

import pytest

from balance_alerts.domain.allocation import MOST_ENTRIES, Share
from balance_alerts.domain.giving_back import GivenBack, give_back
from balance_alerts.domain.ledger import EntryKind, LedgerEntry
from tests.builders import entry

PAYMENT, REFUND = EntryKind.PAYMENT, EntryKind.REFUND


def paid(number: int, cents: int) -> LedgerEntry:
    entry_id = "ba1" if number == 1 else f"ba1.{number}"
    return entry(entry_id, PAYMENT, cents, case_id=f"c{number}", external_ref="60")


def refunded(entry_id: str, cents: int, case: int, ref: str) -> LedgerEntry:
    return entry(entry_id, REFUND, cents, case_id=f"c{case}", external_ref=ref)


PAID = [paid(1, 1_000), paid(2, 2_000), entry("owed"), entry("cash", PAYMENT, 700)]


def given(cents: int | None, *more: LedgerEntry, refs: tuple[str, ...] = ()) -> GivenBack:
    return give_back(
        amount_cents=cents,
        trans_id="60",
        returned_refs=refs,
        told=(REFUND, "61"),
        ledger=[*PAID, *more],
    )


@pytest.mark.parametrize(
    ("cents", "more", "refs", "shares", "too_much"),
    [
        (500, [], (), [("c2", 500)], 0),
        (2_500, [], (), [("c2", 2_000), ("c1", 500)], 0),
        (None, [], (), [("c2", 2_000), ("c1", 1_000)], 0),
        (3_100, [], (), [("c2", 2_000), ("c1", 1_000)], 100),
        (1_000, [refunded("r", 1_500, 2, "59")], ("59",), [("c2", 500), ("c1", 500)], 0),
        (1_000, [refunded("r", 1_500, 2, "58")], ("59",), [("c2", 1_000)], 0),
        (1_000, [refunded("told", 1_000, 1, "61")], (), [], 0),
        (1_000, [refunded("told", 400, 1, "61")], (), [("c2", 600)], 0),
        (None, [refunded("told", 400, 9, "61")], (), [("c2", 2_000), ("c1", 600)], 0),
        (
            None,
            [entry("undo", EntryKind.ADJUSTMENT, 2_000, case_id="c2", reverses="ba1.2")],
            (),
            [("c1", 1_000)],
            0,
        ),
        (
            2_500,
            [
                refunded("r", 2_000, 2, "59"),
                entry("undo", EntryKind.ADJUSTMENT, -2_000, case_id="c2", reverses="r"),
            ],
            ("59",),
            [("c2", 2_000), ("c1", 500)],
            0,
        ),
    ],
    ids=[
        "a part",
        "over two parts",
        "all of it",
        "more than was paid",
        "a second refund",
        "another payment's refund",
        "told by the practice",
        "told in part",
        "told on another case",
        "a part that staff reversed",
        "a refund that was undone",
    ],
)
def test_a_return_takes_from_the_last_part_first_and_never_more_than_is_left(
    cents: int | None,
    more: list[LedgerEntry],
    refs: tuple[str, ...],
    shares: list[tuple[str, int]],
    too_much: int,
) -> None:
    expected = GivenBack(tuple(Share(*each) for each in shares), too_much)
    assert given(cents, *more, refs=refs) == expected


def test_parts_are_counted_as_numbers_and_fit_one_transaction() -> None:
    cases = MOST_ENTRIES + 4
    ledger = [paid(number, 100) for number in range(1, cases + 1)]
    returned = give_back(
        amount_cents=None,
        trans_id="60",
        returned_refs=(),
        told=(REFUND, "61"),
        ledger=sorted(ledger, key=lambda each: each.entry_id),
    )
    assert [share.case_id for share in returned.shares[:2]] == [f"c{cases}", f"c{cases - 1}"]
    assert len(returned.shares) == MOST_ENTRIES
    assert sum(share.amount_cents for share in returned.shares) == cases * 100
