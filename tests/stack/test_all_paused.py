"""The operator pauses the alerts of every practice: nothing goes out, and everybody is told why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from balance_alerts.alerts.send_now import Click
from balance_alerts.domain.audit import OPERATOR, Who
from balance_alerts.domain.errors import NotDueError
from balance_alerts.domain.permissions import Level
from balance_alerts.practices.brake import pause_all, resume_all
from balance_alerts.store.audit import changes_of
from balance_alerts.store.brake import brake_now
from infra.local.stack import LocalStack
from tests.builders import at
from tests.stack.due import Clinic, clinics
from tests.stack.operating import Operator
from tests.stack.portal_client import Browser, link_to
from tests.stack.staff_client import staff
from tests.stack.workers import broken_at, sender, sender_now

WHY = "wrong amounts in the import of Monday"
CLICK = {"Idempotency-Key": "k-1"}


def pause(stack: LocalStack) -> None:
    _, is_new = pause_all(by=OPERATOR, note=WHY, now=stack.now())
    assert is_new


def scan_told(stack: LocalStack, **event: Any) -> Mapping[str, Any]:
    told: Mapping[str, Any] = stack.invoke(stack.outputs["ScanFunctionName"], event)
    return told


def test_nothing_goes_out_until_the_operator_lets_go_and_then_once(clinic: Clinic) -> None:
    """Two periods pass meanwhile; what became due is caught up once."""
    stack = clinic.stack
    clinic.patients(3)
    other = next(clinics(stack))
    other.patient("p-1")
    pause(stack)
    for day in (1, 15, 29):
        stack.clock.set(at(day))
        assert stack.scan().queued == 0
    told = scan_told(stack)
    assert (told["all_paused"], told["practices"], told["looked_at"]) == (True, 0, 0)
    handed_over = scan_told(stack, practice_ids=[clinic.practice.practice_id])
    assert (handed_over["all_paused"], handed_over["queued"]) == (True, 0)
    assert resume_all(by=OPERATOR, note=None, now=stack.now()) is not None
    assert stack.scan().sent == 4
    assert [clinic.delivered("p-1"), other.delivered("p-1")] == [1, 1]


def test_what_is_queued_already_is_not_sent(clinic: Clinic) -> None:
    """As when the brake comes between scan and sender."""
    clinic.patients(2)
    pause(clinic.stack)
    report = sender(clinic.stack).send(clinic.slice("p-1", "p-2"), seconds_left=60)
    assert (report.sent, report.failed, report.skipped) == (0, 0, 2)
    assert clinic.stack.outbox.attempts == 0
    assert clinic.account("p-1").claim_id is None, "and still due"


def test_staff_cannot_send_now_either(clinic: Clinic, browser: Browser) -> None:
    clinic.patient("p-1")
    pause(clinic.stack)
    desk = staff(browser, clinic, Level.FRONT_DESK)
    answer = desk.send("POST", "/patients/p-1/alerts", headers=CLICK)
    assert (answer.status, answer.json["reason"]) == (409, "practice_off")
    click = Click(
        practice_id=clinic.practice.practice_id,
        patient_id="p-1",
        key_digest="k-2",
        by=Who("s-1", "Ines Vega", "front_desk"),
    )
    with pytest.raises(NotDueError, match="practice_off"):
        sender_now(clinic.stack).send(click)
    resume_all(by=OPERATOR, note=None, now=clinic.stack.now())
    assert desk.send("POST", "/patients/p-1/alerts", headers=CLICK).status == 201


def test_staff_are_told_wherever_a_decision_is_shown(clinic: Clinic, browser: Browser) -> None:
    clinic.patient("p-1")
    director = staff(browser, clinic, Level.THERAPY_DIRECTOR)
    assert director.get("/practice").json["paused_by_operator"] is None
    pause(clinic.stack)
    since = director.get("/practice").json["paused_by_operator"]
    assert since["note"] == WHY
    assert datetime.fromisoformat(since["since"]) - at(1) < timedelta(minutes=1)
    off = {"due": False, "reason": "practice_off", "next_on": None}
    assert director.get("/patients/p-1").json["decision"] == off
    assert director.get("/patients/p-1/alerts").json["decision"] == off
    [row] = director.get("/patients").json["patients"]
    assert (row["next_alert_on"], row["reason"]) == (None, "practice_off")
    foreseen = director.send("POST", "/practice/balance-alerts/preview", {"frequency": "monthly"})
    assert foreseen.json["left_out"]["practice_off"] == 1
    saved = director.send("PUT", "/practice/balance-alerts", {"frequency": "monthly"}).json
    assert saved["paused_by_operator"] == since
    assert (saved["balance_alerts"]["frequency"], saved["balance_alerts"]["paused"]) == (
        "monthly",
        False,
    )
    resume_all(by=OPERATOR, note="mended", now=clinic.stack.now())
    assert director.get("/patients/p-1").json["decision"]["due"]


def test_it_is_in_every_practice_s_audit_trail_among_its_own_changes(
    clinic: Clinic, browser: Browser
) -> None:
    stack, practice_id = clinic.stack, clinic.practice.practice_id
    changes = stack.wiring.practice_changes
    for paused in (True, False):
        changes.alerts(practice_id, {"paused": paused}, by=OPERATOR)
        stack.clock.set(stack.now() + timedelta(minutes=1))
        (pause_all if paused else resume_all)(by=OPERATOR, note=WHY, now=stack.now())
        stack.clock.set(stack.now() + timedelta(minutes=1))
    told = staff(browser, clinic, Level.FRONT_DESK).get("/audit").json["changes"]
    assert [change["action"] for change in told] == [
        "all_alerts_resumed",
        "balance_alerts_changed",
        "all_alerts_paused",
        "balance_alerts_changed",
    ]
    paused = told[2]
    assert (paused["subject"], paused["after"], paused["note"]) == (
        "all practices",
        {"paused": True},
        WHY,
    )
    paged, after = [], None
    for _ in told:
        page, after = changes_of(practice_id, after=after, limit=1)
        paged += page
    assert after is None
    assert [change.action for change in paged] == [change["action"] for change in told]
    assert all(earlier.at >= later.at for earlier, later in pairwise(paged))


def test_fresh_links_go_on(clinic: Clinic, browser: Browser) -> None:
    clinic.patient("p-1")
    pause(clinic.stack)
    asked = browser.send("POST", "/portal/link-requests", {"token": link_to(clinic, "p-1")})
    assert asked.status == 202
    clinic.stack.wait_drained("AlertQueueUrl")
    assert clinic.delivered("p-1") == 1


def test_help_is_answered_all_the_same(clinic: Clinic) -> None:
    number = clinic.patient("p-1")
    pause(clinic.stack)
    clinic.stack.delivery.reply(number, "HELP", clinic.stack.now())
    clinic.stack.wait_drained("AlertQueueUrl")
    assert clinic.delivered("p-1") == 1


def test_of_several_who_pause_at_once_one_does_and_it_is_noted_once(stack: LocalStack) -> None:
    def put_on(number: int) -> bool:
        _, is_new = pause_all(by=Who("operator", f"{number}"), note=None, now=stack.now())
        return is_new

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(put_on, range(4))) == 1
    with ThreadPoolExecutor(4) as pool:
        off = list(pool.map(lambda _: resume_all(by=OPERATOR, note=None, now=stack.now()), "1234"))
    assert sum(brake is not None for brake in off) == 1
    assert len(changes_of("any", after=None, limit=9)[0]) == 2


def test_where_the_answer_is_lost_doing_it_again_tells(stack: LocalStack) -> None:
    lost = broken_at("TransactWriteItems", calls=[1], after=True, error=ConnectionError())
    with lost, pytest.raises(ConnectionError):
        pause_all(by=OPERATOR, note=WHY, now=stack.now())
    brake, is_new = pause_all(by=OPERATOR, note=None, now=stack.now())
    assert (brake.note, is_new) == (WHY, False)
    assert len(changes_of("any", after=None, limit=9)[0]) == 1


def test_the_operator_s_commands(operator: Operator, clinic: Clinic) -> None:
    practice_id = clinic.practice.practice_id
    clinic.patient("p-1")
    assert "not paused" in operator.run("resume", "--all")
    said = operator.run("pause", "--all", "--note", f"  {WHY}\n")
    assert "all alerts are paused, at every practice" in said
    assert "receipts" in said
    again = operator.run("pause", "--all")
    assert "paused already, since 2026-03-03 15:0" in again
    assert WHY in again
    assert "(the bank called)" in operator.run("pause", "--all", "--note", "the bank called")
    assert WHY in operator.run("pause", "--all", "--note", WHY)
    told = f"paused by its operator since 2026-03-03 10:0\\d EST \\({WHY}\\)"
    for command in (("settings", practice_id), ("explain", practice_id, "p-1")):
        assert_told(operator.run(*command), told)
    assert_told(operator.run("resume", practice_id), f"{told}; let go with .* resume --all")
    operator.run("pause", practice_id)
    assert "alerts go out again" in operator.run("resume", "--all")
    assert brake_now() is None
    assert clinic.stack.wiring.practices.get(practice_id).alerts.paused, "its own pause stays"
    assert clinic.stack.scan().sent == 0


def assert_told(said: str, pattern: str) -> None:
    assert re.search(pattern, said), said


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param(["pause"], 2, "one of the arguments PRACTICE --all is required", id="none"),
        pytest.param(["pause", "x", "--all"], 2, "not allowed with", id="both"),
        pytest.param(["pause", "x", "--note", "y"], 1, "--note goes with --all", id="note"),
        pytest.param(["resume", "nowhere"], 1, "there is no practice nowhere", id="practice"),
    ],
)
def test_exactly_one_of_practice_and_all(
    operator: Operator, arguments: list[str], code: int, said: str
) -> None:
    assert said in operator.run(*arguments, code=code).splitlines()[-1]
