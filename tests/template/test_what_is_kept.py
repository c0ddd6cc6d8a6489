"""How long things are kept is chosen when deploying, and reaches whoever has to forget them."""

from __future__ import annotations

import pytest

from balance_alerts.access.links import LINK_LIFE
from balance_alerts.store import alerts, questions
from tests.template.loading import Template, referred

HIPAA_DAYS = 6 * 366
"""What a practice must be able to keep, if it wants to."""


def test_every_log_group_forgets(template: Template) -> None:
    groups = template.of_type("AWS::Logs::LogGroup")
    assert len(groups) >= len(template.of_type("AWS::Serverless::Function"))
    for name in groups:
        assert template.properties(name)["RetentionInDays"] == {"Ref": "LogRetentionDays"}, name


def test_every_function_logs_to_a_group_of_the_template(template: Template) -> None:
    """Lambda would make one that keeps everything for good."""
    for name in template.of_type("AWS::Serverless::Function"):
        group = referred(template.properties(name)["LoggingConfig"]["LogGroup"])
        assert group in template.of_type("AWS::Logs::LogGroup")


@pytest.mark.parametrize(
    ("function", "variable", "parameter"),
    [
        ("SendAlert", "ALERT_HISTORY_DAYS", "AlertHistoryDays"),
        ("Staff", "QUESTION_HISTORY_DAYS", "QuestionHistoryDays"),
    ],
)
def test_who_writes_it_is_told_how_long_it_is_kept(
    template: Template, function: str, variable: str, parameter: str
) -> None:
    variables = template.properties(function)["Environment"]["Variables"]
    assert variables[variable] == {"Ref": parameter}


@pytest.mark.parametrize(
    ("parameter", "kept"),
    [("AlertHistoryDays", alerts.KEPT), ("QuestionHistoryDays", questions.KEPT)],
)
def test_the_code_has_the_same_default(template: Template, parameter: str, kept: object) -> None:
    assert template.parameters[parameter]["Default"] == getattr(kept, "days", None)


@pytest.mark.parametrize("parameter", ["AlertHistoryDays", "QuestionHistoryDays"])
def test_a_practice_may_keep_it_as_long_as_it_must(template: Template, parameter: str) -> None:
    assert template.parameters[parameter]["MaxValue"] >= HIPAA_DAYS


def test_alerts_outlive_their_links(template: Template) -> None:
    """How many links work is reckoned from the alerts of the last 45 days."""
    assert template.parameters["AlertHistoryDays"]["MinValue"] == alerts.KEPT_AT_LEAST.days
    assert alerts.KEPT_AT_LEAST > LINK_LIFE
