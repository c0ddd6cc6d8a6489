"""The words of a text: one GSM-7 part, in English and Spanish."""

from __future__ import annotations

from typing import Final

from balance_alerts.channels.addresses import compact_phone
from balance_alerts.channels.gsm7 import ONE_PART, parts, sanitise, septets
from balance_alerts.channels.language import ENGLISH, LANGUAGES, SPANISH, initial_of, language_of
from balance_alerts.domain.money import format_dollars

LONGEST_LINK: Final = 60

_LARGEST_SHOWN_CENTS: Final = 999_999_99

_BALANCE = {
    ENGLISH: ("You have a balance to view", "{initial}. has a balance to view"),
    SPANISH: ("Tiene un saldo pendiente", "{initial}. tiene un saldo pendiente"),
}
_BALANCE_OF = {
    ENGLISH: ("You have a balance of {amount}", "{initial}. has a balance of {amount}"),
    SPANISH: ("Tiene un saldo de {amount}", "{initial}. tiene un saldo de {amount}"),
}

_FRESH_LINK = {
    ENGLISH: ("Here is your new link", "Here is the new link for {initial}."),
    SPANISH: ("Este es su nuevo enlace", "Este es el nuevo enlace para {initial}."),
}

# From the friendliest to the shortest: the first that fits one part is used. All say the same.
# "cancelar" would be the usual Spanish for unsubscribing, but in much of Latin America it also
# means to pay off a balance.
_FORMS = {
    ENGLISH: (
        "{name}: {balance}: {link} Questions? Call {phone}. Reply STOP to stop these texts.",
        "{name}: {balance}: {link} Questions? Call {phone}. Reply STOP to stop.",
        "{name}: {balance}: {link} Call {phone}. Reply STOP to stop.",
    ),
    SPANISH: (
        "{name}: {balance}. Véalo en {link} ¿Preguntas? Llame al {phone}. "
        "Responda STOP para no recibir mensajes.",
        "{name}: {balance}: {link} ¿Preguntas? {phone}. Responda STOP para no recibir mensajes.",
        "{name}: {balance}: {link} ¿Preguntas? {phone}. Responda STOP para terminar.",
        "{name}: {balance}: {link} Tel. {phone}. Responda STOP para terminar.",
        "{name}: {balance}: {link} Tel. {phone}. STOP para terminar.",
    ),
}

_HELP_FORMS = {
    ENGLISH: (
        "{name}: We text you when you have a balance to view. Questions? Call {phone}. "
        "Reply STOP to stop these texts.",
        "{name}: We text about a balance. Questions? Call {phone}. Reply STOP to stop.",
    ),
    SPANISH: (
        "{name}: Le escribimos cuando tiene un saldo pendiente. ¿Preguntas? Llame al {phone}. "
        "Responda STOP para no recibir mensajes.",
        "{name}: Le escribimos por un saldo. ¿Preguntas? {phone}. Responda STOP para terminar.",
    ),
}

_SHORT_FORMS = {ENGLISH: _FORMS[ENGLISH], SPANISH: _FORMS[SPANISH][1:]}
"""Those that need no sentence about a balance before them."""


def text_alert(
    *,
    short_name: str,
    phone: str,
    link: str,
    language: str,
    initial: str | None = None,
    amount_cents: int | None = None,
) -> str:
    """The text of an alert.

    One GSM-7 part for any short name that `short_name_problem` lets pass, any link of up to 60
    characters and any balance below a million dollars; a larger one is left unsaid. With a longer
    link the text is as short as it gets, but may take two parts.
    """
    candidates = _candidates(
        name=tidy(short_name),
        phones=phone_spellings(phone),
        link=link,
        language=language_of(language),
        initial=tidy(initial_of(initial))[:1],
        amounts=[None] if amount_cents is None else [format_dollars(amount_cents), None],
    )
    return _first_that_fits(candidates)


def text_fresh_link(
    *, short_name: str, phone: str, link: str, language: str, initial: str | None = None
) -> str:
    """The text that brings a fresh link to whoever asked for one; one part, as `text_alert`."""
    chosen, letter = language_of(language), tidy(initial_of(initial))[:1]
    sentence = _FRESH_LINK[chosen][1 if letter else 0].format(initial=letter)
    return _first_that_fits(
        [
            form.format(name=tidy(short_name), balance=sentence, link=link, phone=spelling)
            for spelling in phone_spellings(phone)
            for form in _SHORT_FORMS[chosen]
        ]
    )


def text_help(*, short_name: str, phone: str, language: str) -> str:
    """The text that answers HELP: who writes, about what, whom to call, and how to stop.

    One part for any short name that `short_name_problem` lets pass.
    """
    return _first_that_fits(
        [
            form.format(name=tidy(short_name), phone=spelling)
            for spelling in phone_spellings(phone)
            for form in _HELP_FORMS[language_of(language)]
        ]
    )


def _first_that_fits(candidates: list[str]) -> str:
    return next((text for text in candidates if parts(text) <= 1), candidates[-1])


def tidy(text: str) -> str:
    """The text in GSM-7 and on one line."""
    return " ".join(sanitise(text).split())


def phone_spellings(phone: str) -> list[str]:
    """The phone as the practice writes it, then a shorter way if there is one."""
    given = tidy(phone)
    compact = compact_phone(given)
    return [given, compact] if septets(compact) < septets(given) else [given]


def room_for_name(phone: str) -> int:
    """Septets left for the short name in the text that leaves least, written its shortest way."""
    shortest_ways = (
        _candidates(
            name="",
            phones=phone_spellings(phone),
            link="x" * LONGEST_LINK,
            language=language,
            initial=initial,
            amounts=[amount],
        )[-1]
        for language in LANGUAGES
        for initial in ("", "X")
        for amount in (None, format_dollars(_LARGEST_SHOWN_CENTS))
    )
    return ONE_PART - max(septets(text) for text in shortest_ways)


def _candidates(
    *,
    name: str,
    phones: list[str],
    link: str,
    language: str,
    initial: str,
    amounts: list[str | None],
) -> list[str]:
    """Every way to say it, the best first."""
    texts = []
    for amount in amounts:
        sentence = (_BALANCE_OF if amount else _BALANCE)[language][1 if initial else 0]
        balance = sentence.format(initial=initial, amount=amount)
        texts += [
            form.format(name=name, balance=balance, link=link, phone=phone)
            for phone in phones
            for form in _FORMS[language]
        ]
    return texts
