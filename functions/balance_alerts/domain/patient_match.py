"""Whether two spellings name the same patient: payers write in capitals and without accents."""

from __future__ import annotations

import unicodedata

from balance_alerts.domain.personal import MemberId


def member_key(member_id: str) -> MemberId:
    """A member id as it is stored and looked up: capitals, no spaces."""
    return MemberId("".join(member_id.split()).upper())


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same but for case, accents, spaces and punctuation."""
    return bool(_letters(one)) and _letters(one) == _letters(other)


def _letters(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in decomposed if letter.isalnum())
