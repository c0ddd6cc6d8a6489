"""What an emailed receipt says, that both parts say it, and what it keeps to itself."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from datetime import date

import pytest

from balance_alerts.channels.receipt_words import long_date
from balance_alerts.channels.wording import EmailContent, PaidByCard, email_receipt
from tests.unit.test_email_words import Page

LANGUAGES = ["en", "es"]
PAID = PaidByCard(
    payment_id="ba234567abcdefghijkl",
    amount_cents=123_456,
    paid_on=date(2026, 11, 3),
    card_type="Visa",
    last_four="1111",
    auth_code="ABC123",
)


def receipt(
    language: str = "en",
    paid: PaidByCard = PAID,
    *,
    display_name: str = "Riverside Physical Therapy",
    phone: str = "(303) 555-0123",
    hours: str = "Mon to Fri 7:00 am to 6:00 pm",
    initial: str | None = None,
) -> EmailContent:
    return email_receipt(
        paid,
        display_name=display_name,
        phone=phone,
        hours=hours,
        language=language,
        initial=initial,
    )


def parts(content: EmailContent) -> tuple[str, str]:
    return " ".join(content.text.split()), Page(content.html).text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Thank you, your payment went through"),
        ("en", "We received your card payment to Riverside Physical Therapy."),
        ("en", "you do not need to do anything else for it"),
        ("en", "November 3, 2026"),
        ("en", "Visa ending in 1111"),
        ("en", "Please keep this email for your records."),
        ("en", "Our hours: Mon to Fri 7:00 am to 6:00 pm"),
        ("en", "Someone else may have paid it for you; please ask us."),
        ("en", "We send one receipt for each card payment"),
        ("es", "Gracias, su pago se realizó"),
        ("es", "Recibimos su pago con tarjeta a Riverside Physical Therapy."),
        ("es", "no tiene que hacer nada más"),
        ("es", "3 de noviembre de 2026"),
        ("es", "Visa terminada en 1111"),
        ("es", "Guarde este correo como comprobante."),
        ("es", "Nuestro horario: Mon to Fri 7:00 am to 6:00 pm"),
        ("es", "otra persona lo haya hecho por usted; pregúntenos"),
        ("es", "Enviamos un recibo por cada pago con tarjeta"),
        *((language, "$1,234.56") for language in LANGUAGES),
        *((language, "ABC123") for language in LANGUAGES),
        *((language, "(303) 555-0123") for language in LANGUAGES),
    ],
)
def test_both_parts_tell_what_was_paid_and_whom_to_call(language: str, said: str) -> None:
    assert all(said in part for part in parts(receipt(language)))


def test_the_payment_number_is_read_in_groups_and_copied_in_one_piece() -> None:
    content = receipt()
    assert "Payment number: ba234567abcdefghijkl" in content.text
    assert "Payment number ba23 4567 abcd efgh ijkl" in Page(content.html).text
    assert "ba234567abcdefghijkl" in re.sub("<[^>]*>", "", content.html)


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("en", "Riverside Physical Therapy: your payment receipt"),
        ("es-MX", "Riverside Physical Therapy: recibo de su pago"),
    ],
)
def test_the_subject_says_who_and_what_and_no_amount(language: str, subject: str) -> None:
    assert receipt(language).subject == subject


def test_it_is_never_told_a_case_or_a_name() -> None:
    told = {*inspect.signature(email_receipt).parameters, *PaidByCard.__dataclass_fields__}
    assert {name for name in told if "case" in name or "name" in name} == {"display_name"}


@pytest.mark.parametrize(
    ("language", "said"), [("en", "for the account of M. at"), ("es", "la cuenta de M. en")]
)
def test_a_shared_address_is_told_whose_account_by_an_initial(language: str, said: str) -> None:
    for part in parts(receipt(language, initial="maria")):
        assert said in part
        assert "aria" not in part.lower().replace("bancaria", "")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("unknown", "label"),
    [
        ({"last_four": None}, r"\bCard\b|\bTarjeta\b"),
        ({"auth_code": None}, "Approval code|Código de aprobación"),
    ],
    ids=["card", "approval code"],
)
def test_what_the_gateway_did_not_tell_is_left_out(
    language: str, unknown: dict[str, None], label: str
) -> None:
    for part, full in zip(
        parts(receipt(language, replace(PAID, **unknown))), parts(receipt(language)), strict=True
    ):
        assert re.search(label, full)
        assert not re.search(label, part)
        assert "None" not in part


@pytest.mark.parametrize(
    ("card_type", "said"),
    [
        ("MasterCard", "Mastercard ending in 1111"),
        ("AmericanExpress", "American Express ending in 1111"),
        ("JCB", "JCB ending in 1111"),
        (None, "Card: Card ending in 1111"),
    ],
)
def test_cards_are_called_what_is_printed_on_them(card_type: str | None, said: str) -> None:
    assert said in receipt(paid=replace(PAID, card_type=card_type)).text


def test_without_hours_none_are_named() -> None:
    assert "hours" not in receipt(hours="").text


def test_it_is_no_alert_and_so_offers_no_way_to_unsubscribe() -> None:
    for language in LANGUAGES:
        content = receipt(language)
        assert not content.headers
        assert set(Page(content.html).links) == {"tel:+13035550123"}
        assert "http" not in content.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_heard_in_its_language_and_its_table_read_by_rows(language: str) -> None:
    page = Page(receipt(language).html)
    assert page.attributes.count(("lang", language)) == 2
    assert page.tags.count("h1") == 1
    assert page.tags.count("table") - page.attributes.count(("role", "presentation")) == 1
    assert page.attributes.count(("scope", "row")) == 6
    assert not {"img", "link", "script", "iframe", "form", "object"} & set(page.tags)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_placeholder_is_filled_and_no_value_is_read_as_one(language: str) -> None:
    content = receipt(language, display_name="Pay$amount ${phone} & <b>", hours="$name")
    for part in (content.subject, content.text, content.html):
        left = part.replace("Pay$amount ${phone}", "").replace(": $name", "")
        assert not re.search(r"\$[a-z{]", left)
    assert "<b>" not in content.html
    assert "Pay$amount ${phone} & <b>" in Page(content.html).text


@pytest.mark.parametrize("month", range(1, 13))
def test_months_are_written_out(month: int) -> None:
    day = date(2026, month, 1)
    assert long_date(day, "en") == day.strftime("%B 1, 2026")
    assert re.fullmatch(r"1 de [a-z]{4,10} de 2026", long_date(day, "es"))
