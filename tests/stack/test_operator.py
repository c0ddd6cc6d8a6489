"""The operator's command against a running stack, as a process of its own."""

from __future__ import annotations

import csv
from itertools import count
from pathlib import Path

import pytest

from balance_alerts.domain.channel_stop import NO_QUOTA
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.permissions import Level
from balance_alerts.queues.import_queue import ImportJob, ImportQueue
from balance_alerts.store.audit import changes_of
from balance_alerts.store.channel_stops import note_stop
from balance_alerts.store.imports import ImportKind
from infra.local.provider_reports import reply
from infra.local.stack import LocalStack
from infra.operator.who import operator as operator_by_name
from tests.builders import at
from tests.component.imports.worker import entries, patients
from tests.stack.due import Clinic
from tests.stack.operating import REPOSITORY, Operator
from tests.unit.imports.remittances import claim_segments, remittance

NAME = "Harbor Point Physical Therapy"
CREATE = ["create-practice", "x", "--display-name", "X"]
_numbers = count(1)


@pytest.fixture
def practice_id(stack: LocalStack) -> str:
    practice = stack.create_practice(
        practice_id=f"operated-{next(_numbers)}",
        display_name=NAME,
        phone="202-555-0100",
        time_zone="America/New_York",
    )
    return practice.practice_id


def test_the_operator_s_changes_are_in_the_practice_s_audit_trail(
    operator: Operator, practice_id: str
) -> None:
    who = ("--name", "Ines Vega", "--email", f"ines@{practice_id}.example")
    assert "invited" in operator.run("invite", practice_id, *who, "--level", "therapy_director")
    assert "again" in operator.run("invite", practice_id, *who, "--level", "therapy_director")
    operator.run("settings", practice_id, "--frequency", "monthly", "--window", "10:00-18:00")
    operator.run("pause", practice_id)
    changes, _ = changes_of(practice_id, after=None, limit=10)
    assert [(each.by, each.action) for each in changes] == [
        (operator_by_name(), "balance_alerts_changed"),
        (operator_by_name(), "balance_alerts_changed"),
        (operator_by_name(), "staff_invited"),
    ]
    assert dict(changes[0].after) == {"paused": True}


