"""The runbook has an entry for each alarm, and what it says to type and to look for is there."""

from __future__ import annotations

import argparse
import ast
import re
import shlex
from functools import cache

import pytest

from infra.operator.cli import _parser
from tests.template.loading import TEMPLATE, Template, load
from tests.template.test_observability import ALARMS, name_of

REPOSITORY = TEMPLATE.parent
RUNBOOK = (REPOSITORY / "infra" / "runbook.md").read_text("utf-8")
_, _, ENTRIES = RUNBOOK.partition("\n# Alarms\n")
NAMES = [name_of(alarm["Properties"]) for alarm in ALARMS.values()]
COMMANDS = sorted(set(re.findall(r"(?:`|^ {4})(balance-alerts [^`\n]+)", RUNBOOK, re.MULTILINE)))


def entry(name: str) -> str:
    _, _, rest = ENTRIES.partition(f"\n## {name}\n")
    return rest.partition("\n## ")[0]


def test_each_alarm_has_an_entry_and_each_entry_an_alarm() -> None:
    assert re.findall(r"^## (.+)$", ENTRIES, re.MULTILINE) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_says_what_it_means_where_to_look_what_to_do_and_when_it_is_over(
    name: str,
) -> None:
    told = re.findall(r"^\*\*(.+?)\*\*", entry(name), re.MULTILINE)
    assert told in (["Means", "Look", "Do", "Over"], ["Means", "Look and do", "Over"])


@pytest.mark.parametrize("command", COMMANDS)
def test_the_operators_command_can_do_what_it_is_told(command: str) -> None:
    arguments = shlex.split(command)[1:]
    if not arguments[0].startswith("-"):
        known: argparse.ArgumentParser = _parser()
        assert known.parse_args(arguments)


def test_links_lead_somewhere() -> None:
    headings = re.findall(r"^#+ (.+)$", RUNBOOK, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", each.lower()).replace(" ", "-") for each in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", RUNBOOK)) <= anchors


@cache
def logged() -> frozenset[str]:
    """The beginnings of all messages that functions log, up to what is filled in."""
    messages = set()
    for path in (REPOSITORY / "functions").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="logger")),
                    args=[ast.Constant(value=str(message)), *_],
                ):
                    messages.add(message)
    return frozenset(messages)


@pytest.mark.parametrize("message", sorted(set(re.findall(r'message = "([^"]+)"', RUNBOOK))))
def test_a_message_that_it_looks_for_is_logged(message: str) -> None:
    assert message in logged()


@pytest.mark.parametrize("part", sorted(set(re.findall(r"message like /([^/]+)/", RUNBOOK))))
def test_a_part_of_a_message_that_it_looks_for_is_logged(part: str) -> None:
    assert any(part in message for message in logged())


def test_the_functions_and_queues_it_names_are_there(template: Template) -> None:
    functions = {
        template.properties(name)["FunctionName"]["Fn::Sub"].removeprefix("${AWS::StackName}-")
        for name in template.of_type("AWS::Serverless::Function")
    }
    asked = set(re.findall(r"`(?:HOURS=48 )?(?:ask|broke|stopped) ([a-z-]+)", RUNBOOK))
    assert asked <= functions
    queues = set(re.findall(r"(?:peek|queue) ([A-Z]\w+)", RUNBOOK))
    assert queues <= set(template.of_type("AWS::SQS::Queue"))
    assert len(queues) >= len([name for name in NAMES if name.endswith("dead-letters")])


@pytest.mark.parametrize("title", ["Throttles", "Errors of functions", "Texts: spent this month"])
def test_a_panel_that_it_points_to_is_on_the_dashboard(title: str) -> None:
    observability = load(REPOSITORY / "infra" / "observability.yaml")
    body = observability.properties("TechnicalDashboard")["DashboardBody"]["Fn::Sub"]
    assert title in RUNBOOK
    assert f'"title": "{title}' in body
