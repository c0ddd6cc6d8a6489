"""How an email names its sender."""

from __future__ import annotations

from email.header import decode_header, make_header

import pytest

from balance_alerts.channels.email import from_header


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("Riverside PT", '"Riverside PT" <a@b.example>'),
        ('Back "n" Neck, Inc. (Denver)', r'"Back \"n\" Neck, Inc. (Denver)" <a@b.example>'),
        ("a\\b", r'"a\\b" <a@b.example>'),
        ("Two\r\nBcc: x@y.example", '"Two Bcc: x@y.example" <a@b.example>'),
        ("", "a@b.example"),
        (" \n ", "a@b.example"),
    ],
)
def test_the_sender_is_named_safely(name: str, header: str) -> None:
    assert from_header(name, "a@b.example") == header


@pytest.mark.parametrize(
    "name",
    [
        "Río",
        "Clínica de Fisioterapia y Rehabilitación de San José del Río Ñuñoa",
        "\u6771\u4eac" * 30,
    ],
)
def test_other_letters_are_encoded_in_words_no_longer_than_75(name: str) -> None:
    header = from_header(name, "a@b.example")
    assert header.isascii()
    assert "\n" not in header
    words = header.removesuffix(" <a@b.example>")
    assert max(len(word) for word in words.split()) <= 75
    assert str(make_header(decode_header(words))) == name
