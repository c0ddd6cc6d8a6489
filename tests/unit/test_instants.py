from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from balance_alerts.store.attributes import InstantAttribute, instant_text


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (datetime(2026, 11, 23, 15, 4, 5, tzinfo=UTC), "2026-11-23T15:04:05.000000Z"),
        (
            datetime(2026, 11, 23, 15, tzinfo=timezone(timedelta(hours=-5))),
            "2026-11-23T20:00:00.000000Z",
        ),
        (datetime(26, 11, 23, tzinfo=UTC), "0026-11-23T00:00:00.000000Z"),
    ],
    ids=["utc", "other-offset", "early-year"],
)
def test_an_instant_is_stored_so_that_text_sorts_by_time(instant: datetime, text: str) -> None:
    assert instant_text(instant) == text
    assert InstantAttribute().deserialize(text) == instant
