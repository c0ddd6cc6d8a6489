"""Card numbers in what people write, which must not be kept."""

from __future__ import annotations

import re

_LIKE_ONE = re.compile(r"(?<![\d-])(?:\d[ -]?){12,18}\d(?![\d-])")
"""13 to 19 digits, in groups or not."""
_SHOWN = 4


def without_card_numbers(text: str) -> str:
    """The text with each card number cut down to its last four digits: `**** 1111`.

    A number is taken for a card's if it has the length of one and its check digit is right, which
    one other long number in ten has by chance.
    """
    return _LIKE_ONE.sub(lambda found: _masked(found.group()), text)


def _masked(text: str) -> str:
    digits = [int(char) for char in text if char.isdigit()]
    return f"**** {text[-_SHOWN:]}" if _checks(digits) else text


def _checks(digits: list[int]) -> bool:
    """Whether the last digit is the check digit of the others (Luhn, ISO/IEC 7812-1)."""
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
