"""The alphabet of plain text messages, GSM 03.38, and what a text costs in parts."""

from __future__ import annotations

import unicodedata

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""One septet each. Note what is missing: á, í, ó, ú and ç are not in it."""

EXTENSION = frozenset("\f^{}\\[~]|€")
"""Two septets each: an escape and the character, never apart."""

ONE_PART = 160
LATER_PARTS = 153
ONE_PART_UCS2 = 70
LATER_PARTS_UCS2 = 67

_REPLACEMENTS = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02b9\u02bb\u02bc`\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2022\u00b7", "-"),
    **dict.fromkeys("\t\v\u2028\u2029", " "),
    "\u2044": "/",
    "\u00d7": "x",
    "\u0131": "i",
    **dict(zip("ŁłĐđÐðĦħ", "LlDdDdHh", strict=True)),
    **{"Œ": "OE", "œ": "oe", "Þ": "Th", "þ": "th"},
}


def is_gsm7(text: str) -> bool:
    """Whether every character is in the alphabet."""
    return all(char in BASIC or char in EXTENSION for char in text)


def septets(text: str) -> int:
    """The length of a GSM-7 text in septets; an extension character takes two."""
    return sum(2 if char in EXTENSION else 1 for char in text)


def parts(text: str) -> int:
    """How many parts a text is billed as, 0 for an empty one.

    160 septets in one part, else 153 a part; one character outside GSM-7 makes it UCS-2, 70
    and 67 units. A character of two septets, or of two UCS-2 units, is never split across parts.
    """
    if is_gsm7(text):
        return _parts([2 if char in EXTENSION else 1 for char in text], ONE_PART, LATER_PARTS)
    units = [2 if ord(char) > 0xFFFF else 1 for char in text]
    return _parts(units, ONE_PART_UCS2, LATER_PARTS_UCS2)


def _parts(sizes: list[int], alone: int, joined: int) -> int:
    if not sizes:
        return 0
    if sum(sizes) <= alone:
        return 1
    count, filled = 1, 0
    for size in sizes:
        if filled + size > joined:
            count, filled = count + 1, 0
        filled += size
    return count


def sanitise(text: str) -> str:
    """The text in GSM-7, as close as it gets; what has no counterpart is left out.

    Curly quotes and dashes become straight ones, accents outside the alphabet are dropped from
    their letters, invisible characters disappear. `ñ`, `é`, `ü`, `¿` and `¡` stay as they are.
    """
    composed = unicodedata.normalize("NFC", text)
    return "".join(_sanitise(char) for char in composed)


def unsendable(text: str) -> list[str]:
    """The visible characters `sanitise` would leave out, each once, in order."""
    composed = unicodedata.normalize("NFC", text)
    lost = (c for c in composed if not _sanitise(c) and unicodedata.category(c)[0] not in "CM")
    return list(dict.fromkeys(lost))


def _sanitise(char: str) -> str:
    if char in BASIC or char in EXTENSION:
        return char
    if char in _REPLACEMENTS:
        return _REPLACEMENTS[char]
    letters = (_REPLACEMENTS.get(c, c) for c in unicodedata.normalize("NFKD", char))
    return "".join(c for c in letters if is_gsm7(c))
