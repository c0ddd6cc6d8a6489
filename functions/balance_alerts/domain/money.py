"""Money: integer cents inside, decimal dollars where people write and read them."""

from __future__ import annotations

import re
from enum import StrEnum

from balance_alerts.domain.errors import RuleError

LARGEST_AMOUNT_CENTS = 100_000_00
"""The largest single amount taken in; anything above is taken for a typing error."""

_DOLLARS = re.compile(
    r"""
    (?P<sign>[-+]?)
    \$?
    (?P<whole>\d{1,3}(?:,\d{3})+ | \d*)
    (?:\.(?P<decimals>\d+))?
    """,
    re.ASCII | re.VERBOSE,
)


class AmountProblem(StrEnum):
    """Why an amount is refused."""

    MISSING = "amount_missing"
    NOT_AN_AMOUNT = "not_an_amount"
    TOO_MANY_DECIMALS = "too_many_decimals"
    TOO_LARGE = "amount_too_large"


_MESSAGES = {
    AmountProblem.MISSING: "The amount is empty; write it as dollars and cents, like 1234.56.",
    AmountProblem.NOT_AN_AMOUNT: (
        "This is not an amount; write dollars with a point before the cents, like 1234.56."
    ),
    AmountProblem.TOO_MANY_DECIMALS: (
        "The amount has more than two digits after the point; write whole cents, like 1234.56."
    ),
    AmountProblem.TOO_LARGE: (
        "The amount is over $100,000.00; check it for a typing error, such as a missing point."
    ),
}


class AmountError(RuleError):
    """An amount that cannot be taken; `problem` says why."""

    def __init__(self, problem: AmountProblem) -> None:
        super().__init__(problem.value, _MESSAGES[problem])
        self.problem = problem


def parse_dollars(raw: str) -> int:
    """Cents from decimal dollars as people and spreadsheets write them.

    Takes `1234.5`, `$1,234.50` and `-12`, with a sign in front only; never rounds. Zero is an
    amount: whether an entry may be zero is the ledger's to say.

    Raises:
        AmountError: empty, not an amount, more than two decimals, or over $100,000 either way.
    """
    text = raw.strip()
    if not text:
        raise AmountError(AmountProblem.MISSING)
    match = _DOLLARS.fullmatch(text)
    if match is None or not (match["whole"] or match["decimals"]):
        raise AmountError(AmountProblem.NOT_AN_AMOUNT)
    decimals = match["decimals"] or ""
    if len(decimals) > 2:
        raise AmountError(AmountProblem.TOO_MANY_DECIMALS)
    whole = match["whole"].replace(",", "").lstrip("0")
    if len(whole) > len(str(LARGEST_AMOUNT_CENTS)):
        raise AmountError(AmountProblem.TOO_LARGE)
    cents = int(whole or "0") * 100 + int(decimals.ljust(2, "0"))
    if cents > LARGEST_AMOUNT_CENTS:
        raise AmountError(AmountProblem.TOO_LARGE)
    return -cents if match["sign"] == "-" else cents


def format_dollars(cents: int) -> str:
    """`$1,234.56` from cents, `-$1,234.56` below zero.

    One form for both languages: dollars are written this way in the Spanish of the United States
    and of most of Latin America.
    """
    dollars, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}${dollars:,}.{rest:02d}"
