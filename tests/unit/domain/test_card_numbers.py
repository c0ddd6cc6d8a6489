"""What patients write, without their card numbers."""

from __future__ import annotations

import pytest

from balance_alerts.domain.card_numbers import without_card_numbers


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("My card is 4111 1111 1111 1111.", "My card is **** 1111."),
        ("4111111111111111", "**** 1111"),
        ("4111-1111-1111-1111 exp 12/28", "**** 1111 exp 12/28"),
        ("amex 3700 000000 00002", "amex **** 0002"),
        ("4111 1111 1111 1111 12/28", "**** 1111 12/28"),
        ("exp 12/28 4111 1111 1111 1111 123", "exp 12/28 **** 1111 123"),
        ("Case 7 4111 1111 1111 1111", "Case 7 **** 1111"),
        ("4111  1111  1111  1111", "**** 1111"),
        ("4111 - 1111 - 1111 - 1111", "**** 1111"),
        ("4111.1111.1111.1111", "**** 1111"),
        ("4111\N{NO-BREAK SPACE}1111\N{EN DASH}1111\n1111", "**** 1111"),
        ("-4111111111111111-", "-**** 1111-"),
        ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "**** 1111"),
        ("4111 1111 1111 1111 5424 0000 0000 0015", "**** 1111 **** 0015"),
        ("4222222222222 and 5424 0000 0000 0015", "**** 2222 and **** 0015"),
    ],
)
def test_card_numbers_are_cut_down(text: str, kept: str) -> None:
    assert without_card_numbers(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        *("", "Please call (508) 555-0100 or 1-508-555-0111", "I paid $1,234.56 on 2026-03-02"),
        *("check 1234567890123", "4111 1111 1111 1112", "claim 20260302-0001-77"),
        "508-555-0100 508-555-0102",
        "1111111111111117",
        "member W123456789, case 40012",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert without_card_numbers(text) == text
