"""Names as they are looked for: whatever case, accents and punctuation they are written with."""

from __future__ import annotations

import unicodedata

LONGEST_FOLDED = 60
"""Characters of a folded name that count; it is part of a key."""

_APOSTROPHES = frozenset("'’‘`´ʼʻ")
_WITHOUT_ACCENT = str.maketrans(
    {"đ": "d", "ð": "d", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th"}
)
"""Letters that Unicode does not take apart."""


def folded(name: str) -> str:
    """A name in small letters without accents, single spaces in place of punctuation.

    Apostrophes go without a trace: O'Brien is found as obrien.
    """
    apart = unicodedata.normalize("NFKD", name).casefold().translate(_WITHOUT_ACCENT)
    letters = "".join(
        each if each.isalnum() else " "
        for each in apart
        if each not in _APOSTROPHES and not unicodedata.combining(each)
    )
    return " ".join(letters.split())[:LONGEST_FOLDED].rstrip()
