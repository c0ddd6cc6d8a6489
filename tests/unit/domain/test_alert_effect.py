"""What counts for which alert."""

from __future__ import annotations

from datetime import date

import pytest

from balance_alerts.domain.alert_effect import opt_outs_after, payments_after


def march(day: int) -> date:
    return date(2026, 3, day)


def test_a_payment_counts_once_for_the_last_alert_before_it() -> None:
    alerts = [march(1), march(15)]
    payments = [(date(2026, 2, 28), 1), (march(15), 2), (march(30), 4)]
    payments += [(march(1), 8), (march(29), 16), (march(14), 32)]
    assert payments_after(alerts, payments) == {alerts[0]: [8, 32], alerts[1]: [2, 16]}


SENT, OPTED_OUT = False, True


@pytest.mark.parametrize(
    ("alerts", "withdrawn_on", "opt_outs"),
    [
        pytest.param([(1, SENT)], [], {}, id="none"),
        pytest.param([(1, SENT)], [1], {1: 1}, id="on its day"),
        pytest.param([(1, SENT)], [15], {1: 1}, id="14 days later"),
        pytest.param([(1, SENT)], [16], {}, id="15 days later"),
        pytest.param([(2, SENT)], [1], {}, id="before the first"),
        pytest.param([], [1], {}, id="without alerts"),
        pytest.param([(1, SENT), (15, SENT)], [14], {1: 1}, id="between two"),
        pytest.param([(1, SENT), (15, SENT)], [15], {15: 1}, id="for the last before it"),
        pytest.param([(15, SENT), (1, SENT)], [15], {15: 1}, id="in any order"),
        pytest.param([(1, SENT)], [2, 2, 9], {1: 1}, id="by several channels"),
        pytest.param([(1, SENT), (15, SENT)], [3, 20], {1: 1, 15: 1}, id="again, and once more"),
        pytest.param([(1, OPTED_OUT)], [], {1: 1}, id="as its report says"),
        pytest.param([(1, OPTED_OUT)], [1], {1: 1}, id="as both say"),
        pytest.param([(1, OPTED_OUT), (15, SENT)], [15], {1: 1, 15: 1}, id="one each"),
        pytest.param([(1, SENT), (1, SENT)], [2], {1: 1}, id="two on a day, the last of them"),
        pytest.param([(1, OPTED_OUT), (1, OPTED_OUT)], [2], {1: 2}, id="two on a day, both"),
    ],
)
def test_an_alert_counts_once_as_opted_out_by_report_or_by_what_followed(
    alerts: list[tuple[int, bool]], withdrawn_on: list[int], opt_outs: dict[int, int]
) -> None:
    found = opt_outs_after(
        [(march(day), opted_out) for day, opted_out in alerts], map(march, withdrawn_on)
    )
    assert found == {march(day): number for day, number in opt_outs.items()}
