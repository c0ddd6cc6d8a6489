"""The operator's command over moto: practices, settings, redrive."""

from __future__ import annotations

import boto3
import pytest

from balance_alerts.store.practices import Practices
from infra.operator import cli
from infra.operator.cli import main
from infra.operator.queues import move
from infra.operator.stack import Stack


@pytest.fixture
def deployed(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stack of which nothing is deployed but the table."""
    monkeypatch.delenv("BALANCE_ALERTS_LOCAL", raising=False)
    monkeypatch.setattr(cli, "deployed_stack", lambda name: Stack({"TableName": "table"}))


CREATE = (
    *("create-practice", "harbor", "--display-name", "Harbor Point PT", "--phone", "202-555-0100"),
    *("--time-zone", "America/New_York"),
)


def test_a_practice_is_set_up(deployed: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(CREATE) == 0
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


def test_redrive_moves_every_message_and_loses_none(aws: None) -> None:
    sqs = boto3.client("sqs")
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    queue = sqs.create_queue(QueueName="queue")["QueueUrl"]
    for number in range(23):
        sqs.send_message(QueueUrl=dead, MessageBody=str(number))
    assert move(sqs, dead, queue) == 23
    assert move(sqs, dead, queue) == 0
    bodies: set[str] = set()
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        bodies.update(message["Body"] for message in messages)
    assert bodies == {str(number) for number in range(23)}