def write(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return str(path)


def test_from_a_new_practice_to_an_alert_explained(
    operator: Operator, stack: LocalStack, tmp_path: Path
) -> None:
    stack.clock.set(at(2, "12:00"))
    practice_id = f"operated-{next(_numbers)}"
    operator.run(
        *("create-practice", practice_id, "--display-name", NAME, "--phone", "202-555-0100"),
        *("--time-zone", "America/New_York"),
    )
    consent = {"text": "yes", "consent_source": "form", "consent_at": "2026-03-01"}
    files = [
        write(
            tmp_path / "first.csv",
            patients({"patient_id": "p-1", "mobile": "202-555-0123"} | consent),
        ),
        write(
            tmp_path / "second.csv",
            entries({"entry_id": "e-1"}, {"entry_id": "e-2", "amount": "1000000"}),
        ),
        write(
            tmp_path / "third",
            remittance(claim_segments("p-1", status="19", clp05="30"), recorded="20260303"),
        ),
    ]
    refused = tmp_path / "refused.csv"
    backwards = reversed(files)  # a shell's `*` gives files by name, whatever they need
    said = operator.run("import", practice_id, *backwards, "--refused-csv", str(refused))
    assert "second.csv: line 3 refused: amount: The amount is over $100,000.00" in said
    assert f"second.csv: 1 line refused; all of them in {refused}\n" in said
    assert "1 parked" in said
    assert [row["code"] for row in csv.DictReader(refused.open())] == ["amount_too_large"]
    assert operator.run("import-status", practice_id).count(" done ") == 3

    assert "practice_off" in operator.run("explain", practice_id, "p-1")
    operator.run("settings", practice_id, "--frequency", "monthly", "--first-alert-after", "9")
    said = operator.run("explain", practice_id, "p-1")
    assert "too_soon): the first alert goes out 9 days after" in said
    said = operator.run("settings", practice_id, "--first-alert-after", "1")
    assert "first alert after 1 day\n" in said
    said = operator.run("settings", practice_id, "--frequency", "monthly", "--daily-limit", "9")
    assert "monthly" in said
    assert "due now" in operator.run("explain", practice_id, "p-1")
    stack.scan()
    said = operator.run("explain", practice_id, "p-1")
    assert "too_soon): the last alert was on 2026-03-04, less than 30 days ago;" in said
    assert "due on 2026-04-03" in said
    assert "2026-03-04 text accepted" in said

    item = operator.run("parked", practice_id).split()[0]
    said = operator.run("release", practice_id, item, "--note", "the other payer paid nothing")
    assert "released; the balance of p-1 is now $" in said
    assert "balance $80.00" in operator.run("explain", practice_id, "p-1")
    assert "nothing is parked" in operator.run("parked", practice_id)
    assert "released" in operator.run("dismiss", practice_id, item, code=1)


def test_a_paused_practice_says_so(operator: Operator, practice_id: str) -> None:
    assert "alerts are paused" in operator.run("pause", practice_id)
    said = operator.run("resume", practice_id)
    assert "not paused" in said
    assert "dont_send" in said


def test_every_faulty_file_is_named_before_any_is_sent(
    operator: Operator, practice_id: str
) -> None:
    broken = REPOSITORY / "samples" / "broken"
    faulty = [str(broken / "patients-no-header.csv"), str(broken / "remittance-truncated.835")]
    good = str(broken / "patients-nine-digit-phone.csv")
    said = operator.run("import", practice_id, *faulty, good, code=1)
    assert all(f"{name}: " in said for name in faulty)
    assert "none of the 3 files was imported" in said
    assert "no imports yet" in operator.run("import-status", practice_id)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param(["pause", "nowhere"], 1, "there is no practice nowhere", id="practice"),
        pytest.param(["explain", "PRACTICE", "nobody"], 1, "no patient with this id", id="patient"),
        pytest.param(["import", "PRACTICE", "/nowhere.csv"], 1, "No such file", id="file"),
        pytest.param(["import", "PRACTICE", "/"], 1, "directory", id="directory"),
        pytest.param(["import-status", "PRACTICE", "x"], 1, "no import with this id", id="import"),
        pytest.param(["release", "PRACTICE", "x"], 1, "no parked item", id="item"),
        pytest.param(
            ["settings", "PRACTICE", "--window", "07:00-20:00"], 2, "between 08:00", id="window"
        ),
        pytest.param(["settings", "PRACTICE", "--minimum", "x"], 2, "not an amount", id="minimum"),
        pytest.param(["settings", "PRACTICE", "--days", "someday"], 2, "mon,tue", id="days"),
        pytest.param(
            [*CREATE, "--phone", "508-555-0100", "--time-zone", "Mars/Base"],
            1,
            "not a time zone",
            id="time-zone",
        ),
        pytest.param(
            [*CREATE, "--phone", "508 555 010", "--time-zone", "America/New_York"],
            1,
            "ten digits",
            id="phone",
        ),
        pytest.param(
            ["create-practice", "a b", *CREATE[2:], "--phone", "1", "--time-zone", "UTC"],
            1,
            "An id is 1 to 64 letters",
            id="practice-id",
        ),
        pytest.param(["--local", "http://127.0.0.1:1", "pause", "x"], 1, "make run", id="stack"),
        pytest.param([], 2, "COMMAND", id="nothing"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    operator: Operator, practice_id: str, arguments: list[str], code: int, said: str
) -> None:
    named = [practice_id if argument == "PRACTICE" else argument for argument in arguments]
    output = operator.run(*named, code=code)
    assert said in output.splitlines()[-1]


def test_failed_messages_go_back_and_are_dealt_with(
    operator: Operator, stack: LocalStack, clinic: Clinic
) -> None:
    """More than one call takes; and an import that is in already changes nothing."""
    ids = clinic.patients(12)
    practice_id, sqs = clinic.practice.practice_id, stack.client("sqs")
    for patient_id in ids:
        sqs.send_message(
            QueueUrl=stack.outputs["AlertDeadLetterQueueUrl"],
            MessageBody=clinic.slice(patient_id).to_body(),
        )
    taken_in = stack.import_content(
        practice_id, patients({"patient_id": "q-1"}), ImportKind.PATIENTS
    )
    job = ImportJob(practice_id, taken_in.import_id, ImportKind.PATIENTS)
    ImportQueue(sqs, stack.outputs["ImportDeadLetterQueueUrl"]).go_on_later(job)
    stop = reply(clinic.patient("p-99", owes=0), "STOP", stack.now(), topic_arn="arn:topic")
    sqs.send_message(QueueUrl=stack.outputs["DeliveryDeadLetterQueueUrl"], MessageBody=stop)
    put_back = ["alerts: 12 put back", "imports: 1 put back", "delivery-events: 1 put back"]
    assert "\n".join(put_back) in operator.run("redrive")
    for dead, queue in (
        ("AlertDeadLetterQueueUrl", "AlertQueueUrl"),
        ("ImportDeadLetterQueueUrl", "ImportQueueUrl"),
        ("DeliveryDeadLetterQueueUrl", "DeliveryEventQueueUrl"),
    ):
        stack.wait_drained(dead)
        stack.wait_drained(queue)
    assert [clinic.delivered(patient_id) for patient_id in ids] == [1] * 12
    assert clinic.account("p-99").mobile_state == "opted_out"
    assert operator.run("import-status", practice_id).count(" done ") == 1
    assert "imports: 0 put back" in operator.run("redrive", "imports")


def test_a_channel_that_rests_is_shown_with_what_to_do_and_can_be_tried_again(
    operator: Operator, stack: LocalStack
) -> None:
    assert operator.run("channels") == "text: goes out\nemail: goes out\n"
    note_stop(Channel.TEXT, NO_QUOTA, stack.now())
    said = operator.run("channels")
    assert "text: rests since" in said
    assert "raise the monthly spending limit" in said
    assert operator.run("channels", "--lift", "text") == "text: tried again from now on\n"
    assert operator.run("channels", "--lift", "text") == "text: did not rest\n"
    assert operator.run("channels") == "text: goes out\nemail: goes out\n"


def test_a_practice_is_set_up_with_its_first_director_in_one_step(
    operator: Operator, stack: LocalStack
) -> None:
    said = operator.run(
        *("create-practice", "one-step", "--display-name", "One Step PT"),
        *("--phone", "202-555-0100", "--time-zone", "America/New_York"),
        *("--director-name", "Ines Vega", "--director-email", "ines@one-step.example"),
    )
    assert "Ines Vega (therapy_director) invited" in said
    assert "invite one-step invites a practice administrator" in said
    [member], _ = stack.wiring.team.page("one-step", after=None, limit=9)
    assert (member.name, member.level) == ("Ines Vega", Level.THERAPY_DIRECTOR)
    [change], _ = changes_of("one-step", after=None, limit=9)
    assert (change.action, change.by) == ("staff_invited", operator_by_name())


def test_a_deployed_stack_is_found_by_its_name(stack: LocalStack, practice_id: str) -> None:
    """The emulator stands in for AWS: nothing tells the command that it is local."""
    operator = Operator(
        AWS_ENDPOINT_URL=stack.endpoint_url,
        AWS_DEFAULT_REGION="us-east-1",
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",
    )
    name = stack.description()["stack_name"]
    assert practice_id in operator.run("--stack", name, "settings", practice_id)
    said = operator.run("--stack", "elsewhere", "settings", practice_id, code=1)
    assert "there is no stack elsewhere in us-east-1" in said


def test_without_region_or_credentials_the_command_says_what_to_set() -> None:
    assert "AWS_DEFAULT_REGION" in Operator().run("pause", "x", code=1)
    nobody = Operator(AWS_DEFAULT_REGION="us-east-1", AWS_EC2_METADATA_DISABLED="true", HOME="/")
    assert "no AWS credentials" in nobody.run("pause", "x", code=1)
