"""Which language an alert is written in, and how it names a patient: by an initial at most."""

from __future__ import annotations

import unicodedata
from typing import Final

ENGLISH: Final = "en"
SPANISH: Final = "es"
LANGUAGES: Final = (ENGLISH, SPANISH)


def language_of(language: str) -> str:
    """The language to write in: Spanish where asked for (`es`, `es-MX`), else English."""
    return SPANISH if language.strip().lower().startswith(SPANISH) else ENGLISH


def initial_of(name: str | None) -> str:
    """The first letter of a name as a capital, or nothing."""
    first = unicodedata.normalize("NFC", name or "").strip()[:1].upper()[:1]
    return first if first.isalpha() else ""
