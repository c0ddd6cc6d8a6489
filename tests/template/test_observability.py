"""Dashboards and alarms: they look at what is there, and tell somebody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.emitted import metrics_of
from tests.template.loading import TEMPLATE, Template, allowed, load, referred

OBSERVABILITY = load(TEMPLATE.parent / "infra" / "observability.yaml")
ALARMS = OBSERVABILITY.of_type("AWS::CloudWatch::Alarm")
DASHBOARDS = ("BusinessDashboard", "TechnicalDashboard")
OURS = "BalanceAlerts/${Name}"

RINGS_AT_ONCE = {
    # The third failure of the same thing, or money: neither is a blip.
    "alert-dead-letters",
    "import-dead-letters",
    "delivery-dead-letters",
    "scan-dead-letters",
    "reconcile-dead-letters",
    "opt-out-dead-letters",
    "orphan-charges",
    # A level that only rises, and two failures within an hour.
    "text-spend",
    "imports-broken",
    # Wakes nobody: a release goes back rather too early.
    "release-failing",
}
HAS_TO_COME = {"no-scan", "no-reconciliation"}
"""What a schedule starts: silence is the trouble itself."""


@dataclass(frozen=True)
class Metric:
    """One metric that is looked at."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]


def text_of(value: Any) -> str:
    """A value of the template, with what it refers to as in a `!Sub`."""
    if isinstance(value, dict):
        return f"${{{value['Ref']}}}" if "Ref" in value else str(value["Fn::Sub"])
    return str(value)


def name_of(alarm: dict[str, Any]) -> str:
    return text_of(alarm["AlarmName"]).removeprefix("${Name}-")


def metrics_of_alarm(alarm: dict[str, Any]) -> Iterator[Metric]:
    reckoned = [each["MetricStat"]["Metric"] for each in alarm.get("Metrics", ())[:-1]]
    for each in reckoned or [alarm]:
        dimensions = ((pair["Name"], text_of(pair["Value"])) for pair in each.get("Dimensions", ()))
        yield Metric(text_of(each["Namespace"]), each["MetricName"], tuple(dimensions))


def widgets(dashboard: str) -> list[dict[str, Any]]:
    body = OBSERVABILITY.properties(dashboard)["DashboardBody"]["Fn::Sub"]
    found: list[dict[str, Any]] = json.loads(body.replace("${TextSpendLimit}", "1"))["widgets"]
    return found


def metrics_of_dashboard(dashboard: str) -> Iterator[Metric]:
    for widget in widgets(dashboard):
        for namespace, name, *rest in widget["properties"].get("metrics", ()):
            *dimensions, options = rest
            assert options["label"], "a line without words"
            pairs = zip(dimensions[::2], dimensions[1::2], strict=True)
            yield Metric(namespace, name, tuple(pairs))


LOOKED_AT = {
    metric: f"{metric.name} of {metric.dimensions}"
    for metrics in (
        *(metrics_of_alarm(alarm["Properties"]) for alarm in ALARMS.values()),
        *map(metrics_of_dashboard, DASHBOARDS),
    )
    for metric in metrics
}


