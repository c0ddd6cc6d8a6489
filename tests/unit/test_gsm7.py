"""What a text costs in parts, and how it becomes plain enough to cost one."""

from __future__ import annotations

import pytest

from balance_alerts.channels.gsm7 import (
    BASIC,
    EXTENSION,
    is_gsm7,
    parts,
    sanitise,
    septets,
    unsendable,
)

MUSCLE = "\U0001f4aa"


def test_the_alphabet_has_its_127_characters_and_10_extensions() -> None:
    assert len(BASIC) == 127
    assert len(EXTENSION) == 10
    assert not BASIC & EXTENSION


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("", 0, id="nothing"),
        pytest.param("a", 1, id="a letter"),
        pytest.param("a" * 160, 1, id="160"),
        pytest.param("a" * 161, 2, id="161"),
        pytest.param("a" * 306, 2, id="306"),
        pytest.param("a" * 307, 3, id="307"),
        pytest.param("a" * 459, 3, id="459"),
        pytest.param("a" * 460, 4, id="460"),
        pytest.param("é" * 160, 1, id="160 accented letters of the alphabet"),
        pytest.param("a" * 158 + "€", 1, id="an extension character fills the part"),
        pytest.param("a" * 159 + "€", 2, id="an extension character overflows it"),
        pytest.param("[" * 80, 1, id="80 extension characters"),
        pytest.param("[" * 81, 2, id="81 extension characters"),
        pytest.param("[" * 152, 2, id="76 a part, the last septet of each unused"),
        pytest.param("[" * 153, 3, id="one more than 76 a part"),
        pytest.param("a" * 152 + "€" + "a" * 151, 2, id="moved to the next part whole"),
        pytest.param("a" * 152 + "€" + "a" * 152, 3, id="which costs the next part a septet"),
        pytest.param("á" * 70, 1, id="70 outside the alphabet"),
        pytest.param("á" * 71, 2, id="71 outside the alphabet"),
        pytest.param("á" * 134, 2, id="134 outside the alphabet"),
        pytest.param("á" * 135, 3, id="135 outside the alphabet"),
        pytest.param("a" * 69 + "á", 1, id="one letter outside makes all of it wide"),
        pytest.param("a" * 70 + "á", 2, id="one letter outside, 71"),
        pytest.param(MUSCLE * 35, 1, id="35 emoji of two units"),
        pytest.param(MUSCLE * 36, 2, id="36 emoji"),
        pytest.param(MUSCLE * 66, 2, id="33 emoji a part, the last unit unused"),
        pytest.param(MUSCLE * 67, 3, id="67 emoji"),
    ],
)
def test_parts_are_counted_as_carriers_bill_them(text: str, count: int) -> None:
    assert parts(text) == count


@pytest.mark.parametrize("char", list("@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¡¿ÄÖÑÜ§äöñüà\n\r"))
def test_a_character_of_the_alphabet_stays_as_it_is(char: str) -> None:
    assert sanitise(char) == char
    assert septets(char) == 1


@pytest.mark.parametrize("char", list("áíóúçÁÍÓÚâêõ`\t"))
def test_these_look_harmless_but_would_make_the_text_wide(char: str) -> None:
    assert not is_gsm7(char)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        pytest.param("\u2018it\u2019s\u2019", "'it's'", id="curly single quotes"),
        pytest.param("\u201cPT\u201d", '"PT"', id="curly double quotes"),
        pytest.param("a\u2013b\u2014c\u2011d\u2212e", "a-b-c-d-e", id="dashes"),
        pytest.param("wait\u2026", "wait...", id="ellipsis"),
        pytest.param("más días aquí, Jesús", "mas dias aqui, Jesus", id="accents outside"),
        pytest.param("niña, pingüino, café", "niña, pingüino, café", id="accents inside"),
        pytest.param("nin\u0303a, cafe\u0301", "niña, café", id="combining accents"),
        pytest.param("façade", "facade", id="small c with cedilla"),
        pytest.param("Łódź Đorđe", "Lodz Dorde", id="strokes"),
        pytest.param("Œuvre", "OEuvre", id="ligature"),
        pytest.param("\ufb01t", "fit", id="typographic ligature"),
        pytest.param("a\u200bb\u200dc\ufeffd\u00ade", "abcde", id="invisible"),
        pytest.param("a\u00a0b\u2009c\u3000d", "a b c d", id="odd spaces"),
        pytest.param("\uff21\uff22\uff11", "AB1", id="full width"),
        pytest.param("\u00bd mile", "1/2 mile", id="fraction"),
        pytest.param("Care\u2122", "CareTM", id="trade mark"),
        pytest.param(f"PT {MUSCLE}!", "PT !", id="emoji"),
        pytest.param("\u6771\u4eac", "", id="another script"),
        pytest.param("{a}~€", "{a}~€", id="extension characters"),
        pytest.param("a\x00\x07b", "ab", id="control characters"),
    ],
)
def test_text_becomes_plain(text: str, plain: str) -> None:
    assert sanitise(text) == plain
    assert is_gsm7(sanitise(text))


def test_what_cannot_be_shown_is_named_once_and_accents_are_not() -> None:
    assert unsendable(f"{MUSCLE} Clínica\u200b \u6771{MUSCLE}") == [MUSCLE, "\u6771"]
