"""The trail as a practice administrator reads it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from balance_alerts.domain.account import HoldReason
from balance_alerts.domain.audit import Who
from balance_alerts.domain.calendar import Weekday
from balance_alerts.domain.ledger import EntryKind
from balance_alerts.domain.permissions import Level
from tests import builders
from tests.browser.journeys.conftest import Look, Open
from tests.stack.due import Clinic
from tests.stack.portal_client import Browser as Portal

REPOSITORY = Path(__file__).parents[3]
NOTED = re.compile(r"""(?:action=|_note\(\s*(?:[a-z_]+,\s*)*)"([a-z_]+)"|"(attention_[a-z]+)\"""")
READ = """async (changes) => {
    const base = document.querySelector("script[type=module]").src;
    const words = await import(base.replace("console.js", "change-words.js"));
    const { formatsOf } = await import(base.replace("console.js", "format.js"));
    const f = formatsOf("en", "America/New_York");
    return changes.map((one) => [
        words.actionWords(one), words.subjectWords(one), ...words.changeSentences(one, f),
    ]);
}"""
ACTIONS = """async () => {
    const base = document.querySelector("script[type=module]").src;
    return Object.keys((await import(base.replace("console.js", "change-words.js"))).ACTIONS);
}"""
PAID = {"payment_id": "babc", "trans_id": "6009", "amount_cents": 2_000}
CHANGES: list[tuple[str, str, dict[str, Any], dict[str, Any], list[str]]] = [
    (
        "authorize_net_connected",
        "practice",
        {"connection_id": None, "api_login_id": None, "has_signature_key": None},
        {"connection_id": "c-1", "api_login_id": "harbor", "has_signature_key": False},
        ["Authorize.net connected", "practice", "Login: harbor.", "Signature key: no."],
    ),
    (
        "authorize_net_disconnected",
        "practice",
        {"connection_id": "c-1", "api_login_id": "harbor", "has_signature_key": True},
        {"connection_id": None, "api_login_id": None, "has_signature_key": None},
        [
            "Authorize.net disconnected",
            "practice",
            "Patients cannot pay online any more. The login was harbor.",
        ],
    ),
    (
        "balance_alerts_changed",
        "practice",
        {"send_window": "09:00 to 20:00", "paused": False, "pilot_contacts": None},
        {"send_window": "10:30 to 18:00", "paused": True, "pilot_contacts": ["j***@example.org"]},
        [
            "Alert settings changed",
            "practice",
            "Sending hours: from 9:00 AM to 8:00 PM to 10:30 AM to 6:00 PM.",
            "Pause: from off to on.",
            "Tried out with: from everybody to j***@example.org.",
        ],
    ),
    (
        "patient_changed",
        "patient p-1",
        {"email": "j***@example.org", "member_ids": [], "time_zone": None, "text_alerts": True},
        {"email": None, "member_ids": None, "time_zone": "Pacific/Honolulu", "text_alerts": None},
        [
            "Patient’s details changed",
            "patient p-1",
            "Email address: taken off; it was j***@example.org.",
            "Time zone: from the practice’s to Hawaii (Honolulu).",
            "Text alerts: from on to not set.",
        ],
    ),
    (
        "subscription_changed",
        "patient p-1",
        {"text": None, "email": True},
        {"text": True, "email": False},
        [
            "Alerts of a patient switched",
            "patient p-1",
            "Text alerts: from not set to on.",
            "Email alerts: from on to off.",
        ],
    ),
    (
        "staff_changed",
        "staff 0b-1",
        {"level": "front_desk", "disabled": False, "colleague": None},
        {"level": "business_owner", "disabled": True, "colleague": "Noor Haddad"},
        [
            "Staff account changed",
            "Noor Haddad",
            "Level: from Front desk to Business owner.",
            "May sign in: from yes to no.",
        ],
    ),
    (
        "staff_removed",
        "staff 0b-1",
        {"name": "Noor Haddad", "email": "n***@example.org", "level": "front_desk"},
        {"name": None, "email": None, "level": None},
        ["Staff account removed", "Noor Haddad", "Front desk, n***@example.org"],
    ),
    (
        "payment_resolved",
        "patient p-1",
        {"payment_id": None, "state": "unknown", "trans_id": None, "amount_cents": None},
        {**PAID, "state": "not_charged", "trans_id": None},
        [
            "Payment settled by hand",
            "patient p-1",
            "Payment number babc, $20.00. The card was not charged.",
        ],
    ),
    (
        "payment_overturned",
        "patient p-1",
        {"payment_id": None, "state": "not_charged", "trans_id": None, "amount_cents": None},
        {**PAID, "state": "charged"},
        [
            "Payment settled by hand was charged after all",
            "patient p-1",
            "Payment number babc, $20.00. The card was charged, transaction 6009. "
            "It is in the balance now.",
        ],
    ),
    (
        "attention_dismissed",
        "item charge-6009.not_settled",
        {},
        {},
        ["Dismissed on Today", "charge 6009"],
    ),
    (
        "link_issued",
        "patient p-1",
        {"expires_at": None},
        {"expires_at": "2026-04-17T15:00:00+00:00"},
        [
            "Link handed out",
            "patient p-1",
            "It works until April 17, 2026, 11:00\u00a0AM\u00a0EDT, unless it is ended before.",
        ],
    ),
    (
        "question_answered",
        "patient p-1",
        {"state": "open", "held": True},
        {"state": "answered", "held": False},
        ["Question answered", "patient p-1", "Alerts may go out again."],
    ),
]


