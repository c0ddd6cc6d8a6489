"""What runs by itself: schedules, queues of failed messages, alarms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from infra.operator.checks.finding import Finding, attention, broken, ok, unchecked
from infra.operator.words import count_of

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_sns import SNSClient

    from infra.operator.stack import Stack

_SCHEDULED = {
    "ScanFunctionName": "looking for who is due",
    "ReconcileFunctionName": "settling payments",
    "OptOutFunctionName": "looking up opt-outs",
}
_DEAD_LETTERS = "DeadLetterQueueUrl"
_THEN = {
    "AlertDeadLetterQueueUrl": "balance-alerts redrive alerts",
    "ImportDeadLetterQueueUrl": "balance-alerts redrive imports",
    "DeliveryDeadLetterQueueUrl": "balance-alerts redrive delivery-events",
}
_ENABLED, _ALARM = "ENABLED", "ALARM"


def schedules(stack: Stack) -> Iterator[Finding]:
    """Whether everything that runs by the clock does."""
    if stack.is_local:
        yield unchecked("the local stack runs its schedules when it is told to")
        return
    scheduler: EventBridgeSchedulerClient = stack.client("scheduler")
    pages = scheduler.get_paginator("list_schedules").paginate(NamePrefix=f"{stack.name}-")
    enabled = {
        each["Target"]["Arn"].rpartition(":")[2]
        for page in pages
        for each in page["Schedules"]
        if each.get("State") == _ENABLED
    }
    for output, what in _SCHEDULED.items():
        if stack.output(output) in enabled:
            yield ok(f"{what} runs by its schedule")
        else:
            yield broken(f"{what} is not scheduled", "enable its schedule, or deploy again")


def dead_letters(stack: Stack) -> Iterator[Finding]:
    """Whether anything failed for good."""
    for output in sorted(stack.outputs):
        if not output.endswith(_DEAD_LETTERS):
            continue
        queue = output.removesuffix("Url")
        found = stack.sqs.get_queue_attributes(
            QueueUrl=stack.output(output), AttributeNames=["ApproximateNumberOfMessages"]
        )
        waiting = int(found["Attributes"]["ApproximateNumberOfMessages"])
        if waiting:
            then = _THEN.get(output, "purge the queue: the next run does what this one could not")
            yield broken(
                f"{count_of(waiting, 'message')} in {queue}",
                f"see in the function's log why, mend it, then {then}",
            )
        else:
            yield ok(f"{queue} is empty")


def alarms(stack: Stack) -> Iterator[Finding]:
    """Whether alarms are there, quiet, and reach somebody."""
    if "AlarmTopicArn" not in stack.outputs:
        yield unchecked("this stack has no alarms")
        return
    if stack.is_local:
        yield unchecked("nothing measures the local stack for its alarms")
        return
    cloudwatch = stack.client("cloudwatch")  # Any: no types of it are installed
    pages = cloudwatch.get_paginator("describe_alarms").paginate(AlarmNamePrefix=f"{stack.name}-")
    states = {
        each["AlarmName"]: each["StateValue"] for page in pages for each in page["MetricAlarms"]
    }
    ringing = sorted(name for name, state in states.items() if state == _ALARM)
    if not states:
        yield broken("the alarms are gone", "deploy again")
    elif ringing:
        yield broken(f"in alarm: {', '.join(ringing)}", "see infra/runbook.md")
    else:
        yield ok(f"{len(states)} alarms, none of them ringing")
    yield _heard(stack)


def _heard(stack: Stack) -> Finding:
    sns: SNSClient = stack.client("sns")
    topic = stack.output("AlarmTopicArn")
    pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    subscribed = [each["SubscriptionArn"] for page in pages for each in page["Subscriptions"]]
    if any(arn.startswith("arn:") for arn in subscribed):
        return ok("alarms reach somebody")
    if subscribed:
        return broken("alarms reach nobody yet", "confirm the subscription, by the email of AWS")
    return attention("alarms reach nobody", "deploy with AlarmEmail, then confirm by its email")


def dashboards(stack: Stack) -> Iterator[Finding]:
    """Whether the dashboards are there."""
    wanted = [
        stack.outputs[name] for name in sorted(stack.outputs) if name.endswith("DashboardName")
    ]
    if not wanted:
        yield unchecked("this stack has no dashboards")
        return
    cloudwatch = stack.client("cloudwatch")
    for name in wanted:
        found = cloudwatch.list_dashboards(DashboardNamePrefix=name)["DashboardEntries"]
        if any(each["DashboardName"] == name for each in found):
            yield ok(f"dashboard {name} is there")
        else:
            yield broken(f"dashboard {name} is gone", "deploy again")
