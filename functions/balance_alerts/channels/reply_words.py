"""What a patient's reply to a text asks for, in English and Spanish.

United States rules make stop, quit, end, revoke, opt out, cancel and unsubscribe a revocation, and
any other words that a reasonable person takes for one.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class Reply(StrEnum):
    """What a reply asks for."""

    STOP = "stop"
    START = "start"
    HELP = "help"


# fmt: off
_STOP = frozenset({
    "stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "remove",
    "optout", "opt out", "arret", "td",
    "alto", "parar", "pare", "detener", "terminar", "cancelar", "baja", "dar de baja",
    "darme de baja", "salir", "basta", "no mas",
})
_START = frozenset({
    "start", "unstop", "resume", "optin", "opt in", "comenzar", "empezar", "iniciar", "alta",
})
_HELP = frozenset({"help", "info", "ayuda"})
# fmt: on
"""Replies that consist of nothing else, politeness aside."""

_STOP_ANYWHERE = re.compile(r"\b(unsubscribe|revoke|opt ?out|dar(me)? de baja|no (me )?envien)\b")
_STOP_AT_AN_END = re.compile(r"^(stop|stopall|alto|pare|parar)\b|\b(stop|alto|parar)$")
"""Words of a longer reply: "please stop texting me" asks to stop, "I will stop by" does not."""

_POLITENESS = re.compile(r"\b(please|pls|thanks|thank you|por favor|gracias|now|ya)\b")


def reply_of(text: str) -> Reply | None:
    """What a reply asks for; None for anything else."""
    words = _plain(text)
    polite = " ".join(_POLITENESS.sub(" ", words).split())
    if polite in _STOP or _STOP_ANYWHERE.search(words) or _STOP_AT_AN_END.search(polite):
        return Reply.STOP
    if polite in _START:
        return Reply.START
    return Reply.HELP if polite in _HELP else None


def _plain(text: str) -> str:
    """Lower case, without accents, marks and hyphens: `OPT-OUT!` is `opt out`."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(char for char in folded if not unicodedata.combining(char))
    return " ".join(re.sub(r"[^a-z0-9']+", " ", letters).replace("'", "").split())
