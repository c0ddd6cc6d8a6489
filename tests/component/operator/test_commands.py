"""The operator's command over moto: practices, settings, redrive."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from balance_alerts.store.practices import Practices
from infra.operator import cli
from infra.operator.cli import main
from infra.operator.queues import Moved, move
from infra.operator.stack import Stack


@pytest.fixture
def deployed(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stack of which nothing is deployed but the table."""
    monkeypatch.delenv("BALANCE_ALERTS_LOCAL", raising=False)
    monkeypatch.setattr(cli, "deployed_stack", lambda name: Stack({"TableName": "table"}))


CREATE = (
    *("create-practice", "harbor", "--display-name", "Harbor Point PT", "--phone", "2025550100"),
    *("--time-zone", "America/New_York"),
)


def test_a_practice_is_set_up(deployed: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(CREATE) == 0
    assert Practices().get("harbor").phone == "(202) 555-0100", "as patients read it"
    assert main(["settings", "harbor", "--frequency", "two_weeks", "--days", "mon,fri"]) == 0
    assert main(["settings", "harbor", "--daily-limit", "50", "--include-amount", "yes"]) == 0
    alerts = Practices().get("harbor").alerts
    assert (alerts.frequency, alerts.daily_limit, alerts.include_amount) == ("two_weeks", 50, True)
    assert alerts.send_days == {"mon", "fri"}
    assert main(["settings", "harbor", "--daily-limit", "none", "--include-amount", "no"]) == 0
    alerts = Practices().get("harbor").alerts
    assert (alerts.daily_limit, alerts.include_amount) == (None, False)
    assert main(["pause", "harbor"]) == 0
    assert Practices().get("harbor").alerts.paused
    capsys.readouterr()
    assert main(CREATE) == 1
    assert "already" in capsys.readouterr().err


def test_alerts_are_tried_out_on_a_few_before_everybody(
    deployed: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(CREATE) == 0
    assert main(["settings", "harbor", "--pilot", "(202) 555-0101, ines@harbor.example"]) == 0
    assert "tried out on      2 contacts only" in capsys.readouterr().out
    tried = Practices().get("harbor").alerts.pilot_contacts
    assert tried == ("+12025550101", "ines@harbor.example")
    assert main(["settings", "harbor", "--daily-limit", "5"]) == 0
    assert Practices().get("harbor").alerts.pilot_contacts == tried
    assert main(["settings", "harbor", "--pilot", "none"]) == 0
    assert Practices().get("harbor").alerts.pilot_contacts is None
    assert main(["settings", "harbor", "--pilot", "555-01"]) == 1
    assert "pilot_contacts" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["redrive"], "no output AlertDeadLetterQueueUrl", id="output"),
        pytest.param(["pause", "nowhere"], "no practice", id="practice"),
    ],
)
def test_what_is_missing_is_said_in_one_line(
    deployed: None, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(arguments) == 1
    complaint = capsys.readouterr().err
    assert said in complaint
    assert complaint.count("\n") == 1


EVERY = [
    ["settings", "nowhere"],
    ["pause", "nowhere"],
    ["resume", "nowhere"],
    ["invite", "nowhere", "--name", "Ines", "--email", "ines@harbor.example"],
    ["import", "nowhere", "entries.csv"],
    ["import-status", "nowhere"],
    ["parked", "nowhere"],
    ["release", "nowhere", "item"],
    ["dismiss", "nowhere", "item"],
    ["explain", "nowhere", "p-1"],
    ["export", "nowhere", "folder"],
    ["message-samples", "nowhere"],
]


@pytest.mark.parametrize("arguments", EVERY, ids=lambda arguments: arguments[0])
def test_each_command_says_that_there_is_no_such_practice(
    deployed: None, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main(arguments) == 1
    said = (
        "balance-alerts: there is no practice nowhere; add it with balance-alerts create-practice"
    )
    assert capsys.readouterr().err.strip() == said


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("ThrottlingException", "nothing is lost; try again in a minute"),
        ("ExpiredTokenException", "sign in again (ExpiredTokenException)"),
        ("AccessDeniedException", "ask for the rights of this stack's operators"),
        ("ResourceNotFoundException", "the stack was deleted in part"),
    ],
)
@pytest.mark.parametrize(
    "arguments",
    [*EVERY, CREATE, ["pause", "--all"], ["resume", "--all"], ["redrive"]],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_each_command_says_in_one_line_what_aws_keeps_it_from(
    deployed: None,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: str,
    said: str,
) -> None:
    def refuse(self: BaseClient, operation: str, _: object) -> None:
        raise ClientError({"Error": {"Code": code, "Message": "No."}}, operation)

    outputs = {"TableName": "table", "AlertDeadLetterQueueUrl": "x", "AlertQueueUrl": "y"}
    monkeypatch.setattr(cli, "deployed_stack", lambda name: Stack(outputs))
    monkeypatch.setattr(BaseClient, "_make_api_call", refuse)
    assert main(arguments) == 1
    complaint = capsys.readouterr().err
    assert said in complaint
    assert complaint.count("\n") == 1


def test_redrive_moves_every_message_and_loses_none(aws: None) -> None:
    sqs = boto3.client("sqs")
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    queue = sqs.create_queue(QueueName="queue")["QueueUrl"]
    for number in range(23):
        sqs.send_message(QueueUrl=dead, MessageBody=str(number))
    assert move(sqs, dead, queue) == Moved(23, 0)
    assert move(sqs, dead, queue) == Moved(0, 0)
    bodies: set[str] = set()
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        bodies.update(message["Body"] for message in messages)
    assert bodies == {str(number) for number in range(23)}


def test_what_the_queue_refuses_stays_and_is_told(
    aws: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BALANCE_ALERTS_LOCAL", raising=False)
    sqs = boto3.client("sqs")
    urls = {
        name: sqs.create_queue(QueueName=name)["QueueUrl"]
        for name in ("AlertDeadLetterQueueUrl", "AlertQueueUrl")
    }
    monkeypatch.setattr(cli, "deployed_stack", lambda name: Stack({"TableName": "table", **urls}))
    for letter in "ab":
        sqs.send_message(QueueUrl=urls["AlertDeadLetterQueueUrl"], MessageBody=letter)

    def refuse_a(**asked: Any) -> dict[str, Any]:
        sent = [each for each in asked["Entries"] if each["MessageBody"] != "a"]
        failed = [{"Id": each["Id"]} for each in asked["Entries"] if each["MessageBody"] == "a"]
        return {"Successful": [{"Id": each["Id"]} for each in sent], "Failed": failed}

    stubborn = SimpleNamespace(
        get_queue_attributes=sqs.get_queue_attributes,
        receive_message=sqs.receive_message,
        delete_message_batch=sqs.delete_message_batch,
        send_message_batch=refuse_a,
    )
    monkeypatch.setattr(Stack, "sqs", stubborn)
    assert main(["redrive", "alerts"]) == 1
    assert capsys.readouterr().out.startswith("alerts: 1 put back, 1 refused by the queue")
    left = sqs.get_queue_attributes(
        QueueUrl=urls["AlertDeadLetterQueueUrl"],
        AttributeNames=["ApproximateNumberOfMessagesNotVisible"],
    )
    assert left["Attributes"]["ApproximateNumberOfMessagesNotVisible"] == "1"


def test_the_director_is_checked_before_the_practice_is_added(
    deployed: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*CREATE, "--director-name", "Ines Vega"]) == 1
    assert "give both --director-name and --director-email" in capsys.readouterr().err
    assert main([*CREATE, "--director-name", "Ines Vega", "--director-email", "ines"]) == 1
    assert main(["settings", "harbor"]) == 1, "nothing was added"


def test_a_practice_whose_director_cannot_be_invited_is_there_and_that_is_said(
    deployed: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """This stack has no user pool."""
    director = ("--director-name", "Ines Vega", "--director-email", "ines@harbor.example")
    assert main([*CREATE, *director]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "harbor was added, but its director was not invited: the stack has no output" in said
    assert "try again with balance-alerts invite harbor --level therapy_director" in said
    assert main(["settings", "harbor"]) == 0