def noted_actions() -> set[str]:
    """What the code notes in the trail, as it stands there."""
    folders = (REPOSITORY / "functions" / "balance_alerts", REPOSITORY / "infra" / "operator")
    files = [path for folder in folders for path in folder.rglob("*.py")]
    texts = [path.read_text("utf-8") for path in files if "audit_record" in path.read_text("utf-8")]
    found = {action for text in texts for pair in NOTED.findall(text) for action in pair if action}
    found.discard("store_true")  # argparse's
    return found | {"patient_added", "patient_changed"}


def test_every_change_has_words(console: Open) -> None:
    seen = console(Level.FRONT_DESK, at="changes").expect_screen("Changes")
    changes = [
        {"action": action, "subject": subject, "before": before, "after": after}
        for action, subject, before, after, _ in CHANGES
    ]
    assert seen.page.evaluate(READ, changes) == [told for *_, told in CHANGES]
    assert set(seen.page.evaluate(ACTIONS)) == noted_actions()


def test_changes_read_as_sentences(console: Open, clinic: Clinic, look: Look) -> None:
    stack, practice_id = clinic.stack, clinic.practice.practice_id
    mobile = clinic.patient("p-1")
    clinic.queue("p-1")
    noor = Who("s-1", "Noor Haddad", "practice_administrator")
    wiring = stack.wiring
    week = frozenset({Weekday.MON, Weekday.WED})
    settings = {"minimum_balance_cents": 500, "daily_limit": 40, "send_days": week}
    wiring.practice_changes.alerts(practice_id, settings, by=noor)
    for until in (date(2026, 3, 20), date(2026, 4, 1)):
        wiring.hold_desk.put(
            practice_id, "p-1", HoldReason.DISPUTE, until=until, note="Says it is paid.", by=noor
        )
    wiring.hold_desk.release(practice_id, "p-1", HoldReason.DISPUTE, by=noor)
    added = {"first_name": "Rosa", "last_name": "Núñez", "date_of_birth": date(1990, 5, 17)}
    wiring.patient_changes.save(practice_id, "p-2", added, by=noor)
    entry = builders.entry("e-7", EntryKind.PAYMENT, 2_000, recorded_at=stack.now())
    wiring.ledger_desk.post(practice_id, "p-1", entry, by=noor)
    link = str(stack.outbox.messages(to=mobile)[-1].link)
    patient = Portal(stack.public_url).signed_in(link.rpartition("/")[2])
    assert patient.send("PUT", "/portal/alerts", {"text": False, "email": False}).status == 200

    seen = console(Level.PRACTICE_ADMINISTRATOR, at="changes").expect_screen("Changes")
    told = seen.page.locator(".entry")
    expect(told.get_by_role("link", name="Maya Okafor").first).to_be_visible()
    for number, texts in enumerate((
        ("Alerts of a patient switched · Maya Okafor", "Text alerts: from on to off.",
         "The patient · March 3, 2026"),
        ("Ledger entry recorded", "Payment of $20.00, case knee"),
        ("Patient added · Rosa Núñez", "Date of birth: May 17, 1990."),
        ("Hold released", "Dispute; it was through April 1, 2026."),
        ("Alerts of a patient held",
         "Dispute, through April 1, 2026; it was through March 20, 2026.",
         "Note: Says it is paid."),
        ("Alerts of a patient held", "Dispute, through March 20, 2026."),
        ("Alert settings changed", "Smallest balance: from $0.01 to $5.00.",
         "Most alerts in one day: from no limit to 40.",
         "Sending days: from every day to Monday and Wednesday.",
         "Noor Haddad, practice administrator"),
    )):  # fmt: skip
        for text in texts:
            expect(told.nth(number)).to_contain_text(text)
    expect(told).to_have_count(7)
    for code in ("nothing", "_", "T1", "→", "null", "undefined"):
        expect(seen.page.locator(".entries")).not_to_contain_text(code)
    look(seen, "change-sentences")
