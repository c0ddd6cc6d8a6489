"""The main job counts what dashboards and alarms look at, under the names they look for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import chain

import pytest

from infra.local.journal import Measured
from infra.local.provider_reports import ReportType, Sent
from infra.local.stack import LocalStack
from tests.builders import at
from tests.emitted import COLD_START, metrics_of
from tests.stack.due import Clinic, clinics
from tests.stack.portal_client import Browser, browser_of, link_to
from tests.template.loading import load
from tests.template.test_observability import (
    ALARMS,
    DASHBOARDS,
    OURS,
    handlers,
    metrics_of_alarm,
    metrics_of_dashboard,
)

NAMESPACE = "BalanceAlerts/balance-alerts"
NOT_HERE = {"AlertsSentByStaff", "ReceiptsUnknown", "SlicesFailed"}
"""Told only when it happens, which here it does not."""


@dataclass
class MainJob:
    """Three patients: alerted, told of, paying; one says STOP."""

    clinic: Clinic
    browser: Browser

    def run(self) -> None:
        stack, clinic = self.clinic.stack, self.clinic
        stack.connect_to_gateway(clinic.practice.practice_id)
        for patient_id in ("p-1", "p-2", "p-3"):
            clinic.patient(patient_id, email=True)
        assert stack.scan().sent == 3
        for message in stack.outbox.messages():
            report = (
                stack.delivery.report_email if "@" in message.to else stack.delivery.report_text
            )
            report(Sent.of(message), ReportType.DELIVERED, stack.now())
        self.pay("p-1", 4_999)
        self.pay("p-2", 2_503)
        stack.delivery.reply(clinic.account("p-3").mobile or "", "STOP", stack.now())
        stack.clock.advance(days=2)  # the gateway settles a day that ended a day ago
        stack.reconcile()

    def pay(self, patient_id: str, cents: int) -> None:
        patient = self.browser.signed_in(link_to(self.clinic, patient_id))
        card = patient.send("POST", "/local/card-token").json
        asked = {"amount_cents": cents, "opaque_data": card}
        paid = patient.send("POST", "/portal/payments", asked, {"Idempotency-Key": patient_id})
        assert paid.status == HTTPStatus.CREATED
        self.clinic.stack.wait_drained("AlertQueueUrl")


@pytest.fixture(scope="module")
def job(shared_stack: LocalStack) -> Iterator[MainJob]:
    """The main job has run, once."""
    shared_stack.empty()
    shared_stack.clock.set(at(1))
    clinic = next(clinics(shared_stack))
    with browser_of(shared_stack) as browser:
        done = MainJob(clinic, browser)
        done.run()
        yield done


@pytest.fixture(scope="module")
def measured(job: MainJob) -> list[Measured]:
    """What was measured meanwhile."""
    return list(job.clinic.stack.journal.measured())


def test_what_is_emitted_is_what_the_code_says(measured: list[Measured]) -> None:
    """So that looking at the code alone tells what alarms may rely on."""
    known = handlers(load())
    assert {each.namespace for each in measured} == {NAMESPACE}
    for each in measured:
        handler = known[each.service].removesuffix(".handler")
        assert each.name == COLD_START or each.name in metrics_of(handler), each


def test_the_main_job_emits_what_dashboards_and_alarms_look_at(measured: list[Measured]) -> None:
    emitted = {(each.service, each.name) for each in measured}
    ran = {each.service for each in measured}
    looked_at = chain(
        *(metrics_of_alarm(alarm["Properties"]) for alarm in ALARMS.values()),
        *map(metrics_of_dashboard, DASHBOARDS),
    )
    ours = {
        (metric.dimensions[0][1], metric.name) for metric in looked_at if metric.namespace == OURS
    }
    wanted = {
        (service, name)
        for service, name in ours
        if service in {"scan_balances", "send_alert", "reconcile_payments"} and name not in NOT_HERE
    } | {
        ("portal", "SignIns"),
        ("portal", "PaymentsPosted"),
        ("delivery_events", "EmailsDelivered"),
        ("delivery_events", "RepliesStop"),
        ("text_delivery_log", "TextsDelivered"),
    }
    assert {"scan_balances", "send_alert", "reconcile_payments", "portal"} <= ran
    assert wanted - emitted == set()


def test_money_is_told_in_sum_and_by_nobodys_name(measured: list[Measured]) -> None:
    told = [each for each in measured if each.name == "MoneyInDollars"]
    assert [(each.service, each.values) for each in told] == [("reconcile_payments", (75.0,))]


def test_the_console_shows_the_business_dashboard_by_local_day(job: MainJob) -> None:
    zone = job.clinic.practice.time_zone
    shown = job.browser.get(f"/local/metrics?time_zone={zone}").json
    panels = shown["panels"]
    days = {each["day"]: dict(zip(panels, each["values"], strict=True)) for each in shown["days"]}
    first, later = at(1).date().isoformat(), at(3).date().isoformat()
    assert days[first] == {
        "Queued": 3,
        "Sent": 3,
        "Delivered": 6,
        "Not delivered": 0,
        "Opted out": 1,
        "Signed in": 2,
        "Paid": 2,
        "Money in ($)": None,
        "Practices": 1,
    }
    assert (days[later]["Money in ($)"], days[later]["Paid"]) == (75, 0)
    assert [each["day"] for each in shown["days"]] == [later, first], "newest first"


def test_a_zone_that_there_is_not_is_refused(job: MainJob) -> None:
    for zone in ("Nowhere/Land", "../etc/passwd", "America"):
        refused = job.browser.get(f"/local/metrics?time_zone={zone}")
        assert (refused.status, refused.code) == (422, "invalid_value")
