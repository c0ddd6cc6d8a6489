"""What staff do in the console."""

from __future__ import annotations

from collections.abc import Iterator

from balance_alerts.domain.contact import Channel
from balance_alerts.domain.permissions import Level
from balance_alerts.practices.set_up import change_settings
from balance_alerts.store.jobs import JobKind
from infra.local.provider_reports import ReportType, Sent
from tests.stack.due import Clinic
from tests.stack.portal_client import Browser
from tests.stack.rights.stories_of_alerts import sent
from tests.stack.staff_client import staff
from tests.stack.test_staff_card_payments import CREDENTIALS
from tests.stack.test_staff_jobs import DAYS, WORKER, begun, got, when_ended

ROSA = {
    "first_name": "Rosa",
    "last_name": "Vega",
    "date_of_birth": "1990-05-17",
    "mobile": "202-555-0188",
    "member_ids": ["W1"],
}
OWED = {
    "entry_id": "e-1",
    "kind": "responsibility",
    "amount_cents": 4_200,
    "case_id": "knee",
    "recorded_at": "2026-03-02T15:00:00Z",
}


def owner(clinic: Clinic, browser: Browser) -> Browser:
    return staff(browser, clinic, Level.BUSINESS_OWNER)


def staff_look_after_a_patient(clinic: Clinic, browser: Browser) -> Iterator[None]:
    desk = staff(browser, clinic, Level.FRONT_DESK)
    steps = [
        ("PUT", "", ROSA, 201),
        ("PUT", "", {"last_name": "Lindqvist", "mobile": None, "member_ids": None}, 200),
        ("PUT", "", {"mobile": "202-555-0189"}, 200),
        ("PUT", "/balance-alerts", {"text": True}, 200),
        ("POST", "/entries", OWED, 201),
        ("PUT", "/holds/dispute", {"until": "2026-03-20"}, 200),
        ("DELETE", "/holds/dispute", None, 204),
        ("POST", "/contacts/text/confirm", None, 200),
        ("POST", "/links", None, 201),
        ("DELETE", "/links", None, 204),
        ("GET", "", None, 200),
        ("GET", "/alerts", None, 200),
        ("GET", "/payments", None, 200),
    ]
    yield
    for method, path, body, status in steps:
        answer = desk.send(method, f"/patients/p-9{path}", body, {"Idempotency-Key": "k"})
        assert answer.status == status, (method, path, answer)
    found = desk.get("/patients?query=lind").json["patients"]
    assert [row["patient_id"] for row in found] == ["p-9"]


def staff_have_an_alert_sent(clinic: Clinic, browser: Browser) -> Iterator[None]:
    clinic.patient("p-1")
    desk = staff(browser, clinic, Level.FRONT_DESK)
    yield
    answer = desk.send("POST", "/patients/p-1/alerts", None, {"Idempotency-Key": "k"})
    assert (answer.status, clinic.delivered("p-1")) == (201, 1)


def staff_confirm_an_address(clinic: Clinic, browser: Browser) -> Iterator[None]:
    clinic.patient("p-1", text=False, email=True)
    stack, message = clinic.stack, Sent.of(sent(clinic, Channel.EMAIL))
    stack.delivery.report_email(message, ReportType.BOUNCE, stack.now())
    desk = staff(browser, clinic, Level.FRONT_DESK)
    yield
    assert desk.send("POST", "/patients/p-1/contacts/email/confirm").status == 200
    assert not stack.suppressed.holds(message.to)


def a_director_settles_how_alerts_go_out(clinic: Clinic, browser: Browser) -> Iterator[None]:
    director = owner(clinic, browser)
    yield
    assert director.send("PUT", "/practice", {"hours": "Mon-Fri 7-19"}).status == 200
    assert director.send("PUT", "/practice/balance-alerts", {"daily_limit": 9}).status == 200
    preview = director.send("POST", "/practice/balance-alerts/preview", {"paused": True})
    assert preview.status == 200
    assert len(director.get("/audit").json["changes"]) == 2


def a_director_connects_card_payments(clinic: Clinic, browser: Browser) -> Iterator[None]:
    director = owner(clinic, browser)
    yield
    for _ in range(2):
        assert director.send("PUT", "/practice/authorize-net", CREDENTIALS).status == 200
    secrets = clinic.stack.client("secretsmanager").list_secrets()["SecretList"]
    ours = [each for each in secrets if clinic.practice.practice_id in each["Name"]]
    assert len(ours) == 1, "the secret of the first connection is deleted"
    assert director.get("/reports/deposits").status == 200
    assert director.send("DELETE", "/practice/authorize-net").status == 204


def staff_hand_in_a_file(clinic: Clinic, browser: Browser) -> Iterator[None]:
    desk = staff(browser, clinic, Level.FRONT_DESK)
    yield
    kind = {"Content-Type": "text/csv; header=present"}
    assert desk.send("POST", "/imports?kind=entries", b"nonsense", kind).status == 202


def staff_see_lists_and_reports(clinic: Clinic, browser: Browser) -> Iterator[None]:
    desk = staff(browser, clinic, Level.FRONT_DESK)
    yield
    assert desk.get("/attention").json["items"] == desk.get("/questions").json["questions"] == []
    for report in ("balance-alerts", "payments", "deposits"):
        assert desk.get(f"/reports/{report}").status == 200, report


def an_administrator_manages_the_team(clinic: Clinic, browser: Browser) -> Iterator[None]:
    administrator = owner(clinic, browser)
    yield
    colleague = {"name": "Noor", "email": "noor@clinic.example", "level": "front_desk"}
    invited = administrator.send("POST", "/staff", colleague)
    assert invited.status == 201, invited
    path = f"/staff/{invited.json['staff_id']}"
    for change in ({"level": "clinical_staff"}, {"disabled": True}, {"disabled": False}):
        assert administrator.send("PUT", path, change).status == 200, change
    assert administrator.send("POST", "/staff", colleague).code == "staff_exists"
    assert administrator.send("DELETE", path).status == 204


def a_job_is_asked_for(clinic: Clinic, browser: Browser) -> Iterator[None]:
    clinic.grow()
    member = owner(clinic, browser)
    yield
    answer = member.get("/reports/payments")
    assert answer.status == 202
    path = f"/reports/jobs/{answer.json['job_id']}"
    assert when_ended(member, path)["state"] == "done"


def a_job_makes_a_report(clinic: Clinic, browser: Browser) -> Iterator[None]:
    clinic.patient("p-1")
    member, job = owner(clinic, browser), begun(clinic, JobKind.PAYMENT_REPORT, DAYS)
    yield
    clinic.stack.invoke(WORKER, job)
    done = member.get(f"/reports/jobs/{job['job_id']}").json
    assert done["state"] == "done"
    table, _ = got(done["csv"]["url"])
    assert table.startswith("paid_at,")


def a_job_makes_a_preview(clinic: Clinic, browser: Browser) -> Iterator[None]:
    clinic.patient("p-1")
    practices = clinic.stack.wiring.practices
    change_settings(practices, clinic.practice.practice_id, daily_limit=9)
    member, job = owner(clinic, browser), begun(clinic, JobKind.PREVIEW, "{}")
    yield
    clinic.stack.invoke(WORKER, job)
    done = member.get(f"/practice/balance-alerts/preview/{job['job_id']}").json
    assert done["state"] == "done"
