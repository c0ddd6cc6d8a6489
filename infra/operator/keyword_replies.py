"""What a number answers by itself to STOP, START and HELP: words to set at the number.

Not the stack's functions send these but AWS End User Messaging, before a reply reaches us; a
number has one set of them. Carriers ask for them when the number is registered.
"""

from __future__ import annotations

from collections.abc import Iterator

from balance_alerts.channels.gsm7 import parts
from balance_alerts.channels.language import ENGLISH, SPANISH
from balance_alerts.channels.text_words import phone_spellings, tidy

_REPLIES = {
    ENGLISH: {
        "STOP": "{name}: You will get no more texts from us. Call {phone}. Reply START to get "
        "them again.",
        "START": "{name}: Balance alerts by text are on, at most every two weeks. Call {phone}. "
        "Msg&data rates may apply. Reply STOP to stop.",
        "HELP": "{name}: We text when there is a balance to view, at most every two weeks. Call "
        "{phone}. Msg&data rates may apply. Reply STOP to stop.",
    },
    SPANISH: {
        "STOP": "{name}: Ya no recibirá mensajes. Tel. {phone}. Responda START para recibirlos.",
        "START": "{name}: Avisos de saldo activados, máximo cada dos semanas. Tel. {phone}. "
        "Pueden aplicar tarifas. Responda STOP para terminar.",
        "HELP": "{name}: Le avisamos si hay un saldo, máximo cada dos semanas. Tel. {phone}. "
        "Pueden aplicar tarifas. Responda STOP para terminar.",
    },
}


def keyword_replies(*, short_name: str, phone: str, language: str) -> Iterator[tuple[str, str]]:
    """Each keyword and its reply, in GSM-7; one part where the name leaves room for that."""
    for keyword, form in _REPLIES[language].items():
        said = [
            tidy(form.format(name=short_name, phone=spelling))
            for spelling in phone_spellings(phone)
        ]
        yield keyword, next((text for text in said if parts(text) == 1), said[-1])
