"""Reading AWS's list of numbers that opted out: trouble with one is no trouble for others."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from balance_alerts.channels.text_opt_outs import OptOutPage, TextOptOuts
from balance_alerts.delivery.opt_outs import OptOutReader, OptOutReport
from balance_alerts.domain.personal import Contact
from balance_alerts.domain.practice import Practice
from balance_alerts.store import table
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.registration import Registration
from tests.builders import at, patient
from tests.component.conftest import StoppedClock

NUMBERS = [Contact(f"+1202555012{n}") for n in range(4)]


def test_the_numbers_after_one_that_cannot_be_marked_are_marked(
    accounts: Accounts,
    registration: Registration,
    practice: Practice,
    clock: StoppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for n, number in enumerate(NUMBERS):
        details = patient(f"p-{n}", mobile=number)
        registration.register(practice, details, recorded_by="test", now=at(0))
    update_all = table.update_all

    def break_one(records: list[tuple[Any, Any]]) -> None:
        if any(getattr(record, "patient_id", None) == "p-1" for record, _ in records):
            raise RuntimeError("an account that cannot be written")
        update_all(records)

    monkeypatch.setattr(table, "update_all", break_one)
    listed = [OptOutPage(NUMBERS[:2], "2"), OptOutPage(NUMBERS[2:], None)]
    pages = SimpleNamespace(pages=lambda _: iter(listed))
    reader = OptOutReader(accounts, cast("TextOptOuts", pages), clock, sleep=lambda _: None)
    report = reader.read(lambda: 300)
    assert report == OptOutReport(listed=4, found=3, troubles=1)
    states = [accounts.get("harbor", f"p-{n}").mobile_state for n in range(4)]
    assert states == ["opted_out", "reachable", "opted_out", "opted_out"]
