"""Dollars as people and spreadsheets write them."""

from __future__ import annotations

import pytest

from balance_alerts.domain.money import (
    LARGEST_AMOUNT_CENTS,
    AmountError,
    AmountProblem,
    format_dollars,
    parse_dollars,
)


@pytest.mark.parametrize(
    ("raw", "cents"),
    [
        ("0", 0),
        ("0.00", 0),
        ("0.01", 1),
        (".5", 50),
        ("1", 100),
        ("12.5", 1250),
        ("12.50", 1250),
        ("007.10", 710),
        ("  45.00 \n", 4500),
        ("$45.00", 4500),
        ("1,234.56", 123456),
        ("$12,345", 1234500),
        ("-12.50", -1250),
        ("-$12.50", -1250),
        ("+3", 300),
        ("100000", LARGEST_AMOUNT_CENTS),
        ("100,000.00", LARGEST_AMOUNT_CENTS),
        ("-100000.00", -LARGEST_AMOUNT_CENTS),
        ("0" * 40 + "1", 100),
    ],
)
def test_dollars_become_cents_exactly(raw: str, cents: int) -> None:
    assert parse_dollars(raw) == cents


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        pytest.param("", AmountProblem.MISSING, id="empty"),
        pytest.param(" \t", AmountProblem.MISSING, id="blank"),
        pytest.param("abc", AmountProblem.NOT_AN_AMOUNT, id="letters"),
        pytest.param(".", AmountProblem.NOT_AN_AMOUNT, id="a point"),
        pytest.param("-", AmountProblem.NOT_AN_AMOUNT, id="a sign"),
        pytest.param("$", AmountProblem.NOT_AN_AMOUNT, id="a dollar sign"),
        pytest.param("12.", AmountProblem.NOT_AN_AMOUNT, id="a point and nothing"),
        pytest.param("1.2.3", AmountProblem.NOT_AN_AMOUNT, id="two points"),
        pytest.param("1e3", AmountProblem.NOT_AN_AMOUNT, id="an exponent"),
        pytest.param("NaN", AmountProblem.NOT_AN_AMOUNT, id="nan"),
        pytest.param("Infinity", AmountProblem.NOT_AN_AMOUNT, id="infinity"),
        pytest.param("1_000", AmountProblem.NOT_AN_AMOUNT, id="an underscore"),
        pytest.param("12 34", AmountProblem.NOT_AN_AMOUNT, id="a space inside"),
        pytest.param("1.234,56", AmountProblem.NOT_AN_AMOUNT, id="european"),
        pytest.param("12,34", AmountProblem.NOT_AN_AMOUNT, id="decimal comma"),
        pytest.param("1,23,456", AmountProblem.NOT_AN_AMOUNT, id="misplaced commas"),
        pytest.param("(12.00)", AmountProblem.NOT_AN_AMOUNT, id="accountants' brackets"),
        pytest.param("12.00-", AmountProblem.NOT_AN_AMOUNT, id="sign behind"),
        pytest.param("--1", AmountProblem.NOT_AN_AMOUNT, id="two signs"),
        pytest.param("\u0661\u0662", AmountProblem.NOT_AN_AMOUNT, id="arabic digits"),
        pytest.param("12.345", AmountProblem.TOO_MANY_DECIMALS, id="three decimals"),
        pytest.param("12.500", AmountProblem.TOO_MANY_DECIMALS, id="three decimals, last zero"),
        pytest.param("100000.01", AmountProblem.TOO_LARGE, id="a cent too much"),
        pytest.param("-100000.01", AmountProblem.TOO_LARGE, id="a cent too much, negative"),
        pytest.param("1000000", AmountProblem.TOO_LARGE, id="a million"),
        pytest.param("9" * 5000, AmountProblem.TOO_LARGE, id="more digits than int() reads"),
    ],
)
def test_what_is_no_amount_is_refused_with_its_reason(raw: str, problem: AmountProblem) -> None:
    with pytest.raises(AmountError) as refused:
        parse_dollars(raw)
    assert refused.value.problem is problem
    assert refused.value.code == problem.value


def test_a_refusal_never_repeats_the_amount() -> None:
    with pytest.raises(AmountError) as refused:
        parse_dollars("7654321.00")
    assert "7654321" not in str(refused.value)


@pytest.mark.parametrize(
    ("cents", "shown"),
    [
        (0, "$0.00"),
        (1, "$0.01"),
        (99, "$0.99"),
        (100, "$1.00"),
        (123456, "$1,234.56"),
        (100_000_00, "$100,000.00"),
        (123_456_789_00, "$123,456,789.00"),
        (-5, "-$0.05"),
        (-123456, "-$1,234.56"),
    ],
)
def test_cents_are_shown_as_dollars(cents: int, shown: str) -> None:
    assert format_dollars(cents) == shown


@pytest.mark.parametrize("cents", [0, 1, 10, 99, 100, 12345, 9_999_999, -1, -250, 10_000_000])
def test_what_is_shown_reads_back_the_same(cents: int) -> None:
    assert parse_dollars(format_dollars(cents)) == cents
