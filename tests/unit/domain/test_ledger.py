"""Entries, and the window that responsibility opens."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balance_alerts.domain.ledger import (
    EntryError,
    EntryKind,
    LedgerEntry,
    Window,
    check_entry,
    counted_responsibilities,
    extend,
    window_of,
)
from tests.builders import NEW_YORK, at, entry


@pytest.mark.parametrize(
    ("kind", "cents", "adds"),
    [
        (EntryKind.RESPONSIBILITY, 500, 500),
        (EntryKind.PAYMENT, 500, -500),
        (EntryKind.REFUND, 500, 500),
        (EntryKind.CHARGEBACK, 500, 500),
        (EntryKind.ADJUSTMENT, 500, 500),
        (EntryKind.ADJUSTMENT, -500, -500),
    ],
)
def test_each_kind_changes_the_balance_its_own_way(kind: EntryKind, cents: int, adds: int) -> None:
    assert entry("e", kind, cents).signed_cents == adds


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (entry("e", cents=0), "amount_not_positive"),
        (entry("e", cents=-5), "amount_not_positive"),
        (entry("e", EntryKind.PAYMENT, -5), "amount_not_positive"),
        (entry("e", EntryKind.ADJUSTMENT, 0), "amount_zero"),
        (entry("e", cents=100_000_01), "amount_too_large"),
        (entry("e", EntryKind.ADJUSTMENT, -100_000_01), "amount_too_large"),
        (entry("e", recorded_at=at(2, "10:01")), "recorded_in_the_future"),
        (entry("e", EntryKind.PAYMENT, reverses="x"), "reverses_not_adjustment"),
        (entry("e", EntryKind.ADJUSTMENT, -5, reverses="e"), "reverses_itself"),
    ],
)
def test_an_entry_that_cannot_be_true_is_refused(bad: LedgerEntry, code: str) -> None:
    with pytest.raises(EntryError) as refused:
        check_entry(bad, at(1))
    assert refused.value.code == code


@pytest.mark.parametrize(
    "good",
    [
        entry("e", recorded_at=at(2)),
        entry("e", cents=100_000_00),
        entry("e", recorded_at=at(-900)),
        entry("e", EntryKind.ADJUSTMENT, -500, reverses="x"),
    ],
    ids=["a day ahead", "100,000 dollars", "years late", "a reversal"],
)
def test_an_unusual_entry_is_taken(good: LedgerEntry) -> None:
    check_entry(good, at(1))


@pytest.mark.parametrize(
    ("recorded", "opened", "newest"),
    [
        pytest.param([0], 0, 0, id="one"),
        pytest.param([0, 59], 0, 59, id="59 days later extends"),
        pytest.param([0, 60], 60, 60, id="60 days later opens anew"),
        pytest.param([0, 59, 118], 0, 118, id="a chain of extensions"),
        pytest.param([0, 100, 50], 0, 100, id="one that arrives late joins two windows"),
        pytest.param([100, 0], 100, 100, id="an old one alone does not"),
        pytest.param([50, 20], 20, 50, id="a late one opens earlier"),
        pytest.param([0, 20, 10], 0, 20, id="a late one in between changes nothing"),
        pytest.param([100, 41], 41, 100, id="one 59 days before opens earlier"),
        pytest.param([100, 40], 100, 100, id="one 60 days before does not"),
        pytest.param([35, 100, 40], 100, 100, id="nor does it join an older one"),
        pytest.param([35, 100, 41], 35, 100, id="as one of 59 days before does"),
    ],
)
def test_the_window_follows_when_responsibility_was_recorded(
    recorded: list[int], opened: int, newest: int
) -> None:
    expected = Window(at(opened), at(newest))
    assert window_of([at(day) for day in recorded], NEW_YORK) == expected


@pytest.mark.parametrize(
    ("day", "tells"), [(39, True), (40, True), (41, False), (99, False), (100, True)]
)
def test_the_whole_ledger_is_asked_only_where_windows_may_join(day: int, tells: bool) -> None:
    window = Window(at(100), at(120))
    assert extend(window, at(day), NEW_YORK) == (window if tells else None)


def test_local_days_count_not_hours() -> None:
    """59 local days and 23 hours are 59 days; one minute into the next day are 60."""
    first = Window(at(0, "23:30"), at(0, "23:30"))
    assert extend(first, at(59, "23:59"), NEW_YORK) == Window(first.opened_at, at(59, "23:59"))
    assert extend(first, at(60, "00:01"), NEW_YORK) == Window(at(60, "00:01"), at(60, "00:01"))


def test_a_reversed_responsibility_no_longer_counts() -> None:
    ledger = [
        entry("first", recorded_at=at(0)),
        entry("second", recorded_at=at(30)),
        entry("undo", EntryKind.ADJUSTMENT, -5_000, recorded_at=at(31), reverses="second"),
        entry("paid", EntryKind.PAYMENT, recorded_at=at(32)),
    ]
    assert counted_responsibilities(ledger) == [at(0)]


instants = st.lists(
    st.integers(0, 400 * 24).map(lambda hours: at(0, "00:00") + timedelta(hours=hours)),
    min_size=1,
    max_size=12,
)


@given(instants, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(recorded: list[datetime], random: object) -> None:
    """Extending one by one, and reckoning anew only where `extend` says so, gives the same."""
    shuffled = sorted(recorded, key=lambda _: random.random())  # type: ignore[attr-defined]  # Random
    window = None
    for number, recorded_at in enumerate(shuffled):
        window = extend(window, recorded_at, NEW_YORK)
        if window is None:
            window = window_of(shuffled[: number + 1], NEW_YORK)
    assert window == window_of(recorded, NEW_YORK)
