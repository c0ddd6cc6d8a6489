"""docs/cost.md and docs/scale.md tell what the plans compute, and the plans add up."""

from __future__ import annotations

import math
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from infra.planning import cost, counted, plans, prices
from infra.planning.customers import CLINIC, CUSTOMERS, VENDOR, Customer, Habits
from infra.planning.population import HOUR, all_at_once, monday, practices, usual_day
from infra.planning.scale_page import ASKED_FOR, DEFAULTS, day
from infra.planning.simulation import Setting
from tests.emitted import metrics_of
from tests.template.loading import load
from tests.template.test_observability import ALARMS, DASHBOARDS, handlers


def test_pages_and_charts_are_what_the_plans_compute() -> None:
    stale = [path.name for path, text in plans.current().items() if path.read_text() != text]
    assert stale == [], "run make plans"


def test_charts_can_be_drawn() -> None:
    for path in plans.CHARTS.glob("*.svg"):
        drawing = ElementTree.fromstring(path.read_text("utf-8"))
        numbers = " ".join(value for each in drawing.iter() for value in each.attrib.values())
        assert "nan" not in numbers
        assert "inf" not in numbers.replace("information", "")


def test_what_is_watched_is_counted() -> None:
    cold_start = 1
    told = [metrics_of(name.removesuffix(".handler")) for name in handlers(load()).values()]
    assert sum(len(metrics) + cold_start for metrics in told) == counted.CUSTOM_METRICS
    assert (len(ALARMS), len(DASHBOARDS)) == (counted.ALARMS, counted.DASHBOARDS)


@pytest.mark.parametrize("customer", CUSTOMERS, ids=lambda customer: customer.name)
def test_a_bill_adds_up(customer: Customer) -> None:
    bill = cost.bill(customer)
    assert math.isclose(bill.total, sum(bill.of(group) for group in bill.groups))
    assert all(line.units >= 0 for line in bill.lines)


def test_a_text_more_costs_a_text_more() -> None:
    """Twice the alerts are twice the texts, and no fixed costs."""
    habits = Habits()
    once, twice = cost.bill(VENDOR), cost.bill(VENDOR, Habits(owing=2 * habits.owing))
    a_text = prices.TEXT.dollars + prices.CARRIER_FEE.dollars
    texts = twice.of(cost.TEXTS) - once.of(cost.TEXTS)
    assert math.isclose(texts, once.month.texts * a_text)
    assert twice.of(cost.GATEWAYS) < 1.01 * once.of(cost.GATEWAYS)


def test_nobody_texts_for_who_wants_email() -> None:
    bill = cost.bill(CLINIC, Habits(text_only=0, email_only=1))
    assert bill.of(cost.TEXTS) == prices.TOLL_FREE_NUMBER.dollars


def test_practices_are_the_same_each_time_and_as_many_accounts_as_planned() -> None:
    found = practices()
    practices.cache_clear()
    assert practices() == found
    sending = sum(each.accounts for each in found)
    assert sending == pytest.approx(0.9 * VENDOR.accounts, rel=0.05)
    assert usual_day(found[0]) <= monday(found[0]) < all_at_once(found[0])


@pytest.mark.parametrize("setting", [ASKED_FOR, DEFAULTS], ids=["asked for", "defaults"])
def test_a_day_sends_what_is_due_within_the_rates_and_windows(setting: Setting) -> None:
    found = day(setting)
    expected = sum(monday(practice) for practice in practices())
    assert found.due == pytest.approx(expected, rel=0.02)
    assert (found.left, found.not_in_time) == (0, 0)
    by_minute = sum(found.sent_by_minute.values())
    assert by_minute == sum(found.sent.values()) == found.due
    first = min(minute for _, minute in found.sent_by_minute) * 60
    assert first >= 9 * HOUR - 60
    texts = found.most_alerts_a_second * Habits().texts_an_alert
    assert texts <= setting.texts_per_second * 1.05


def test_a_slower_rate_makes_nobody_wait_less() -> None:
    waits = [
        max(day(ASKED_FOR.but(texts_per_second=rate)).longest_wait.values()) for rate in (75, 100)
    ]
    assert waits[0] > waits[1]


def test_a_block_that_nobody_computes_is_an_error() -> None:
    fill: Callable[..., str] = plans._filled
    assert fill("<!-- computed: a -->\nold\n<!-- end -->", {"a": "new"}) == (
        "<!-- computed: a -->\nnew\n<!-- end -->"
    )
    with pytest.raises(KeyError):
        fill("<!-- computed: b -->\n<!-- end -->", {"a": "new"})
