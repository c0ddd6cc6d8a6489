"""What an email says, that both parts say it, and that nothing in it can be abused."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from balance_alerts.channels.wording import EmailContent, email_alert

LINK = "https://pay.riversidept.com/a/k7m2qpZb3_x9QwErTyUiOpAsDf1a"
UNSUBSCRIBE = "https://pay.riversidept.com/u/k7m2qpZb3_x9QwErTyUiOpAsDf1a"
LANGUAGES = ["en", "es"]


def alert(
    language: str = "en",
    *,
    display_name: str = "Riverside Physical Therapy",
    phone: str = "(303) 555-0123",
    initial: str | None = None,
    amount_cents: int | None = None,
) -> EmailContent:
    return email_alert(
        display_name=display_name,
        phone=phone,
        link=LINK,
        unsubscribe_link=UNSUBSCRIBE,
        language=language,
        initial=initial,
        amount_cents=amount_cents,
    )


class Page(HTMLParser):
    """The text of a page, its links, and every resource or script it would load."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] != ["style"]:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("en", "Riverside Physical Therapy: you have a balance to view"),
        ("es", "Riverside Physical Therapy: tiene un saldo pendiente"),
    ],
)
def test_the_subject_says_who_and_what_and_no_amount(language: str, subject: str) -> None:
    assert alert(language, amount_cents=12345).subject == subject


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("en", "Riverside Physical Therapy: M. has a balance to view"),
        ("es", "Riverside Physical Therapy: M. tiene un saldo pendiente"),
    ],
)
def test_the_initial_tells_whose_balance_it_is(language: str, subject: str) -> None:
    content = alert(language, initial="maria")
    assert content.subject == subject
    for part in (content.text, Page(content.html).text):
        assert "M." in part
        assert "aria" not in part.lower().replace("bancaria", "")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "We never ask for a Social Security number or for card details by text or email."),
        ("en", "Call the number on your appointment card."),
        ("en", "Already paid, or waiting on insurance?"),
        ("en", "the page first asks for the patient's date of birth"),
        ("es", "Nunca pedimos por mensaje de texto ni por correo su número de Seguro Social"),
        ("es", "Llame al número que aparece en su tarjeta de citas."),
        ("es", "¿Ya pagó o espera la respuesta de su seguro?"),
        ("es", "la página le pedirá primero la fecha de nacimiento"),
    ],
)
def test_both_parts_reassure(language: str, said: str) -> None:
    content = alert(language)
    assert said in content.text
    assert said in Page(content.html).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_parts_hold_the_practice_the_phone_the_link_and_the_way_out(language: str) -> None:
    content = alert(language)
    page = Page(content.html)
    for part in (content.text, page.text):
        assert "Riverside Physical Therapy" in part
        assert "(303) 555-0123" in part
        assert LINK in part
    assert UNSUBSCRIBE in content.text
    assert page.links.count(LINK) == 2
    assert page.links.count(UNSUBSCRIBE) == 1
    assert page.links.count("tel:+13035550123") == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_amount_is_named_only_when_asked_for(language: str) -> None:
    assert "$" not in alert(language).text + alert(language).html
    content = alert(language, amount_cents=123456)
    assert "$1,234.56" in content.text
    assert "$1,234.56" in content.html


def test_one_click_unsubscribe_headers() -> None:
    assert dict(alert().headers) == {
        "List-Unsubscribe": f"<{UNSUBSCRIBE}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_loads_nothing_and_runs_nothing(language: str) -> None:
    content = alert(language)
    page = Page(content.html)
    assert not {"img", "link", "script", "iframe", "form", "object"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name in ("src", "background", "srcset")]
    assert "url(" not in content.html
    assert "@import" not in content.html
    assert set(page.links) == {LINK, UNSUBSCRIBE, "tel:+13035550123"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_screen_readers_hear_the_right_language_and_no_tables(language: str) -> None:
    page = Page(alert(language).html)
    assert page.attributes.count(("lang", language)) == 2
    tables = page.tags.count("table")
    assert page.attributes.count(("role", "presentation")) == tables
    assert page.tags.count("h1") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_placeholder_is_filled(language: str) -> None:
    content = alert(language, initial="M", amount_cents=100)
    for part in (content.subject, content.text, content.html):
        assert not re.search(r"\$[a-z{]", part)


def test_values_are_text_in_the_page_whatever_they_hold() -> None:
    content = alert(display_name='<script>alert("x")</script> & Söhne', phone="<b>303</b>")
    assert "<script" not in content.html
    assert "<b>303" not in content.html
    assert "&lt;script&gt;" in content.html
    assert "Söhne" in content.html


def test_values_are_never_read_as_placeholders() -> None:
    content = alert(display_name="Pay$link ${phone} $$", phone="$name")
    assert "Pay$link ${phone} $$" in content.text
    assert "Pay$link ${phone} $$" in content.html


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\u2028", "\x0b", "\x00"])
def test_a_line_break_in_a_name_cannot_add_a_header(break_: str) -> None:
    content = alert(display_name=f"Riverside{break_}Bcc: x@example.org")
    assert content.subject.startswith("Riverside Bcc: x@example.org: ")
    assert len(content.subject.splitlines()) == 1


def test_a_phone_with_more_to_it_is_shown_but_not_dialled() -> None:
    content = alert(phone="303-555-0123 ext. 4")
    assert "303-555-0123 ext. 4" in Page(content.html).text
    assert "tel:" not in content.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_part_is_short(language: str) -> None:
    assert len(alert(language).text.split()) < 140
