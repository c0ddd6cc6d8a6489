"""What went out, what came of it, and what the bank got, as staff look back on it."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import pytest

from balance_alerts.domain.ledger import EntryKind
from balance_alerts.domain.permissions import Level
from infra.local.gateway.cards import TEST_CARD
from infra.local.provider_reports import ReportType, Sent
from tests import builders
from tests.stack.due import Clinic, clinics
from tests.stack.portal_client import Browser
from tests.stack.staff_client import staff
from tests.stack.test_staff_card_payments import pay

RANGE = "from=2026-03-01&to=2026-03-31"


@pytest.fixture
def desk(browser: Browser, clinic: Clinic) -> Browser:
    return staff(browser, clinic, Level.FRONT_DESK)


def table_of(answer: Any) -> list[dict[str, str]]:
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(StringIO(answer.raw.decode())))


def test_alerts_are_told_with_what_was_paid_within_14_days(clinic: Clinic, desk: Browser) -> None:
    clinic.patients(2)
    refused = clinic.patient("p-3", email=True)
    clinic.stack.outbox.set_fault("text", "rejected", to=refused)
    assert clinic.stack.scan().sent == 3
    ledger, practice = clinic.stack.wiring.ledger, clinic.practice
    for patient_id, day, cents in (("p-1", 3, 2_000), ("p-1", 15, 500), ("p-2", 16, 900)):
        clinic.stack.clock.set(builders.at(day))
        entry = builders.entry(
            f"{patient_id}-{day}", EntryKind.PAYMENT, cents, recorded_at=builders.at(day)
        )
        ledger.post(practice, patient_id, [entry])
    path = f"/reports/balance-alerts?{RANGE}"
    day_1 = {"sent": 3, "delivered": 0, "failed": 0, "opted_out": 0}
    paid = {"payments": 2, "paid_cents": 2_500}
    answer = desk.get(path)
    assert answer.json == {"days": [{"on": "2026-03-03", **day_1, **paid}], **day_1, **paid}
    (row,) = table_of(desk.get(f"{path}&format=csv"))
    assert (row["on"], row["sent"], row["paid"]) == ("2026-03-03", "3", "25.00")
    assert desk.get("/reports/balance-alerts?from=2026-03-04&to=2026-03-31").json["days"] == []


def test_alerts_that_patients_wanted_no_more_after_are_told_once_each(
    clinic: Clinic, browser: Browser, desk: Browser
) -> None:
    """By STOP, one click, complaint, switch and report; by staff's hand it is no opt-out."""
    stack, feed = clinic.stack, clinic.stack.delivery
    numbers = [clinic.patient(f"p-{n}", email=True) for n in range(1, 8)]
    assert stack.scan().sent == 7
    sent = {(each.channel, each.to): Sent.of(each) for each in stack.outbox.messages()}
    links = {each.to: str(each.link).rpartition("/")[2] for each in stack.outbox.messages()}
    addresses = [str(clinic.account(f"p-{n}").email) for n in range(1, 8)]
    stack.set_clock(builders.at(3))
    feed.reply(numbers[0], "STOP", stack.now())
    assert browser.send("POST", f"/u/{links[addresses[0]]}").status == 200
    assert browser.send("POST", f"/u/{links[addresses[1]]}").status == 200
    feed.report_email(sent["email", addresses[2]], ReportType.COMPLAINT, stack.now())
    off = {"text": False, "email": False}
    assert browser.signed_in(links[numbers[3]]).send("PUT", "/portal/alerts", off).status == 200
    feed.report_text(sent["text", numbers[4]], ReportType.OPT_OUT, builders.at(1, "12:00"))
    assert desk.send("PUT", "/patients/p-6/balance-alerts", off).status == 200
    stack.set_clock(builders.at(16))
    feed.reply(numbers[6], "STOP", stack.now())
    (day,) = desk.get(f"/reports/balance-alerts?{RANGE}").json["days"]
    assert (day["on"], day["sent"], day["opted_out"]) == ("2026-03-03", 7, 5)


def test_card_payments_come_as_a_table_and_by_settlement(
    clinic: Clinic, browser: Browser, desk: Browser
) -> None:
    stack, practice_id = clinic.stack, clinic.practice.practice_id
    clinic.patient("p-1")
    stack.connect_to_gateway(practice_id)
    answer = pay(clinic, browser, "1", 1_550)
    assert answer.status == 201
    assert desk.get(f"/reports/deposits?{RANGE}").json["deposits"] == []
    stack.gateway.settle()
    stack.clock.set(builders.at(2, "12:00"))
    stack.reconcile()
    (row,) = table_of(desk.get(f"/reports/payments?{RANGE}"))
    assert (row["payment_id"], row["amount"]) == (answer.json["payment_id"], "15.50")
    assert (row["cases"], row["last_four"]) == ("knee 15.50", TEST_CARD[-4:])
    (deposit,) = desk.get(f"/reports/deposits?{RANGE}").json["deposits"]
    assert row["batch_id"] == deposit["batch_id"]
    money = ("count", "gross_cents", "refunds_cents", "net_cents", "ledger_cents")
    assert [deposit[name] for name in money] == [1, 1_550, 0, 1_550, 1_550]
    assert deposit["difference_cents"] == 0
    (line,) = table_of(desk.get(f"/reports/deposits?{RANGE}&format=csv"))
    assert (line["batch_id"], line["payments"]) == (row["batch_id"], "1")
    assert line["settled_at"] == row["settled_at"]
    dollars = [line[name] for name in ("gross", "refunds", "net", "in_the_ledger", "difference")]
    assert dollars == ["15.50", "0.00", "15.50", "15.50", "0.00"]
    (paid,) = desk.get("/patients/p-1/payments").json["payments"]
    assert (paid["card_type"], paid["last_four"]) == ("Visa", TEST_CARD[-4:])
    other = staff(browser, next(clinics(stack)), Level.BUSINESS_OWNER)
    assert table_of(other.get(f"/reports/payments?{RANGE}")) == []
    assert other.get(f"/reports/deposits?{RANGE}").json["deposits"] == []


@pytest.mark.parametrize(
    "asked", ["from=yesterday", "from=2026-03-02&to=2026-03-01", "to=20260301"]
)
def test_a_range_that_is_none_is_refused(desk: Browser, asked: str) -> None:
    for report in ("balance-alerts", "payments", "deposits"):
        assert desk.get(f"/reports/{report}?{asked}").code == "invalid_value"


def test_deposits_are_told_of_a_quarter_at_a_time_alerts_of_a_year(desk: Browser) -> None:
    """The gateway is asked once a settlement, while somebody waits."""
    year = "from=2025-03-01&to=2026-03-01"
    assert desk.get(f"/reports/deposits?{year}").code == "invalid_value"
    assert desk.get("/reports/deposits?from=2025-12-01&to=2026-03-01").status == 200
    assert desk.get(f"/reports/balance-alerts?{year}").status == 200
