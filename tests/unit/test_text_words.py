"""Every text an alert can be: one part, and all it has to say."""

from __future__ import annotations

from itertools import product

import pytest

from balance_alerts.channels.gsm7 import is_gsm7, parts, septets
from balance_alerts.channels.wording import (
    longest_short_name,
    short_name_problem,
    shorten,
    text_alert,
    text_help,
)

LINK = "https://pay.riverside-clinic.com/a/k7m2qpZb3x9QwErTyUiOpAsDf"
PHONES = ["303-555-0123", "(303) 555-0123", "+1 (303) 555-0123", "+13035550123", "303.555.0123 x12"]
LANGUAGES = ["en", "es"]
INITIALS = [None, "M", "Ñ", "É", "À", "\u6771"]
AMOUNTS = [None, 1, 12345, 100_000_00, 999_999_99, 123_456_789_00]
STOP = {"en": "STOP to stop", "es": "STOP para "}
BALANCE = {"en": "balance", "es": "saldo"}


def test_the_link_of_these_tests_is_as_long_as_links_get() -> None:
    assert len(LINK) == 60


@pytest.mark.parametrize(
    ("language", "initial", "amount_cents", "phone"),
    list(product(LANGUAGES, INITIALS, AMOUNTS, PHONES)),
)
def test_the_longest_name_fits_one_part_whatever_else_is_said(
    language: str, initial: str | None, amount_cents: int | None, phone: str
) -> None:
    name = "N" * longest_short_name(phone)
    assert short_name_problem(name, phone) is None
    text = text_alert(
        short_name=name,
        phone=phone,
        link=LINK,
        language=language,
        initial=initial,
        amount_cents=amount_cents,
    )
    assert is_gsm7(text)
    assert parts(text) == 1
    assert text.startswith(f"{name}: ")
    assert f" {LINK} " in text
    assert BALANCE[language] in text
    assert STOP[language] in text


@pytest.mark.parametrize(
    ("language", "phone"), list(product(LANGUAGES, [*PHONES, "303-555-0123 ext. 4417", "9" * 28]))
)
@pytest.mark.parametrize("letter", ["N", "Ñ", "["])
def test_help_is_answered_in_one_part_whatever_short_name_and_phone_pass(
    language: str, phone: str, letter: str
) -> None:
    name = letter * (longest_short_name(phone) // septets(letter) - 1) + "N"
    assert short_name_problem(name, phone) is None
    text = text_help(short_name=name, phone=phone, language=language)
    assert is_gsm7(text)
    assert parts(text) == 1
    assert text.startswith(f"{name}: ")
    assert phone in text or "303-555-0123" in text
    assert BALANCE[language] in text
    assert "STOP" in text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "Riverside PT: We text you when you have a balance to view. Questions? "
            "Call 303-555-0123. Reply STOP to stop these texts.",
        ),
        (
            "es-MX",
            "Riverside PT: Le escribimos cuando tiene un saldo pendiente. ¿Preguntas? "
            "Llame al 303-555-0123. Responda STOP para no recibir mensajes.",
        ),
    ],
)
def test_what_answers_help(language: str, said: str) -> None:
    assert text_help(short_name="Riverside PT", phone="303-555-0123", language=language) == said