def handlers(template: Template) -> dict[str, str]:
    """The entry point of each function, by what its metrics name as their service."""
    return {
        function["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]: function["Handler"]
        for function in map(template.properties, template.of_type("AWS::Serverless::Function"))
    }


@pytest.mark.parametrize(
    "metric", [each for each in LOOKED_AT if each.namespace == OURS], ids=LOOKED_AT.get
)
def test_a_metric_of_ours_is_emitted_by_the_function_it_names(
    template: Template, metric: Metric
) -> None:
    ((dimension, service),) = metric.dimensions
    assert dimension == "service"
    handler = handlers(template)[service]
    assert metric.name in metrics_of(handler.removesuffix(".handler"))


def test_the_namespace_is_the_one_that_functions_emit_to(template: Template) -> None:
    variables = template.body["Globals"]["Function"]["Environment"]["Variables"]
    emitted_to = variables["POWERTOOLS_METRICS_NAMESPACE"]["Fn::Sub"]
    given = template.properties("Observability")["Parameters"]["Name"]
    assert OURS.replace("${Name}", f"${{{given['Ref']}}}") == emitted_to


@pytest.mark.parametrize(
    "metric", [each for each in LOOKED_AT if each.namespace != OURS], ids=LOOKED_AT.get
)
def test_a_metric_of_aws_is_about_something_of_the_stack(
    template: Template, metric: Metric
) -> None:
    given = template.properties("Observability")["Parameters"]
    for dimension, value in metric.dimensions:
        parameter = re.fullmatch(r"\$\{(\w+)\}", value)
        if parameter:
            assert parameter[1] in given
            continue
        kind, attribute = {
            "QueueName": ("AWS::SQS::Queue", "QueueName"),
            "FunctionName": ("AWS::Serverless::Function", "FunctionName"),
        }[dimension]
        named = [template.properties(each).get(attribute) for each in template.of_type(kind)]
        assert {"Fn::Sub": value.replace("${Name}", "${AWS::StackName}")} in named


RELEASES_LOOK_AT = "release-failing"
"""The alarm that takes a release of the portal back, and wakes nobody."""


@pytest.mark.parametrize("alarm", [each["Properties"] for each in ALARMS.values()], ids=name_of)
class TestEveryAlarm:
    def test_tells_when_it_begins_and_when_it_is_over(self, alarm: dict[str, Any]) -> None:
        if name_of(alarm) == RELEASES_LOOK_AT:
            assert alarm.keys().isdisjoint({"AlarmActions", "OKActions"})
        else:
            assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmTopic"}]

    def test_says_what_it_means_and_where_to_read_on(self, alarm: dict[str, Any]) -> None:
        name = name_of(alarm)
        told, _, place = alarm["AlarmDescription"].partition(" What to do: ")
        assert re.fullmatch(r"[A-Z].*\.", told)
        assert place == f"infra/runbook.md, {name}."

    def test_has_a_period_and_a_threshold(self, alarm: dict[str, Any]) -> None:
        reckoned = alarm.get("Metrics", ())[:-1]
        periods = [each["MetricStat"]["Period"] for each in reckoned] or [alarm["Period"]]
        assert len(set(periods)) == 1
        assert periods[0] * alarm["EvaluationPeriods"] <= 24 * 60 * 60, "CloudWatch takes no more"
        assert alarm["Threshold"] > 0
        assert alarm["ComparisonOperator"]

    def test_does_not_ring_for_one_blip(self, alarm: dict[str, Any]) -> None:
        name = name_of(alarm)
        assert (alarm["DatapointsToAlarm"] == 1) == (name in RINGS_AT_ONCE)
        assert alarm["DatapointsToAlarm"] <= alarm["EvaluationPeriods"]

    def test_says_what_silence_means(self, alarm: dict[str, Any]) -> None:
        breaching = alarm["TreatMissingData"] == "breaching"
        assert breaching == (name_of(alarm) in HAS_TO_COME)
        assert alarm["TreatMissingData"] in {"breaching", "notBreaching", "ignore"}

    def test_reckons_of_as_many_metrics_as_cloudwatch_takes(self, alarm: dict[str, Any]) -> None:
        assert len(alarm.get("Metrics", ())) <= 10


def test_every_dead_letter_queue_has_an_alarm_of_its_own(template: Template) -> None:
    given = template.properties("Observability")["Parameters"]
    alarmed = [
        referred(given[value.strip("${}")])
        for alarm in ALARMS.values()
        for metric in metrics_of_alarm(alarm["Properties"])
        if metric.name == "ApproximateNumberOfMessagesVisible"
        for _, value in metric.dimensions
    ]
    dead = [name for name in template.of_type("AWS::SQS::Queue") if "DeadLetter" in name]
    assert sorted(alarmed) == sorted(dead)


def test_every_function_is_watched(template: Template) -> None:
    """Those behind the API by its answers, the others by their errors."""
    (failing,) = [
        alarm["Properties"]
        for alarm in ALARMS.values()
        if name_of(alarm["Properties"]) == "functions-failing"
    ]
    watched = {value for metric in metrics_of_alarm(failing) for _, value in metric.dimensions}
    for name in template.of_type("AWS::Serverless::Function"):
        function = template.properties(name)
        events = function.get("Events", {}).values()
        answers = any(event["Type"] == "HttpApi" for event in events)
        own = function["FunctionName"]["Fn::Sub"].replace("${AWS::StackName}", "${Name}")
        assert (own in watched) != answers, name


def test_the_technical_dashboard_shows_every_alarm() -> None:
    (shown,) = [each for each in widgets("TechnicalDashboard") if each["type"] == "alarm"]
    names = [arn.rpartition(":alarm:${Name}-")[2] for arn in shown["properties"]["alarms"]]
    assert names == [name_of(alarm["Properties"]) for alarm in ALARMS.values()]


@pytest.mark.parametrize("dashboard", DASHBOARDS)
def test_widgets_lie_side_by_side(dashboard: str) -> None:
    taken: set[tuple[int, int]] = set()
    for widget in widgets(dashboard):
        across = range(widget["x"], widget["x"] + widget["width"])
        down = range(widget["y"], widget["y"] + widget["height"])
        cells = {(x, y) for x in across for y in down}
        assert max(across) < 24
        assert taken.isdisjoint(cells)
        taken |= cells


def test_alarms_go_to_an_encrypted_topic_that_alarms_may_use(template: Template) -> None:
    assert OBSERVABILITY.properties("AlarmTopic")["KmsMasterKeyId"] == {"Ref": "KeyArn"}
    assert referred(template.properties("Observability")["Parameters"]["KeyArn"]) == "EncryptionKey"
    (statement,) = allowed(OBSERVABILITY.properties("AlarmTopicPolicy"))
    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert "aws:SourceAccount" in statement["Condition"]["StringEquals"]
    keys = template.properties("EncryptionKey")["KeyPolicy"]["Statement"]
    (use,) = [each for each in keys if each["Principal"] == statement["Principal"]]
    assert set(use["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey"}


def test_nobody_is_emailed_where_no_address_is_given(template: Template) -> None:
    assert template.parameters["AlarmEmail"]["Default"] == ""
    subscription = OBSERVABILITY.body["Resources"]["AlarmSubscription"]
    assert subscription["Condition"] == "EmailsAlarms"
    assert OBSERVABILITY.body["Conditions"]["EmailsAlarms"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmEmail"}, ""]}]
    }
