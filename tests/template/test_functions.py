"""Every function: what it runs on, where it logs, what wakes it and what it is told."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from balance_alerts.store.jobs import GIVEN_UP_AFTER, MOST_TRIES
from tests.template.loading import Template, listed, referred

CODE = Path(__file__).parents[2] / "functions"
MAKEFILE = (CODE / "Makefile").read_text("utf-8")
FUNCTIONS = (
    "ScanBalances",
    "SendAlert",
    "ImportBalances",
    "Portal",
    "ReconcilePayments",
    "GatewayWebhooks",
    "Staff",
    "StaffJobs",
    "DeliveryEvents",
    "TextDeliveryLog",
    "OptOutList",
)
FED_BY_QUEUES = ("SendAlert", "ImportBalances", "DeliveryEvents")
QUEUE_SENDS_AGAIN_AFTER = 6  # times the function's timeout, as Lambda asks
SET_BY_LAMBDA = ("AWS_", "LAMBDA_", "_HANDLER")


def test_these_are_all_functions(template: Template) -> None:
    assert set(template.of_type("AWS::Serverless::Function")) == set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
class TestEveryFunction:
    def test_runs_on_arm_with_a_current_python(self, template: Template, name: str) -> None:
        function = template.properties(name)
        assert (function["Runtime"], function["Architectures"]) == ("python3.13", ["arm64"])

    def test_names_a_handler_that_exists(self, template: Template, name: str) -> None:
        module, _, attribute = template.properties(name)["Handler"].rpartition(".")
        source = CODE.joinpath(*module.split(".")).with_suffix(".py")
        assert attribute == "handler"
        assert source.is_file()

    def test_is_built_from_what_its_handler_imports(self, template: Template, name: str) -> None:
        assert template.body["Resources"][name]["Metadata"] == {"BuildMethod": "makefile"}
        told = re.findall(rf"^build-{name}: +MODULE = (.*)$", MAKEFILE, re.MULTILINE)
        assert [f"{module}.handler" for module in told] == [template.properties(name)["Handler"]]

    def test_logs_to_its_own_encrypted_group_that_forgets(
        self, template: Template, name: str
    ) -> None:
        group = template.properties(
            referred(template.properties(name)["LoggingConfig"]["LogGroup"])
        )
        assert group["RetentionInDays"] == {"Ref": "LogRetentionDays"}
        assert referred(group["KmsKeyId"]) == "EncryptionKey"
        assert group["LogGroupName"]["Fn::Sub"].startswith("/aws/lambda/${AWS::StackName}-")

    def test_has_a_role_of_its_own(self, template: Template, name: str) -> None:
        function = template.properties(name)
        assert referred(function["Role"]) == f"{name}Role"
        assert "Policies" not in function  # SAM would add its own, wider ones

    def test_tells_logs_and_metrics_whose_they_are(self, template: Template, name: str) -> None:
        variables = template.properties(name)["Environment"]["Variables"]
        # A word a capital: GatewayWebhooks is gateway_webhooks.
        words = "".join(f"_{each.lower()}" if each.isupper() else each for each in name)
        assert variables["POWERTOOLS_SERVICE_NAME"] == words.strip("_")
        namespace = {"Fn::Sub": "BalanceAlerts/${AWS::StackName}"}
        assert variables["POWERTOOLS_METRICS_NAMESPACE"] == namespace
        assert "POWERTOOLS_LOGGER_LOG_EVENT" not in variables  # events may hold personal data


@pytest.mark.parametrize("name", FED_BY_QUEUES)
class TestFunctionsFedByQueues:
    @staticmethod
    def source(template: Template, name: str) -> dict[str, Any]:
        (event,) = template.properties(name)["Events"].values()
        assert event["Type"] == "SQS"
        return event["Properties"]

    def test_queue_waits_six_timeouts(self, template: Template, name: str) -> None:
        queue = template.properties(referred(self.source(template, name)["Queue"]))
        least = QUEUE_SENDS_AGAIN_AFTER * template.properties(name)["Timeout"]
        assert queue["VisibilityTimeout"] >= least

    def test_one_bad_message_does_not_repeat_the_others(
        self, template: Template, name: str
    ) -> None:
        assert self.source(template, name)["FunctionResponseTypes"] == ["ReportBatchItemFailures"]

    def test_workers_are_limited_at_the_queue(self, template: Template, name: str) -> None:
        assert "MaximumConcurrency" in self.source(template, name)["ScalingConfig"]
        assert "ReservedConcurrentExecutions" not in template.properties(name)

    def test_role_may_take_from_that_queue_only(self, template: Template, name: str) -> None:
        queues = [
            referred(statement["Resource"])
            for statement in template.statements(f"{name}Role")
            if "sqs:ReceiveMessage" in listed(statement["Action"])
        ]
        assert queues == [referred(self.source(template, name)["Queue"])]


def test_sender_is_told_how_many_share_the_rates(template: Template) -> None:
    sender = template.properties("SendAlert")
    at_once = sender["Events"]["Alerts"]["Properties"]["ScalingConfig"]["MaximumConcurrency"]
    assert sender["Environment"]["Variables"]["SEND_CONCURRENCY"] == at_once


@pytest.mark.parametrize(
    ("function", "minutes", "dead_letters"),
    [
        ("ScanBalances", 15, "ScanDeadLetterQueue"),
        ("ReconcilePayments", 5, "ReconcileDeadLetterQueue"),
        ("OptOutList", 60, "OptOutDeadLetterQueue"),
    ],
)
class TestSchedules:
    @staticmethod
    def schedule(template: Template, function: str) -> dict[str, Any]:
        (event,) = template.properties(function)["Events"].values()
        assert event["Type"] == "ScheduleV2"
        return event["Properties"]

    def test_runs_every_so_many_minutes_and_retries_before_the_next(
        self, template: Template, function: str, minutes: int, dead_letters: str
    ) -> None:
        schedule = self.schedule(template, function)
        assert schedule["ScheduleExpression"] == f"rate({minutes} minutes)"
        assert schedule["RetryPolicy"]["MaximumEventAgeInSeconds"] <= minutes * 60
        assert referred(schedule["DeadLetterConfig"]["Arn"]) == dead_letters

    def test_failed_runs_are_reported(
        self, template: Template, function: str, minutes: int, dead_letters: str
    ) -> None:
        failed = template.properties(function)["EventInvokeConfig"]
        destination = failed["DestinationConfig"]["OnFailure"]["Destination"]
        assert failed["MaximumEventAgeInSeconds"] <= minutes * 60
        assert referred(destination) == dead_letters


def test_no_job_is_worked_on_once_it_counts_as_failed(template: Template) -> None:
    worker = template.properties("StaffJobs")
    begins_within = worker["EventInvokeConfig"]["MaximumEventAgeInSeconds"]
    assert timedelta(seconds=begins_within + worker["Timeout"]) <= GIVEN_UP_AFTER
    assert worker["EventInvokeConfig"]["MaximumRetryAttempts"] == MOST_TRIES - 1


def test_scan_may_invoke_the_function_of_its_own_name(template: Template) -> None:
    name = template.properties("ScanBalances")["FunctionName"]["Fn::Sub"]
    (own,) = [
        statement["Resource"]["Fn::Sub"]
        for statement in template.statements("ScanBalancesRole")
        if statement["Action"] == "lambda:InvokeFunction"
    ]
    assert own.endswith(f":function:{name}")


def _settings_read() -> Iterator[str]:
    """Names of environment variables that the code asks for, as in `environ["NAME"]`."""
    for path in CODE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Subscript(value=mapping, slice=ast.Constant(value=str(name))):
                    pass
                case ast.Call(
                    func=ast.Attribute(value=mapping, attr="get"),
                    args=[ast.Constant(value=str(name)), *_],
                ):
                    pass
                case _:
                    continue
            if ast.unparse(mapping).split(".")[-1] in {"environ", "environment", "env"}:
                yield name


def _settings_given(template: Template) -> set[str]:
    return {
        variable
        for name in FUNCTIONS
        for variable in template.properties(name)["Environment"]["Variables"]
    }


def test_every_setting_the_code_reads_is_given(template: Template) -> None:
    read = {name for name in _settings_read() if not name.startswith(SET_BY_LAMBDA)}
    assert read <= _settings_given(template)


def test_every_setting_given_is_read(template: Template) -> None:
    of_ours = {name for name in _settings_given(template) if not name.startswith("POWERTOOLS_")}
    assert of_ours <= set(_settings_read())
