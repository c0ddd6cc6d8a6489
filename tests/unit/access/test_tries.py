"""How often a date of birth may be tried."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from balance_alerts.domain.sign_in import NextTry, Tries

NOW = datetime(2026, 3, 3, 15, tzinfo=UTC)


def ago(**time: float) -> datetime:
    return NOW - timedelta(**time)


@pytest.mark.parametrize(
    ("tries", "expected"),
    [
        pytest.param(Tries(), NextTry.ALLOWED, id="never tried"),
        pytest.param(Tries(4, 4, ago(seconds=1)), NextTry.ALLOWED, id="the fifth"),
        pytest.param(Tries(5, 5, NOW), NextTry.LOCKED, id="the sixth at once"),
        pytest.param(Tries(5, 5, ago(minutes=14, seconds=59)), NextTry.LOCKED, id="nearly over"),
        pytest.param(Tries(5, 5, ago(minutes=15)), NextTry.FRESH, id="lock over"),
        pytest.param(Tries(10, 5, ago(hours=3)), NextTry.FRESH, id="second lock over"),
        pytest.param(Tries(14, 4, ago(days=9)), NextTry.ALLOWED, id="the fifteenth"),
        pytest.param(Tries(15, 5, ago(minutes=1)), NextTry.LOCKED, id="ended, and locked as yet"),
        pytest.param(Tries(15, 5, ago(minutes=15)), NextTry.ENDED, id="ended"),
        pytest.param(Tries(15, 2, ago(seconds=1)), NextTry.ENDED, id="ended without a lock"),
    ],
)
def test_next_try(tries: Tries, expected: NextTry) -> None:
    assert tries.next_try(NOW) is expected
