"""A check that cannot look says so, and keeps no other from looking."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.operator.checks import texts
from infra.operator.checks.finding import Finding, attention, examined, ok
from infra.operator.doctor import line
from infra.operator.stack import Stack
from tests.unit.operator.checks.patient import one, patient


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("InvalidAction", "unchecked"),
        ("AuthorizationError", "unchecked"),
        ("AccessDenied", "unchecked"),
        ("InternalError", "broken"),
    ],
)
def test_what_aws_would_not_say(code: str, verdict: str) -> None:
    stack = patient(("sns", "get_sms_sandbox_account_status", code))
    found = next(iter(examined(texts.sandbox, stack)))
    assert found.verdict == verdict
    assert "ok" not in found.found.split()


def test_a_missing_output_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    def check(stack: Stack) -> Iterator[Finding]:
        yield ok("first")
        yield ok(stack.output("TableName"))

    first, second = examined(check, patient())
    assert first == ok("first")
    assert second.verdict == "broken"
    assert "no output TableName" in second.found


def test_a_defect_of_ours_is_not_hidden() -> None:
    def check(stack: Stack) -> Iterator[Finding]:
        raise KeyError("typo")

    with pytest.raises(KeyError):
        one(check, patient())


def test_lines() -> None:
    assert line("brakes", ok("all is well")) == "ok         brakes: all is well"
    assert line("x", attention("a", "b")) == "attention  x: a\n           -> b"
