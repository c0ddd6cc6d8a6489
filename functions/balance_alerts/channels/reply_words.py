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
    "optout", "opt out", "arret", "td", "wrong number", "wrong person",
    "alto", "parar", "pare", "detener", "terminar", "cancelar", "baja", "dar de baja",
    "darme de baja", "salir", "basta", "no mas", "numero equivocado",
})
_START = frozenset({
    "start", "unstop", "resume", "optin", "opt in", "comenzar", "empezar", "iniciar", "alta",
})
_HELP = frozenset({
    "help", "help me", "can you help me", "i need help", "need help", "info",
    "ayuda", "ayudame", "ayudenme", "necesito ayuda",
})
# fmt: on
"""Replies that consist of nothing else, politeness aside."""

_LIST = (
    r"( (this|your|the|all|any))?( (contact|mailing|text|texting|message))?"
    r" (lists?|texts?|messages?|texting|alerts?|reminders?|database|system)"
)
_STOP_ANYWHERE = re.compile(
    r"\b(unsubscribe|revoke|opt ?out|leave (me|us) alone|quit (it|texting|messaging|sending)"
    r"|(dont|do not|never) (text|message|contact) (me|us|this|again|anymore)"
    r"|no more (texts?|messages?|texting|reminders?|alerts?)"
    r"|dar(me)? de baja|no (me )?(envien|manden|escriban)|dejen?me en paz"
    r"|dejen? de (enviar|mandar|escribir)|no quiero (mas|recibir))\b"
)
_STOP_AT_AN_END = re.compile(
    r"^(stopp*(?! (by|in|over)\b)|stopall|alto|pare|parar)\b|\b(stopp*|alto|parar)$"
    rf"|\b(remove|take) (me|my number|this number)( off)?( (off|from){_LIST})?$"
    r"|\b(quite|saque|borre|elimine)n?me( de (la|su|esta) lista)?$"
    r"|^wrong (number|person)\b(?! (of|on|for|in)\b)"
    r"|\b(have|got|is|its|sorry) (the )?wrong (number|person)$"
)
"""Words of a longer reply: "please stop texting me" asks to stop, "I will stop by" does not; nor do
"remove me from Friday's schedule" and "the wrong number of visits"."""

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
