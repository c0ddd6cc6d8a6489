"""The words of an email: a text part and an HTML part saying the same, in English and Spanish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from balance_alerts.channels.email_page import (
    EmailContent,
    filled,
    html_part,
    one_line,
    text_part,
)
from balance_alerts.channels.language import ENGLISH, SPANISH, initial_of, language_of
from balance_alerts.domain.money import format_dollars


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What both parts say. `$name`, `$initial`, `$amount` and `$phone` are filled in."""

    heading: str
    heading_initial: str
    opening: str
    opening_initial: str
    fresh_heading: str
    fresh_opening: str
    fresh_opening_initial: str
    amount: str
    page: str
    privacy: str
    button: str
    link_hint: str
    tell_us_title: str
    tell_us: str
    genuine_title: str
    genuine: str
    why: str
    unsubscribe: str


_WORDS = {
    ENGLISH: _Words(
        heading="You have a balance to view",
        heading_initial="$initial. has a balance to view",
        opening="There is a balance on your account at $name.",
        opening_initial="There is a balance on the account of $initial. at $name.",
        fresh_heading="Here is your new link",
        fresh_opening="A new link to your account at $name was asked for.",
        fresh_opening_initial="A new link to the account of $initial. at $name was asked for.",
        amount="The balance is $amount.",
        page="On our secure page you can see what it is for and what you can do next.",
        privacy="To keep this private, the page first asks for the patient's date of birth.",
        button="View the balance",
        link_hint="If the button does not work, copy this address into your browser:",
        tell_us_title="Already paid, or waiting on insurance?",
        tell_us="Please tell us at $phone, and we will look into it with you.",
        genuine_title="Not sure this is really from us?",
        genuine=(
            "Call the number on your appointment card. We never ask for a Social Security number "
            "or for card details by text or email."
        ),
        why="You get this email because balance alerts by email are on for this account.",
        unsubscribe="Unsubscribe from these emails",
    ),
    SPANISH: _Words(
        heading="Tiene un saldo pendiente",
        heading_initial="$initial. tiene un saldo pendiente",
        opening="Hay un saldo pendiente en su cuenta de $name.",
        opening_initial="Hay un saldo pendiente en la cuenta de $initial. en $name.",
        fresh_heading="Este es su nuevo enlace",
        fresh_opening="Se pidió un nuevo enlace a su cuenta de $name.",
        fresh_opening_initial="Se pidió un nuevo enlace a la cuenta de $initial. en $name.",
        amount="El saldo es de $amount.",
        page="En nuestra página segura puede ver a qué corresponde y qué opciones tiene.",
        privacy=(
            "Para proteger su privacidad, la página le pedirá primero la fecha de nacimiento "
            "del paciente."
        ),
        button="Ver el saldo",
        link_hint="Si el botón no funciona, copie esta dirección en su navegador:",
        tell_us_title="¿Ya pagó o espera la respuesta de su seguro?",
        tell_us="Avísenos al $phone y lo revisaremos con usted.",
        genuine_title="¿Tiene dudas de que este correo sea nuestro?",
        genuine=(
            "Llame al número que aparece en su tarjeta de citas. Nunca pedimos por mensaje de "
            "texto ni por correo su número de Seguro Social ni los datos de su tarjeta bancaria."
        ),
        why=(
            "Recibe este correo porque los avisos de saldo por correo electrónico están activados "
            "en esta cuenta."
        ),
        unsubscribe="Darse de baja de estos correos",
    ),
}


def email_alert(
    *,
    display_name: str,
    phone: str,
    link: str,
    unsubscribe_link: str,
    language: str,
    initial: str | None = None,
    amount_cents: int | None = None,
    fresh_link: bool = False,
) -> EmailContent:
    """The email of an alert, with the headers of one-click unsubscribe (RFC 8058).

    The amount, where asked for, is in the body only: subjects show on locked screens. With
    `fresh_link` it is the email that brings a link to whoever asked for a fresh one.
    """
    chosen = language_of(language)
    values = {
        "name": one_line(display_name),
        "phone": one_line(phone),
        "initial": initial_of(initial),
        "amount": "" if amount_cents is None else format_dollars(amount_cents),
    }
    said = {
        **_said(_WORDS[chosen], values, fresh_link=fresh_link),
        **values,
        "language": chosen,
        "link": link,
        "unsubscribe_link": unsubscribe_link,
    }
    said["preview"] = said["page"]
    return EmailContent(
        subject=f"{values['name']}: {_lower_first(said['heading'], values['initial'])}",
        text=text_part("alert", said),
        html=html_part("alert", said, naming_phone=["tell_us"]),
        headers={
            "List-Unsubscribe": f"<{unsubscribe_link}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def _said(words: _Words, values: Mapping[str, str], *, fresh_link: bool) -> dict[str, str]:
    """The words with their values in place, the right heading and opening chosen."""
    said = filled(asdict(words), values)
    if fresh_link:
        said |= {
            "heading": said["fresh_heading"],
            "heading_initial": said["fresh_heading"],
            "opening": said["fresh_opening"],
            "opening_initial": said["fresh_opening_initial"],
        }
    if values["initial"]:
        said |= {"heading": said["heading_initial"], "opening": said["opening_initial"]}
    if values["amount"]:
        said["opening"] += f" {said['amount']}"
    return said


def _lower_first(heading: str, initial: str) -> str:
    return heading if initial else heading[:1].lower() + heading[1:]