@pytest.mark.parametrize("phone", PHONES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_phone_stands_as_the_practice_writes_it_where_there_is_room(
    language: str, phone: str
) -> None:
    text = text_alert(short_name="Riverside PT", phone=phone, link=LINK, language=language)
    assert f" {phone}." in text


def test_the_phone_is_written_shorter_before_anything_is_lost() -> None:
    text = text_alert(
        short_name="N" * longest_short_name("+1 (303) 555-0123"),
        phone="+1 (303) 555-0123",
        link=LINK,
        language="en",
        amount_cents=999_999_99,
    )
    assert "Call 303-555-0123." in text


@pytest.mark.parametrize(
    ("language", "initial", "amount_cents", "said"),
    [
        ("en", None, None, "Riverside PT: You have a balance to view: https"),
        ("en", "m", None, "Riverside PT: M. has a balance to view: https"),
        ("en", None, 12345, "Riverside PT: You have a balance of $123.45: https"),
        ("en", "M", 12345, "Riverside PT: M. has a balance of $123.45: https"),
        ("es", None, None, "Riverside PT: Tiene un saldo pendiente: https"),
        ("es", "Ñ", None, "Riverside PT: Ñ. tiene un saldo pendiente: https"),
        ("es", None, 12345, "Riverside PT: Tiene un saldo de $123.45: https"),
        ("es", "M", 12345, "Riverside PT: M. tiene un saldo de $123.45: https"),
        ("es-MX", None, None, "Riverside PT: Tiene un saldo pendiente: https"),
        ("ES", None, None, "Riverside PT: Tiene un saldo pendiente: https"),
        ("", None, None, "Riverside PT: You have a balance to view: https"),
        ("fr", None, None, "Riverside PT: You have a balance to view: https"),
    ],
)
def test_the_words(language: str, initial: str | None, amount_cents: int | None, said: str) -> None:
    text = text_alert(
        short_name="Riverside PT",
        phone="303-555-0123",
        link=LINK,
        language=language,
        initial=initial,
        amount_cents=amount_cents,
    )
    assert text.startswith(said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_amount_is_named_unless_asked_for(language: str) -> None:
    text = text_alert(short_name="Riverside PT", phone="303-555-0123", link=LINK, language=language)
    assert "$" not in text


def test_of_a_whole_first_name_only_the_initial_is_used() -> None:
    text = text_alert(
        short_name="Riverside PT", phone="303-555-0123", link=LINK, language="en", initial="maria"
    )
    assert "M. has" in text
    assert "aria" not in text


def test_a_short_link_leaves_room_for_friendlier_words() -> None:
    text = text_alert(
        short_name="Riverside PT",
        phone="303-555-0123",
        link="https://rpt.example/a/k7m2qpZb3x9QwErTyUiOpAsDf12345",
        language="es",
    )
    assert parts(text) == 1
    assert "Responda STOP para no recibir mensajes." in text


def test_a_link_longer_than_promised_is_still_whole() -> None:
    link = "https://" + "x" * 120
    text = text_alert(short_name="Riverside PT", phone="303-555-0123", link=link, language="en")
    assert f" {link} " in text
    assert text.endswith("Reply STOP to stop.")
    assert parts(text) == 2


@pytest.mark.parametrize(
    ("short_name", "phone", "problem"),
    [
        pytest.param("Riverside PT", "303-555-0123", None, id="fits"),
        pytest.param("Ñ" * 24, "303-555-0123", None, id="as long as can be"),
        pytest.param("N" * 25, "303-555-0123", "may have 24 characters, this has 25", id="long"),
        pytest.param("P" + "[" * 12, "303-555-0123", "this has 25", id="extension characters"),
        pytest.param("Clínica Río", "303-555-0123", None, id="accents are dropped"),
        pytest.param("PT \U0001f4aa", "303-555-0123", "cannot show: \U0001f4aa", id="emoji"),
        pytest.param("", "303-555-0123", "at least one letter", id="empty"),
        pytest.param(" - ", "303-555-0123", "at least one letter", id="no letter"),
        pytest.param("PT", "303-555-0123 or 303-555-0124 to 0129", "phone is too long", id="phone"),
    ],
)
def test_a_short_name_that_cannot_fit_is_refused_with_what_to_change(
    short_name: str, phone: str, problem: str | None
) -> None:
    found = short_name_problem(short_name, phone)
    assert (found is None) if problem is None else (found is not None and problem in found)


@pytest.mark.parametrize(
    ("display_name", "short_name"),
    [
        ("Riverside PT", "Riverside PT"),
        ("Riverside Physical Therapy", "Riverside PT"),
        ("Riverside Therapy LLC", "Riverside Therapy LLC"),
        ("Riverside Sports Therapy, LLC", "Riverside Sports Therapy"),
        ("Back and Neck Rehabilitation", "Back & Neck Rehab"),
        ("Center for Sports Medicine of Denver", "Ctr for Sports Med"),
        ("Supercalifragilisticexpialidocious", "Supercalifragilisticexpi"),
        ("Clínica San José", "Clinica San José"),
        ("  Two\n lines ", "Two lines"),
        ("\u6771\u4eac", "Clinic"),
        ("", "Clinic"),
    ],
)
def test_a_short_name_is_made_from_the_display_name(display_name: str, short_name: str) -> None:
    assert shorten(display_name, "303-555-0123") == short_name


@pytest.mark.parametrize("phone", PHONES)
@pytest.mark.parametrize(
    "display_name",
    ["A", "[" * 90, "The Very Long Name of a Practice, P.C.", "Ñandú " * 20, "a & b & c & d " * 9],
)
def test_a_name_made_short_always_passes(display_name: str, phone: str) -> None:
    made = shorten(display_name, phone)
    assert septets(made) <= longest_short_name(phone)
    if any(char.isalnum() for char in display_name):
        assert short_name_problem(made, phone) is None
