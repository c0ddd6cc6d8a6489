"""The words of a receipt: what a patient paid by card, in English and Spanish. Names no case."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from html import escape
from re import findall, fullmatch

from balance_alerts.channels.email_page import (
    EmailContent,
    filled,
    html_part,
    markup_of,
    one_line,
    text_part,
)
from balance_alerts.channels.language import ENGLISH, SPANISH, initial_of, language_of
from balance_alerts.domain.money import format_dollars


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidByCard:
    """What a receipt tells of a payment; `paid_on` is the practice's local date.

    `card_type` is as the gateway spells it.
    """

    payment_id: str
    amount_cents: int
    paid_on: date
    card_type: str | None
    last_four: str | None
    auth_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What both parts say. `$name`, `$initial`, `$phone` and `$hours` are filled in."""

    subject: str
    heading: str
    opening: str
    opening_initial: str
    amount: str
    date: str
    paid_to: str
    card: str
    ending: str
    code: str
    number: str
    keep: str
    questions_title: str
    questions: str
    our_hours: str
    not_you_title: str
    not_you: str
    why: str


_WORDS = {
    ENGLISH: _Words(
        subject="$name: your payment receipt",
        heading="Thank you, your payment went through",
        opening=(
            "We received your card payment to $name. It is taken off your balance already, and "
            "you do not need to do anything else for it."
        ),
        opening_initial=(
            "We received your card payment for the account of $initial. at $name. It is taken off "
            "the balance already, and you do not need to do anything else for it."
        ),
        amount="Amount paid",
        date="Date",
        paid_to="Paid to",
        card="Card",
        ending="ending in",
        code="Approval code",
        number="Payment number",
        keep="Please keep this email for your records.",
        questions_title="Questions about this payment?",
        questions="Call us at $phone and have the payment number ready.",
        our_hours="Our hours: $hours",
        not_you_title="Did you not make this payment?",
        not_you=(
            "Someone else may have paid it for you; please ask us. We never ask for card details "
            "by text or email."
        ),
        why=(
            "You get this email because this address is on file for the account that was paid. "
            "We send one receipt for each card payment, even if balance alerts are turned off."
        ),
    ),
    SPANISH: _Words(
        subject="$name: recibo de su pago",
        heading="Gracias, su pago se realizó",
        opening=(
            "Recibimos su pago con tarjeta a $name. Ya está descontado de su saldo y no tiene que "
            "hacer nada más."
        ),
        opening_initial=(
            "Recibimos su pago con tarjeta para la cuenta de $initial. en $name. Ya está "
            "descontado del saldo y no tiene que hacer nada más."
        ),
        amount="Cantidad pagada",
        date="Fecha",
        paid_to="Pagado a",
        card="Tarjeta",
        ending="terminada en",
        code="Código de aprobación",
        number="Número de pago",
        keep="Guarde este correo como comprobante.",
        questions_title="¿Tiene preguntas sobre este pago?",
        questions="Llámenos al $phone y tenga a la mano el número de pago.",
        our_hours="Nuestro horario: $hours",
        not_you_title="¿Usted no hizo este pago?",
        not_you=(
            "Es posible que otra persona lo haya hecho por usted; pregúntenos. Nunca pedimos por "
            "mensaje de texto ni por correo los datos de su tarjeta bancaria."
        ),
        why=(
            "Recibe este correo porque esta dirección está registrada en la cuenta que se pagó. "
            "Enviamos un recibo por cada pago con tarjeta, aunque los avisos de saldo estén "
            "desactivados."
        ),
    ),
}

_MONTHS = {
    ENGLISH: (
        "January February March April May June July August September October November December"
    ),
    SPANISH: (
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
    ),
}

_CARDS = {
    "AmericanExpress": "American Express",
    "DinersClub": "Diners Club",
    "MasterCard": "Mastercard",
}
"""Cards that are called otherwise than the gateway spells them."""


def email_receipt(
    paid: PaidByCard,
    *,
    display_name: str,
    phone: str,
    hours: str,
    language: str,
    initial: str | None = None,
) -> EmailContent:
    """The email of a receipt.

    The amount is in the body only: subjects show on locked screens. It has no way to unsubscribe,
    since it is no alert but the answer to what the patient did.
    """
    chosen = language_of(language)
    values = {
        "name": one_line(display_name),
        "phone": one_line(phone),
        "hours": one_line(hours),
        "initial": initial_of(initial),
    }
    words = _WORDS[chosen]
    said = {**filled(asdict(words), values), **values, "language": chosen}
    said["preview"] = said["keep"]
    if values["initial"]:
        said["opening"] = said["opening_initial"]
    if values["hours"]:
        said["questions"] += f" {said['our_hours']}"
    facts = _facts(paid, words, name=values["name"], language=chosen)
    return EmailContent(
        subject=said["subject"],
        text=text_part(
            "receipt", {**said, "facts": "\n".join(f"{label}: {value}" for label, value in facts)}
        ),
        html=html_part(
            "receipt",
            said,
            naming_phone=["questions"],
            facts="".join(_fact_markup(label, value) for label, value in facts),
        ),
        headers={},
    )


def long_date(day: date, language: str) -> str:
    """A date in words, as people write it: no month can be taken for a day."""
    month = _MONTHS[language].split()[day.month - 1]
    if language == SPANISH:
        return f"{day.day} de {month} de {day.year}"
    return f"{month} {day.day}, {day.year}"


def _fact_markup(label: str, value: str) -> str:
    """A row of the HTML part; a long number in groups, in one piece again once it is copied."""
    if not fullmatch(r"[a-z0-9]{10,}", value):
        return markup_of("receipt_fact", {"label": label}, value=escape(value))
    groups = (markup_of("receipt_group", {"group": each}) for each in findall(".{1,4}", value))
    return markup_of("receipt_fact", {"label": label}, value="".join(groups))


def _facts(paid: PaidByCard, words: _Words, *, name: str, language: str) -> list[tuple[str, str]]:
    """What is known of the payment, each under its label."""
    facts = [
        (words.amount, format_dollars(paid.amount_cents)),
        (words.date, long_date(paid.paid_on, language)),
        (words.paid_to, name),
    ]
    if paid.last_four:
        card = _CARDS.get(paid.card_type or "", paid.card_type or words.card)
        facts.append((words.card, f"{card} {words.ending} {paid.last_four}"))
    if paid.auth_code:
        facts.append((words.code, paid.auth_code))
    facts.append((words.number, paid.payment_id))
    return facts
