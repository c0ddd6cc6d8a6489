from __future__ import annotations

import pytest

from infra.operator import queues
from infra.operator.checks import workings
from infra.operator.checks.finding import Check
from tests.unit.operator.checks.patient import ACCOUNT, Said, diagnosed, one, patient

SCHEDULED = {
    "ScanFunctionName": "scan",
    "ReconcileFunctionName": "pay",
    "OptOutFunctionName": "out",
}
ALARMS = {"AlarmTopicArn": f"{ACCOUNT}:alarms"}


def schedule(function: str, state: str = "ENABLED") -> dict[str, object]:
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{function}"
    return {"Name": function, "State": state, "Target": {"Arn": arn}}


def test_schedules() -> None:
    found = {"Schedules": [schedule("scan"), schedule("pay", "DISABLED")]}
    stack = patient(("scheduler", "list_schedules", found), outputs=SCHEDULED)
    assert diagnosed(workings.schedules, stack) == [
        ("ok", "looking for who is due runs by its schedule"),
        ("broken", "settling payments is not scheduled"),
        ("broken", "looking up opt-outs is not scheduled"),
    ]


def test_schedules_of_the_local_stack_run_when_told() -> None:
    assert one(workings.schedules, patient(is_local=True)).verdict == "unchecked"


def depth(number: int) -> Said:
    return (
        "sqs",
        "get_queue_attributes",
        {"Attributes": {"ApproximateNumberOfMessages": f"{number}"}},
    )


def test_dead_letters() -> None:
    stack = patient(
        depth(1),
        depth(2),
        depth(0),
        outputs={
            "AlertDeadLetterQueueUrl": "a",
            "ScanDeadLetterQueueUrl": "c",
            "ImportDeadLetterQueueUrl": "b",
            "AlertQueueUrl": "no dead letters",
        },
    )
    assert diagnosed(workings.dead_letters, stack) == [
        ("broken", "1 message in AlertDeadLetterQueue"),
        ("broken", "2 messages in ImportDeadLetterQueue"),
        ("ok", "ScanDeadLetterQueue is empty"),
    ]


@pytest.mark.parametrize(
    ("output", "queue"),
    [
        ("AlertDeadLetterQueueUrl", "alerts"),
        ("ImportDeadLetterQueueUrl", "imports"),
        ("DeliveryDeadLetterQueueUrl", "delivery-events"),
    ],
)
def test_what_to_do_about_dead_letters_is_a_command_that_there_is(output: str, queue: str) -> None:
    found = one(workings.dead_letters, patient(depth(1), outputs={output: "a"}))
    assert (found.to_do or "").endswith(f"balance-alerts redrive {queue}")
    assert queue in queues.QUEUES


def alarms(**states: str) -> Said:
    found = [{"AlarmName": name, "StateValue": state} for name, state in states.items()]
    return ("cloudwatch", "describe_alarms", {"MetricAlarms": found})


def subscribed(*arns: str) -> Said:
    found = [{"SubscriptionArn": arn, "Protocol": "email"} for arn in arns]
    return ("sns", "list_subscriptions_by_topic", {"Subscriptions": found})


CONFIRMED = subscribed("PendingConfirmation", f"{ACCOUNT}:alarms:1")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(
            [alarms(a="OK", b="INSUFFICIENT_DATA"), CONFIRMED],
            [("ok", "2 alarms, none of them ringing"), ("ok", "alarms reach somebody")],
            id="well",
        ),
        pytest.param(
            [alarms(a="OK", b="ALARM"), subscribed()],
            [("broken", "in alarm: b"), ("attention", "alarms reach nobody")],
            id="ringing",
        ),
        pytest.param(
            [alarms(), subscribed("PendingConfirmation")],
            [("broken", "the alarms are gone"), ("broken", "alarms reach nobody yet")],
            id="gone",
        ),
    ],
)
def test_alarms(said: list[Said], expected: list[tuple[str, str]]) -> None:
    assert diagnosed(workings.alarms, patient(*said, outputs=ALARMS)) == expected


def test_alarms_of_the_local_stack_tell_nothing() -> None:
    assert one(workings.alarms, patient(outputs=ALARMS, is_local=True)).verdict == "unchecked"


def test_dashboards() -> None:
    entries = {"DashboardEntries": [{"DashboardName": "x-business"}]}
    stack = patient(
        ("cloudwatch", "list_dashboards", entries),
        ("cloudwatch", "list_dashboards", {"DashboardEntries": []}),
        outputs={"BusinessDashboardName": "x-business", "TechnicalDashboardName": "x-technical"},
    )
    assert [verdict for verdict, _ in diagnosed(workings.dashboards, stack)] == ["ok", "broken"]


@pytest.mark.parametrize("check", [workings.alarms, workings.dashboards])
def test_a_stack_without_alarms_is_not_ill(check: Check) -> None:
    assert one(check, patient()).verdict == "unchecked"
