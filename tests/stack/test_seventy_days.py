"""Seventy days in the life of a small practice, through the whole stack.

Files are imported, the schedule runs once a day, people pay and are charged anew, and the practice
changes its rhythm half way. What left the stack is held against a slow, obvious reading of the
rules that shares no code with the product.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

import pytest

from balance_alerts.domain.practice import Frequency
from infra.local.importing import ImportKind
from infra.local.stack import LocalStack
from tests.builders import DAY_0, NEW_YORK, at

LAST_DAY: Final = 70
MONTHLY_FROM: Final = 40
"""The day on whose morning the practice changes from every two weeks to every 30 days."""

PATIENT_COLUMNS = [
    "patient_id", "first_name", "last_name", "date_of_birth", "mobile", "email", "language",
    "time_zone", "member_ids", "text", "email_alerts", "consent_source", "consent_at",
]  # fmt: skip
ENTRY_COLUMNS = [
    "entry_id", "patient_id", "case_id", "case_label", "kind", "amount", "recorded_at",
    "service_date", "cause", "payer", "method", "external_ref", "reverses", "description",
]  # fmt: skip


@dataclass
class Life:
    """One patient: what is recorded on which day, in dollars, and on which channels they are."""

    channels: tuple[str, ...] = ("text",)
    entries: dict[int, list[tuple[str, int]]] = field(default_factory=dict)
    number: int = 0

    @property
    def patient_id(self) -> str:
        return f"p-{self.number:02}"

    @property
    def contacts(self) -> dict[str, str]:
        return {
            "text": f"+1202558{self.number:04}",
            "email": f"{self.patient_id}@example.org",
        }


LIVES = {
    "owes and never pays": Life(entries={0: [("responsibility", 50)]}),
    "on email too": Life(("text", "email"), {0: [("responsibility", 50)]}),
    "by email alone": Life(("email",), {3: [("responsibility", 20)]}),
    "never subscribed": Life((), {0: [("responsibility", 50)]}),
    "pays before the first alert": Life(
        entries={0: [("responsibility", 50)], 1: [("payment", 50)]}
    ),
    "pays after the second": Life(entries={0: [("responsibility", 50)], 16: [("payment", 50)]}),
    "pays in part": Life(entries={0: [("responsibility", 50)], 16: [("payment", 20)]}),
    "pays, owes again": Life(
        entries={0: [("responsibility", 50)], 5: [("payment", 50)], 20: [("responsibility", 30)]}
    ),
    "pays, owes again within the period": Life(
        entries={0: [("responsibility", 50)], 2: [("payment", 50)], 6: [("responsibility", 30)]}
    ),
    "is charged every week": Life(
        entries={day: [("responsibility", 25)] for day in range(0, 70, 7)}
    ),
    "is charged as the window would close": Life(
        entries={0: [("responsibility", 50)], 59: [("responsibility", 10)]}
    ),
    "has a credit that outweighs": Life(
        entries={0: [("responsibility", 50), ("adjustment", -60)], 30: [("responsibility", 30)]}
    ),
    "brought an old balance along": Life(entries={0: [("adjustment", 80)]}),
    "is refunded: no new window": Life(
        entries={0: [("responsibility", 50)], 4: [("payment", 50)], 64: [("refund", 50)]}
    ),
}
for number, life in enumerate(LIVES.values(), start=1):
    life.number = number


def patients_csv() -> bytes:
    def row(life: Life) -> list[str]:
        contacts = life.contacts
        on = ["yes" if channel in life.channels else "" for channel in ("text", "email")]
        consent = ["intake form", "2026-02-20T09:00:00-05:00"] if life.channels else ["", ""]
        name = ["Pat", f"No{life.number}", "1980-05-17"]
        return [
            life.patient_id,
            *name,
            contacts["text"],
            contacts["email"],
            "",
            "",
            "",
            *on,
            *consent,
        ]

    return as_csv(PATIENT_COLUMNS, [row(life) for life in LIVES.values()])


def entries_csv(day: int) -> bytes | None:
    rows = []
    for life in LIVES.values():
        for n, (kind, dollars) in enumerate(life.entries.get(day, [])):
            entry_id = f"{life.patient_id}-{day}-{n}"
            recorded_at = at(day, "08:15").isoformat()
            start = [
                entry_id,
                life.patient_id,
                "case-1",
                "Knee",
                kind,
                f"{dollars}.00",
                recorded_at,
            ]
            rows.append(start + [""] * (len(ENTRY_COLUMNS) - len(start)))
    return as_csv(ENTRY_COLUMNS, rows) if rows else None


def as_csv(columns: list[str], rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([columns, *rows])
    return text.getvalue().encode()


def expected_days(life: Life) -> list[int]:
    """The days on which the rules send this patient an alert, looked at once each morning."""
    alerted: list[int] = []
    owed, newest, opened = 0, None, None
    for day in range(LAST_DAY + 1):
        for kind, dollars in life.entries.get(day, []):
            owed += -dollars if kind == "payment" else dollars
            if kind == "responsibility":
                if newest is None or day - newest >= 60:
                    opened = day
                newest = day
        if not life.channels or owed <= 0 or newest is None or opened is None:
            continue
        if day - newest > 59 or day < opened + 1:
            continue
        period = 30 if day >= MONTHLY_FROM else 14
        if alerted and day - alerted[-1] < period:
            continue
        alerted.append(day)
    return alerted


@pytest.fixture(scope="module")
def sent(shared_stack: LocalStack) -> dict[tuple[str, int], list[str]]:
    """Every message that left the stack: to whom on which day, and over which channels."""
    stack = shared_stack
    stack.empty()
    stack.clock.set(at(0, "08:30"))
    practice = stack.create_practice(
        practice_id="seventy-days",
        display_name="Harbor Point Physical Therapy",
        phone="(202) 555-0100",
        time_zone=NEW_YORK,
        frequency=Frequency.TWO_WEEKS,
    )
    stack.import_content(practice.practice_id, patients_csv(), ImportKind.PATIENTS)
    for day in range(LAST_DAY + 1):
        if day == MONTHLY_FROM:
            monthly = replace(practice.alerts, frequency=Frequency.MONTHLY)
            practices = stack.wiring.practices
            practices.save_settings(practices.get(practice.practice_id), monthly)
        stack.clock.set(at(day, "08:30"))
        if (content := entries_csv(day)) is not None:
            stack.import_content(practice.practice_id, content, ImportKind.ENTRIES)
        stack.scan()
        stack.clock.set(at(day, "10:00"))
        stack.scan()
        stack.clock.set(at(day, "16:00"))
        stack.scan()
    days: dict[tuple[str, int], list[str]] = defaultdict(list)
    for message in stack.outbox.messages():
        day = (message.sent_at - at(0, "00:00") + timedelta(hours=1)).days
        days[message.to, day].append(message.channel)
    return dict(days)


@pytest.mark.parametrize("life", LIVES.values(), ids=LIVES)
def test_each_patient_gets_what_the_rules_say_on_the_day_they_say(
    life: Life, sent: dict[tuple[str, int], list[str]]
) -> None:
    for channel in ("text", "email"):
        contact = life.contacts[channel]
        days = sorted(day for (to, day), _ in sent.items() if to == contact)
        assert days == (expected_days(life) if channel in life.channels else [])


def test_nobody_got_two_messages_on_one_channel_in_a_day(
    sent: dict[tuple[str, int], list[str]],
) -> None:
    assert all(len(channels) == 1 for channels in sent.values())


def test_the_second_reading_of_the_rules_knows_the_known_cases() -> None:
    """The model is held to the rhythm that the rules spell out, up to the change of frequency."""
    assert expected_days(LIVES["owes and never pays"]) == [1, 15, 29, 59]
    assert expected_days(LIVES["is refunded: no new window"]) == [1]
    assert DAY_0.isoformat() == "2026-03-02", "the walk crosses the start of daylight saving"
