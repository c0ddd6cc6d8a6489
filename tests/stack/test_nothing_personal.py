"""The whole main job: nobody's data is in a log, a metric or a queued message."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from pathlib import Path

import pytest

from balance_alerts.domain.permissions import Level
from balance_alerts.store.imports import ImportKind
from infra.local import sample
from infra.local.gateway.cards import TEST_CARD
from infra.local.gateway.modes import GatewayMode
from infra.local.outbox import FaultMode
from infra.local.stack import LocalStack
from infra.local.waiting import wait_until
from tests.personal_values import PersonalValues
from tests.stack.portal_client import Answer, Browser, browser_of

PRACTICE = "harbor-point"
TODAY = date(2026, 3, 3)
BROKEN = Path(__file__).parents[2] / "samples" / "broken"
PAYER, QUIET, UNLUCKY, MOVED = "HP-1016", "HP-1015", "HP-1001", "HP-1017"
STAFF = ("Ottoline Grimaldi", "ottoline.grimaldi@harbor.example")
QUESTION = "Is this Thaddea Vostok's bill?"
NEW_MOBILE, NEW_EMAIL = "(774) 555-0342", "thaddea.vostok@example.org"
LOCKED_AFTER = 5


@dataclass(frozen=True)
class Told:
    """What everything that ran has told, and what none of it may tell."""

    values: PersonalValues
    logs: list[str]
    metrics: list[str]
    queued: list[str]
    dead: list[str]
    failed: dict[str, int]


class MainJob:
    """From the sample's files to a paid balance, and what goes wrong on the way."""

    def __init__(self, stack: LocalStack, browser: Browser, folder: Path) -> None:
        self.stack = stack
        self.browser = browser
        self.folder = folder
        self.values = PersonalValues()
        self._clicks = 0

    def run(self) -> None:
        self.import_files()
        self.send_alerts()
        session = self.sign_in()
        self.pay(session)
        self.ask(session)
        self.unsubscribe()
        self.ask_for_a_fresh_link()
        self.ask_for_help()
        self.work_at_the_desk()
        self.stack.clock.advance(days=14)
        self.stack.scan()
        self.stack.reconcile()

    def import_files(self) -> None:
        sample.render(self.folder, TODAY)
        self.stack.clock.set(sample.first_look(TODAY))
        assert sample.load(self.stack) == PRACTICE
        patients, entries, *remittances = (self.folder / name for name in sample.IMPORTS)
        self.values.add_patients_file(patients)
        self.values.add_entries_file(entries)
        for each in remittances:
            self.values.add_remittance(each)
        for path in sorted(BROKEN.glob("patients-*.csv")):
            self.stack.import_content(PRACTICE, path.read_bytes(), ImportKind.PATIENTS)
        for path in BROKEN.glob("*.835"):
            self.stack.import_content(PRACTICE, path.read_bytes(), ImportKind.REMITTANCE)
        self.put_a_file_named_after_a_patient()

    def put_a_file_named_after_a_patient(self) -> None:
        """Where no import lies; its name is in S3's message, which is not ours, not in our log."""
        bucket = self.stack.outputs["ImportBucketName"]
        key = "imports/Percival Oduya.csv"
        self.stack.client("s3").put_object(Bucket=bucket, Key=key, Body=b"-")
        self.stack.wait_drained("ImportQueueUrl")

    def send_alerts(self) -> None:
        outbox = self.stack.outbox
        outbox.set_fault("text", FaultMode.REJECTED, to=self.contact(UNLUCKY, "mobile"))
        outbox.set_fault("text", FaultMode.THROTTLED, times=1)
        outbox.set_fault("text", FaultMode.SERVER_ERROR_AFTER, times=1)
        outbox.set_fault("email", FaultMode.RESET_BEFORE, times=1)
        outbox.set_fault("email", FaultMode.SERVER_ERROR_BEFORE, times=1)
        assert self.stack.scan().sent > 20
        outbox.clear_faults()

    def sign_in(self) -> Browser:
        token = self.token(PAYER)
        assert self.browser.get(f"/a/{token}").status == HTTPStatus.OK
        other = self.token(MOVED)
        for _ in range(LOCKED_AFTER):
            wrong = self.browser.try_to_sign_in(other, self.born(PAYER))
        assert wrong.status == HTTPStatus.UNAUTHORIZED
        assert self.browser.try_to_sign_in(other).status == HTTPStatus.TOO_MANY_REQUESTS
        self.browser.send("POST", "/portal/session", b'{"token": "%s"' % token.encode())
        session = self.browser.signed_in(token, self.born(PAYER))
        for path in ("balance", "activity", "payments", "alerts", "payments/nothing"):
            session.get(f"/portal/{path}")
        return session

    def pay(self, session: Browser) -> None:
        gateway = self.stack.gateway
        assert self.click(session, 1_234).status == HTTPStatus.CREATED
        assert self.click(session, 1_357, zip_code="46282").code == "declined"
        assert self.click(session, 99_999).code == "amount_out_of_range"
        gateway.set_mode(GatewayMode.GARBLED)
        assert self.click(session, 1_211).status == HTTPStatus.ACCEPTED
        gateway.set_mode(GatewayMode.APPROVE)
        self.stack.reconcile()
        forged = {"X-ANET-Signature": f"sha512={'0' * 128}"}
        path = f"/webhooks/authorize-net/{PRACTICE}"
        told = self.browser.send("POST", path, {"payload": {"id": "Dana Whitcomb"}}, forged)
        assert told.status == HTTPStatus.UNAUTHORIZED

    def click(self, session: Browser, cents: int, *, zip_code: str = "") -> Answer:
        self._clicks += 1
        card = self.stack.gateway.card_token(TEST_CARD, zip_code)
        self.values.add_amount(cents)
        self.values.add_tokens([card.data_value])
        opaque = {"data_descriptor": card.data_descriptor, "data_value": card.data_value}
        return session.send(
            "POST",
            "/portal/payments",
            {"amount_cents": cents, "opaque_data": opaque},
            {"Idempotency-Key": f"click-{self._clicks}"},
        )

    def ask(self, session: Browser) -> None:
        self.values.add("words", QUESTION)
        question = {"reason": "not_mine", "message": QUESTION, "call_back": True}
        assert session.send("POST", "/portal/questions", question).status == HTTPStatus.CREATED
        session.send("PUT", "/portal/alerts", {"text": False, "email": True})
        self.values.add_tokens([session.headers["Authorization"].removeprefix("Bearer ")])

    def unsubscribe(self) -> None:
        token = self.token(QUIET, "email")
        assert self.browser.get(f"/u/{token}").status == HTTPStatus.OK
        assert self.browser.send("POST", f"/u/{token}").status == HTTPStatus.OK

    def ask_for_a_fresh_link(self) -> None:
        """Once with a provider that takes nothing, until the message is set aside."""
        asked = {"token": self.token("HP-1002")}
        self.stack.outbox.set_fault("text", FaultMode.THROTTLED)
        self.stack.set_visibility("AlertQueueUrl", 1)
        self.browser.send("POST", "/portal/link-requests", asked)
        wait_until(lambda: bool(self.dead_letters()), "the dead letter", within_seconds=20)
        self.stack.outbox.clear_faults()
        self.stack.set_visibility("AlertQueueUrl", 8)
        sent = len(self.stack.outbox.messages())
        self.browser.send("POST", "/portal/link-requests", asked)
        assert len(self.stack.outbox.messages()) == sent + 1

    def ask_for_help(self) -> None:
        number = self.stack.wiring.accounts.get(PRACTICE, "HP-1002").mobile
        sent = len(self.stack.outbox.messages())
        self.stack.delivery.reply(str(number), "HELP", self.stack.now())
        self.stack.wait_drained("AlertQueueUrl")
        assert len(self.stack.outbox.messages()) == sent + 1

    def work_at_the_desk(self) -> None:
        name, _ = STAFF
        token = self.stack.staff.token(practice_id=PRACTICE, level=Level.BUSINESS_OWNER, name=name)
        self.values.add_tokens([token])
        self.values.add("name", name, *name.split())
        desk = Browser(self.browser.address, {"Authorization": f"Bearer {token}"})
        self.look_around(desk)
        self.change_a_patient(desk)
        desk.send("POST", "/staff", {"name": "Thaddea", "email": NEW_EMAIL, "level": "front_desk"})
        desk.send("PUT", "/practice/balance-alerts", {"pilot_contacts": [NEW_MOBILE, "nobody"]})

    def look_around(self, desk: Browser) -> None:
        for query in ("whitcomb", "774-555-0101", "dana.whitcomb%40example.org", "%2B1774"):
            desk.get(f"/patients?query={query}")
        for path in ("", "/alerts", "/entries", "/payments", "/questions"):
            assert desk.get(f"/patients/{PAYER}{path}").status == HTTPStatus.OK
        for path in ("practice", "audit", "attention", "questions", "imports", "staff"):
            assert desk.get(f"/{path}").status == HTTPStatus.OK
        for report in ("balance-alerts", "payments", "deposits"):
            desk.get(f"/reports/{report}?from={TODAY}&to={TODAY}")
        assert desk.get("/patients/Thaddea Vostok".replace(" ", "%20")).status != HTTPStatus.OK
        previewed = desk.send("POST", "/practice/balance-alerts/preview", {"frequency": "monthly"})
        assert previewed.status == HTTPStatus.OK

    def change_a_patient(self, desk: Browser) -> None:
        self.values.add("name", "Thaddea", "Vostok")
        self.values.add_mobile(NEW_MOBILE)
        self.values.add_email(NEW_EMAIL)
        path = f"/patients/{MOVED}"
        changes = {"first_name": "Thaddea", "mobile": NEW_MOBILE, "email": NEW_EMAIL}
        consent = {"source": "Thaddea called", "at": "2026-03-01T15:00:00Z"}
        changed = desk.send("PUT", path, {**changes, "consent": consent})
        assert changed.status == HTTPStatus.OK, changed
        desk.send("PUT", path, {"mobile": "774555034"})
        desk.send("PUT", path, {"email": "thaddea.vostok"})
        desk.send("PUT", f"{path}/balance-alerts", {"text": True, "email": True})
        desk.send("POST", f"{path}/contacts/text/confirm")
        desk.send("PUT", f"{path}/holds/other", {"until": "2026-03-20", "note": "Thaddea rang"})
        desk.send("DELETE", f"{path}/holds/other")
        issued = desk.send("POST", f"{path}/links").json["url"]
        self.values.add_tokens([issued.rpartition("/")[2]])
        desk.send("POST", f"{path}/alerts", headers={"Idempotency-Key": "Thaddea"})
        desk.send("DELETE", f"{path}/links")
        csv = {"Content-Type": "text/csv; header=present"}
        desk.send("POST", "/imports?kind=entries", b"Thaddea Vostok", csv)
        self.stack.wait_drained("ImportQueueUrl")

    def contact(self, patient_id: str, name: str) -> str:
        account = self.stack.wiring.accounts.get(PRACTICE, patient_id)
        return str(getattr(account, name))

    def born(self, patient_id: str) -> date:
        born: date = self.stack.wiring.accounts.get(PRACTICE, patient_id).date_of_birth
        return born

    def token(self, patient_id: str, contact: str = "mobile") -> str:
        messages = self.stack.outbox.messages(to=self.contact(patient_id, contact))
        link = messages[-1].link
        assert link is not None
        return link.rpartition("/")[2]

    def dead_letters(self) -> list[str]:
        """The messages that were set aside; they stay where they are."""
        sqs = self.stack.client("sqs")
        found = []
        for name in ("Alert", "Import"):
            answer = sqs.receive_message(
                QueueUrl=self.stack.outputs[f"{name}DeadLetterQueueUrl"],
                MaxNumberOfMessages=10,
                VisibilityTimeout=0,
            )
            found += [message["Body"] for message in answer.get("Messages", [])]
        return found


