"""Card numbers in what people write, which must not be kept."""

from __future__ import annotations

import re

_GROUPS = re.compile(r"\d+(?:[\s.\-\u2010-\u2015]{1,3}\d+)*")
"""Groups of digits that stand together: a card's, maybe beside an expiry date's or a case's."""
_GROUP = re.compile(r"\d+")

_LENGTHS = range(13, 20)
_FIRST_DIGITS = "23456"
"""Of the numbers that Visa, Mastercard, American Express, Discover, JCB and UnionPay give out."""
_SHORTEST_GROUP = 4
"""But for the last group. Telephone numbers and dates are written in shorter ones."""
_SHOWN = 4


def without_card_numbers(text: str) -> str:
    """The text with each card number cut down to its last four digits: `**** 1111`.

    A number is taken for a card's if it begins, is as long and is grouped as one, and its check
    digit is right, which one other such number in ten has by chance.
    """
    return _GROUPS.sub(lambda found: _masked(found.group()), text)


def _masked(together: str) -> str:
    groups = list(_GROUP.finditer(together))
    shown, copied, first = [], 0, 0
    while first < len(groups):
        last = _last_of_card(groups, first)
        if last is None:
            first += 1
            continue
        number = "".join(group.group() for group in groups[first : last + 1])
        shown += [together[copied : groups[first].start()], f"**** {number[-_SHOWN:]}"]
        copied, first = groups[last].end(), last + 1
    return "".join([*shown, together[copied:]])


def _last_of_card(groups: list[re.Match[str]], first: int) -> int | None:
    """The last group of the longest card number that begins with this one."""
    found, number = None, list[str]()
    for last in range(first, min(first + _LENGTHS.stop, len(groups))):
        number.append(groups[last].group())
        if _is_card_number(number):
            found = last
    return found


def _is_card_number(groups: list[str]) -> bool:
    digits = "".join(groups)
    return (
        len(digits) in _LENGTHS
        and digits[0] in _FIRST_DIGITS
        and _grouped_as_card(groups)
        and _checks([int(digit) for digit in digits])
    )


def _grouped_as_card(groups: list[str]) -> bool:
    """In fours or longer, or evenly: `4111 1111 ...`, `3700 000000 00002`, `41 11 11 ...`."""
    lengths = [len(group) for group in groups]
    return len(set(lengths)) == 1 or min(lengths[:-1]) >= _SHORTEST_GROUP


def _checks(digits: list[int]) -> bool:
    """Whether the last digit is the check digit of the others (Luhn, ISO/IEC 7812-1)."""
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
