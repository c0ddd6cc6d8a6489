"""What a practice shows to carriers is what its patients get."""

from __future__ import annotations

from dataclasses import replace

import pytest

from balance_alerts.channels.gsm7 import is_gsm7, parts
from balance_alerts.channels.language import LANGUAGES
from balance_alerts.channels.text_words import LONGEST_LINK, text_alert
from balance_alerts.channels.wording import longest_short_name
from infra.operator.keyword_replies import keyword_replies
from infra.operator.message_samples import AMOUNT_CENTS, INITIAL, emails, texts
from tests import builders

LINK = "https://pay.example.com/a/" + "x" * 28
PHONE = "(508) 555-0100"


def test_every_wording_is_there_once() -> None:
    practice = builders.practice()
    said = dict(texts(practice, LINK))
    assert len(said) == len(set(said.values())) == 2 * (4 + 2)
    written = dict(emails(practice, LINK, LINK.replace("/a/", "/u/")))
    assert len(written) == len({each.text for each in written.values()}) == 2 * (4 + 2 + 2)
    assert sum("receipt" in title for title in written) == 4


def test_texts_are_those_that_are_sent() -> None:
    practice = builders.practice()
    sent = text_alert(
        short_name=practice.short_name,
        phone=practice.phone,
        link=LINK,
        language="es",
        initial=INITIAL,
        amount_cents=AMOUNT_CENTS,
    )
    title = "Text, alert, Spanish, with the amount, with an initial"
    assert dict(texts(practice, LINK))[title] == sent


@pytest.mark.parametrize("language", LANGUAGES)
def test_replies_of_the_number_fit_one_part_beside_the_longest_name(language: str) -> None:
    name = "N" * longest_short_name(PHONE)
    replies = dict(keyword_replies(short_name=name, phone=PHONE, language=language))
    assert set(replies) == {"STOP", "START", "HELP"}
    for keyword, said in replies.items():
        assert is_gsm7(said)
        assert parts(said) == 1, (keyword, len(said))
        assert "508" in said
        assert name in said
    assert all("STOP" in replies[keyword] for keyword in ("START", "HELP"))


def test_the_longest_text_still_fits() -> None:
    practice = builders.practice()
    practice = replace(practice, short_name="N" * longest_short_name(practice.phone))
    assert all(parts(said) == 1 for _, said in texts(practice, "x" * LONGEST_LINK))
