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
        *("no más", "Basta", "no me envíen mensajes", "No me manden más", "déjenme en paz"),
        *("stopp", "STOPPP", "Stop it", "please make it stop"),
        *("Remove me", "please remove me from your list", "Remove my number", "remove me now"),
        *("take me off your list", "Take me off", "take this number off the texting list"),
        *("quit it", "Quit texting me", "leave me alone", "Just leave me alone!!"),
        *("Don't text me", "do not contact me again", "never text this number", "No more texts"),
        *(
            "Wrong number",
            "wrong person!",
            "Sorry, wrong number",
            "I think you have the wrong number",
        ),
        *("This is the wrong number", "wrong number, who is this", "Número equivocado"),
        *("quítenme de su lista", "Bórreme", "dejen de mandar mensajes", "no quiero recibir esto"),
    ],
)
def test_stop(text: str) -> None:
    assert reply_of(text) is Reply.STOP


@pytest.mark.parametrize(
    "text", ["START", "start please", "Unstop", "RESUME", "opt in", "OPT-IN", "Comenzar", "alta"]
)
def test_start(text: str) -> None:
    assert reply_of(text) is Reply.START


@pytest.mark.parametrize(
    "text",
    [
        "HELP",
        "help!",
        "Help me",
        "help me please",
        "I need help",
        "Info",
        "AYUDA",
        "ayuda por favor",
    ],
)
def test_help(text: str) -> None:
    assert reply_of(text) is Reply.HELP


@pytest.mark.parametrize(
    "text",
    [
        *("", "?", "👍", "ok", "Yes", "Sí", "who is this"),
        "I will stop by tomorrow to pay",
        *("Stop by tomorrow?", "stop in on Friday ok?", "Stopping by later"),
        *("Can you remove me from Friday's schedule", "take me off the schedule on Friday"),
        *("Wrong number of visits on my bill", "I gave you the wrong number for my insurance"),
        *("Don't text, call my husband", "I quit my job", "Please take the payment off my card"),
        *("Remove the late fee", "there are no more visits", "quiero pagar más"),
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
