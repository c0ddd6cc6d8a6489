"""The doctor against a running stack: what it sees there, and that it sees what is wrong."""

from __future__ import annotations

from balance_alerts.domain.channel_stop import NO_QUOTA
from balance_alerts.domain.contact import Channel
from balance_alerts.store.channel_stops import note_stop
from infra.local.stack import LocalStack
from infra.operator.doctor import CHECKS
from tests.stack.due import Clinic
from tests.stack.operating import Operator


def lines(said: str) -> list[str]:
    return [line for line in said.splitlines() if not line.startswith(" ")]


def test_a_stack_that_works_has_nothing_broken(
    operator: Operator, stack: LocalStack, clinic: Clinic
) -> None:
    stack.connect_to_gateway(clinic.practice.practice_id)
    said = operator.run("doctor")
    assert " 0 broken," in said
    found = lines(said)
    for about, _ in CHECKS:
        assert any(f" {about}: " in line for line in found), about
    practice_id = clinic.practice.practice_id
    assert f"ok         card payments: {practice_id}: takes cards, and" in said
    assert f"ok         practices: {practice_id} sends, two_weeks" in said
    assert f"nobody of {practice_id} can sign in" in said
    unknown = [line for line in found if line.startswith("unchecked")]
    assert any("text sandbox" in line and "does not know this call" in line for line in unknown)
    assert "unchecked  text log: cannot be checked here" in operator.run("doctor", "--fix")


def test_what_is_wrong_is_told_and_changes_the_exit_code(
    operator: Operator, stack: LocalStack, clinic: Clinic
) -> None:
    operator.run("pause", "--all", "--note", "wrong amounts")
    assert "attention  brakes: all alerts" in operator.run("doctor")
    note_stop(Channel.TEXT, NO_QUOTA, stack.now())
    stack.client("sqs").send_message(
        QueueUrl=stack.outputs["AlertDeadLetterQueueUrl"], MessageBody="{}"
    )
    log = stack.client("logs")
    group = log.describe_log_groups(logGroupNamePrefix="sns/")["logGroups"][0]["logGroupName"]
    (reader,) = log.describe_subscription_filters(logGroupName=group)["subscriptionFilters"]
    log.delete_subscription_filter(logGroupName=group, filterName=reader["filterName"])
    try:
        said = operator.run("doctor", code=1)
    finally:
        log.put_subscription_filter(
            logGroupName=group,
            filterName=reader["filterName"],
            filterPattern="",
            destinationArn=reader["destinationArn"],
        )
    assert "attention  brakes: all alerts of this installation are paused" in said
    assert "broken     brakes: text rests since" in said
    assert "broken     dead letters: 1 message in AlertDeadLetterQueue" in said
    assert f"broken     text log reader: nothing of this stack reads log group {group}" in said
    assert " 3 broken," in said


def test_a_deployed_stack_is_held_to_more(stack: LocalStack, clinic: Clinic) -> None:
    """The emulator stands in for AWS: nothing tells the doctor that it is local."""
    operator = Operator(
        AWS_ENDPOINT_URL=stack.endpoint_url,
        AWS_DEFAULT_REGION="us-east-1",
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",
    )
    said = operator.run("--stack", stack.description()["stack_name"], "doctor", code=1)
    assert f"broken     address: {stack.public_url} is not encrypted" in said
    for what in ("looking for who is due", "settling payments", "looking up opt-outs"):
        assert f"broken     schedules: {what} is not scheduled" in said