@pytest.fixture(scope="module")
def told(shared_stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The main job has run, once."""
    shared_stack.empty()
    began, position = time.time(), shared_stack.journal.position()
    with browser_of(shared_stack) as browser:
        job = MainJob(shared_stack, browser, tmp_path_factory.mktemp("sample"))
        job.run()
    links = [message.link for message in shared_stack.outbox.messages() if message.link]
    job.values.add_tokens(link.rpartition("/")[2] for link in links)
    job.values.add("card", TEST_CARD)
    report = shared_stack.journal.since(position)
    lines = list(logged(shared_stack, since=began))
    metrics = [line for line in lines if '"_aws"' in line]
    return Told(
        values=job.values,
        logs=[line for line in lines if '"_aws"' not in line],
        metrics=metrics,
        queued=report.queued,
        dead=job.dead_letters(),
        failed=dict(report.failed),
    )


def logged(stack: LocalStack, *, since: float) -> Iterator[str]:
    """Every line that a function wrote, without those that the platform adds."""
    logs = stack.client("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=group["logGroupName"], startTime=int(since * 1000)
        )
        for event in (event for page in pages for event in page["events"]):
            line = event["message"].strip()
            if line and not line.startswith(("START RequestId", "END RequestId", "REPORT Req")):
                yield line


def found(values: PersonalValues, lines: list[str]) -> list[tuple[str, str]]:
    """What is found, and in which line."""
    return [(value, line) for line in lines for value in values.found_in(line)]


def events(lines: list[str]) -> set[str]:
    """The messages of structured lines."""
    return {str(json.loads(line).get("message")) for line in lines if line.startswith("{")}


def test_logs_tell_nothing_personal(told: Told) -> None:
    seen = events(told.logs)
    assert {"scanned", "slice sent", "receipt wanted", "import stopped"} <= seen, "all were read"
    assert {"refused", "fresh link failed", "reconciled", "save_patient"} <= seen
    assert found(told.values, told.logs) == []


def test_no_call_failed_as_a_whole(told: Told) -> None:
    """The platform would log what the error said, which may quote anything."""
    assert told.failed == {}


def test_metrics_tell_nothing_personal(told: Told) -> None:
    names = {
        metric["Name"]
        for line in told.metrics
        for directive in json.loads(line)["_aws"]["CloudWatchMetrics"]
        for metric in directive["Metrics"]
    }
    assert {"AlertsSent", "SignInsFailed", "PaymentsPosted", "UploadsIgnored"} <= names
    assert found(told.values, told.metrics) == []


def test_queued_messages_tell_nothing_personal(told: Told) -> None:
    replies = [body for body in told.queued if json.loads(body).get("Type") == "Notification"]
    assert len(replies) == 1, "in the provider's own words"
    ours = [body for body in told.queued if "Percival" not in body and body not in replies]
    kinds = [sorted(json.loads(body)) for body in ours]
    assert len(kinds) > 5, "slices, wishes for links, receipts, help, files"
    assert ["help_for"] in kinds
    assert len(told.queued) - len(ours) == 2
    assert found(told.values, ours) == []


def test_dead_letters_tell_nothing_personal(told: Told) -> None:
    assert told.dead
    assert found(told.values, told.dead) == []
