from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from balance_alerts.domain.duplicate import repeats
from balance_alerts.domain.ledger import EntryKind
from tests.builders import NEW_YORK, at, entry

ONLINE = replace(entry("online", EntryKind.PAYMENT, 50_00), external_ref="60223421156")
OFFICE = entry("office", EntryKind.PAYMENT, 50_00)


@pytest.mark.parametrize(
    ("office", "online", "expected"),
    [
        pytest.param({}, {}, True, id="same-day"),
        pytest.param({"recorded_at": at(3, "23:00")}, {"recorded_at": at(0)}, True, id="3-days"),
        pytest.param({"recorded_at": at(4, "00:30")}, {"recorded_at": at(0)}, False, id="4-days"),
        pytest.param({"recorded_at": at(0)}, {"recorded_at": at(3)}, True, id="office-was-first"),
        pytest.param({"amount_cents": 50_01}, {}, False, id="other-amount"),
        pytest.param({"external_ref": "60223421156"}, {}, False, id="has-its-own-reference"),
        pytest.param({"kind": EntryKind.REFUND}, {}, False, id="no-payment"),
        pytest.param({}, {"external_ref": None}, False, id="other-was-not-online"),
        pytest.param({}, {"method": "check"}, False, id="other-was-a-check"),
    ],
)
def test_a_payment_told_twice_is_recognised(
    office: dict[str, Any], online: dict[str, Any], expected: bool
) -> None:
    others = [replace(ONLINE, **online)]
    assert repeats(replace(OFFICE, **office), others, NEW_YORK) is expected
