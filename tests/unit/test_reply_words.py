"""What patients reply to texts."""

from __future__ import annotations

import pytest

from balance_alerts.channels.reply_words import Reply, reply_of


@pytest.mark.parametrize(
    "text",
    [
        *("STOP", "stop", "Stop.", " STOP ", "STOP!!!", "\u200bStop", "ＳＴＯＰ", "stopall"),
        *("Quit", "END", "Revoke", "CANCEL", "Unsubscribe", "REMOVE", "ARRET", "Arrêt"),
        *("OPT OUT", "opt-out", "optout", "Opt\u2011Out", "I want to opt out of these"),
        *("please stop", "Stop please", "stop texting me", "STOP NOW", "pls unsubscribe me"),
        *("I revoke my consent", "Please unsubscribe me from this list", "Thanks, stop"),
        *("ALTO", "Parar", "pare por favor", "Cancelar", "BAJA", "dar de baja", "Darme de baja"),
        *("no más", "Basta", "no me envíen mensajes"),
    ],
)
def test_stop(text: str) -> None:
    assert reply_of(text) is Reply.STOP


@pytest.mark.parametrize(
    "text", ["START", "start please", "Unstop", "RESUME", "opt in", "OPT-IN", "Comenzar", "alta"]
)
def test_start(text: str) -> None:
    assert reply_of(text) is Reply.START


@pytest.mark.parametrize("text", ["HELP", "help!", "Info", "AYUDA", "ayuda por favor"])
def test_help(text: str) -> None:
    assert reply_of(text) is Reply.HELP


@pytest.mark.parametrize(
    "text",
    [
        *("", "?", "👍", "ok", "Yes", "Sí", "who is this"),
        "I will stop by tomorrow to pay",
        "Can you cancel my appointment on Friday?",
        "I can pay at the end of the month",
        "How do I start paying online?",
        "Can somebody help me with my bill",
        "What time do you open",
        "cuándo empezar a pagar",
    ],
)
def test_anything_else_changes_nothing(text: str) -> None:
    assert reply_of(text) is None
