"""What the portal says of entries, payments, phones and pauses."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from balance_alerts.channels.gsm7 import parts
from balance_alerts.channels.wording import email_alert, text_fresh_link
from balance_alerts.domain.attempt import AttemptState
from balance_alerts.domain.ledger import EntryKind
from balance_alerts.domain.question import hold_until
from balance_alerts.http_api.paging import cursor_of, sort_key_of
from balance_alerts.pages.policy import content_security_policy
from balance_alerts.portal.activity import plain_words
from balance_alerts.portal.payments import payment_rows
from portal.pages import phone_link
from tests import builders

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("kind", "details", "words"),
    [
        (EntryKind.RESPONSIBILITY, {}, "Your share"),
        (EntryKind.RESPONSIBILITY, {"cause": "1"}, "Your share (deductible)"),
        (EntryKind.RESPONSIBILITY, {"cause": "Coinsurance"}, "Your share (coinsurance)"),
        (EntryKind.RESPONSIBILITY, {"cause": "97"}, "Your share"),
        (EntryKind.PAYMENT, {}, "Payment, thank you"),
        (EntryKind.PAYMENT, {"method": "card"}, "Card payment, thank you"),
        (EntryKind.PAYMENT, {"method": "Check"}, "Check payment, thank you"),
        (EntryKind.PAYMENT, {"method": "barter"}, "Payment, thank you"),
        (EntryKind.REFUND, {}, "Refund to you"),
        (EntryKind.CHARGEBACK, {}, "Card payment taken back by your bank"),
        (EntryKind.ADJUSTMENT, {}, "Adjustment"),
        (EntryKind.ADJUSTMENT, {"reverses": "e-1"}, "Correction"),
    ],
)
def test_an_entry_in_plain_words(kind: EntryKind, details: dict[str, Any], words: str) -> None:
    assert plain_words(builders.entry("e-2", kind, 100, **details)) == words


@pytest.mark.parametrize(
    ("since", "held_until", "expected"),
    [
        pytest.param(0, None, 14, id="first"),
        pytest.param(-10, 4, 14, id="again while it lasts"),
        pytest.param(-50, 3, 10, id="never beyond sixty days"),
        pytest.param(-60, 0, 0, id="sixty days are over"),
        pytest.param(0, 40, 40, id="staff gave more already"),
    ],
)
def test_a_question_pauses_alerts(since: int, held_until: int | None, expected: int) -> None:
    until = hold_until(
        TODAY,
        held_since=TODAY + timedelta(days=since),
        held_until=None if held_until is None else TODAY + timedelta(days=held_until),
    )
    assert (until - TODAY).days == expected


def test_entries_with_one_reference_of_the_gateway_are_one_payment() -> None:
    entries = [
        builders.entry("e-1", EntryKind.PAYMENT, 100, external_ref="4001"),
        builders.entry("e-2", EntryKind.PAYMENT, 50, external_ref="4001"),
        builders.entry("e-3", EntryKind.REFUND, 20, external_ref="4001"),
        builders.entry("e-4", EntryKind.PAYMENT, 7),
        builders.entry("e-5"),
    ]
    found = payment_rows(entries, (), builders.at(1))
    rows = {row.payment_id: (row.kind.value, row.amount_cents) for row in found}
    assert rows == {"e-1": ("payment", 150), "e-3": ("refund", 20), "e-4": ("payment", 7)}


def test_checks_of_two_days_with_one_number_are_two_payments() -> None:
    checks = [
        builders.entry(f"check-{day}", EntryKind.PAYMENT, 100, external_ref="1001",
                       recorded_at=builders.at(day))
        for day in (1, 2)
    ]  # fmt: skip
    assert [row.amount_cents for row in payment_rows(checks, (), builders.at(3))] == [100, 100]


def test_an_attempt_is_a_row_of_its_own_until_it_is_in_the_ledger() -> None:
    attempts = [
        builders.attempt("ba-unanswered", AttemptState.SENDING),
        builders.attempt("ba-held", AttemptState.HELD),
        builders.attempt("ba-declined", AttemptState.DECLINED),
        builders.attempt("ba-failed", AttemptState.FAILED),
        builders.attempt("ba-posted", AttemptState.APPROVED),
        # Posted after it was read, before the ledger was.
        builders.attempt("ba-just-posted", AttemptState.UNKNOWN),
    ]
    entries = [
        builders.entry(attempt_id, EntryKind.PAYMENT, 100, external_ref=attempt_id)
        for attempt_id in ("ba-posted", "ba-just-posted")
    ]
    rows = payment_rows(entries, attempts, builders.at(1))
    assert {row.payment_id: row.status.value for row in rows} == {
        "ba-unanswered": "pending",
        "ba-held": "pending",
        "ba-declined": "declined",
        "ba-failed": "failed",
        "ba-posted": "posted",
        "ba-just-posted": "posted",
    }


def test_a_cursor_leads_back_to_its_key() -> None:
    key = "ENTRY#2026-03-02T15:00:00.000000Z#e-1"
    assert sort_key_of(cursor_of(key), prefix="ENTRY#") == key


@pytest.mark.parametrize(
    ("phone", "link"),
    [
        ("(508) 555-0100", "tel:5085550100"),
        ("+1 508-555-0100", "tel:+15085550100"),
        ("508-555-0100 x12", "tel:5085550100"),
        ("508-555-0100 ext. 12", "tel:5085550100"),
    ],
)
def test_a_tap_dials_the_phone(phone: str, link: str) -> None:
    assert phone_link(phone) == link


def test_without_a_card_form_nothing_may_be_framed() -> None:
    policy = content_security_policy()
    assert "frame-src 'none'" in policy
    assert "script-src 'self';" in policy


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("initial", [None, "Ñ"])
def test_the_text_with_a_fresh_link_is_one_part(language: str, initial: str | None) -> None:
    text = text_fresh_link(
        short_name="Harbor Point Physical Therapy",
        phone="(508) 555-0100",
        link="https://pay.example.org/a/" + "x" * 28,
        language=language,
        initial=initial,
    )
    assert parts(text) == 1
    assert "STOP" in text


@pytest.mark.parametrize(("language", "words"), [("en", "new link"), ("es", "nuevo enlace")])
def test_the_email_with_a_fresh_link_says_so(language: str, words: str) -> None:
    content = email_alert(
        display_name="Harbor Point",
        phone="(508) 555-0100",
        link="https://x/a/t",
        unsubscribe_link="https://x/u/t",
        language=language,
        fresh_link=True,
    )
    assert all(words in part for part in (content.subject, content.text, content.html))
    assert "https://x/a/t" in content.text
