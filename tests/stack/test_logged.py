"""What a run of each function writes into its log, for the plan of docs/cost.md."""

from __future__ import annotations

import json
import time
from http import HTTPStatus

from infra.local.provider_reports import ReportType, Sent
from infra.local.stack import LocalStack
from infra.local.waiting import wait_until
from infra.planning.counted import LOGGED_BYTES
from tests.stack.due import Clinic, clinics
from tests.stack.portal_client import Browser, link_to
from tests.stack.test_counted import about
from tests.stack.test_nothing_personal import logged

LOGS = {
    "scan": ("scan_balances", "scanned"),
    "slice": ("send_alert", "slice sent"),
    "reconciliation": ("reconcile_payments", "reconciled"),
    "report on a text": ("text_delivery_log", "text report"),
    "report on an email": ("delivery_events", "email report"),
    "portal request": ("portal", "show_balance"),
}
"""Whose line tells of a run, and what it says."""

COUNT_NOTHING = {"portal"}
"""Whose runs tell no metrics, but for the few requests that something is counted of."""


def test_what_is_logged(clinic: Clinic, browser: Browser) -> None:
    stack, began = clinic.stack, time.time()
    # The emulator may put what a run printed last into the log with the next one only.
    for each in (clinic, next(clinics(stack))):
        run_everything(each, browser)
    for name, (service, said) in LOGS.items():
        wait_until(
            lambda service=service, said=said: logged_by_a_run(stack, began, service, said) > 0,
            f"the log of {service}",
            within_seconds=10,
        )
        assert logged_by_a_run(stack, began, service, said) == about(LOGGED_BYTES[name]), name


def run_everything(clinic: Clinic, browser: Browser) -> None:
    stack = clinic.stack
    clinic.patients(25, email=True)
    stack.outbox.clear()
    stack.scan()
    for channel, report in (
        ("text", stack.delivery.report_text),
        ("email", stack.delivery.report_email),
    ):
        message = next(each for each in stack.outbox.messages() if each.channel == channel)
        report(Sent.of(message), ReportType.DELIVERED, stack.now())
    stack.invoke(stack.outputs["ReconcileFunctionName"], {})
    visit = browser.signed_in(link_to(clinic, "p-1"))
    assert visit.get("/portal/balance").status == HTTPStatus.OK


def logged_by_a_run(stack: LocalStack, began: float, service: str, said: str) -> int:
    """Bytes that the first run which said so wrote, with the 26 that AWS adds to each line."""
    lines = [json.loads(line) for line in logged(stack, since=began) if line.startswith("{")]
    ours = [line for line in lines if line.get("service") == service and "ColdStart" not in line]
    told = [line for line in ours if line.get("message") == said]
    metrics = [line for line in ours if "_aws" in line]
    if not told or not (metrics or service in COUNT_NOTHING):
        return 0
    run = told[:1] if service in COUNT_NOTHING else [told[0], metrics[0]]
    return sum(len(json.dumps(line, separators=(",", ":"))) + 26 for line in run)
