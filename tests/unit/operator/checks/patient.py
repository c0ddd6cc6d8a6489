"""A stack to be looked at, of which nothing is deployed: AWS answers as a test says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import botocore.session
from botocore.stub import Stubber

from infra.operator.checks.finding import Check, Finding, Verdict, examined
from infra.operator.stack import Stack

_SESSION = botocore.session.get_session()
ACCOUNT = "arn:aws:sns:us-east-1:123456789012"

Said = tuple[str, str, dict[str, Any] | str]
"""Service, method, and what it answers: an answer that fits AWS's own model, or an error code."""


@dataclass(frozen=True)
class Patient(Stack):
    """A stack whose AWS clients are stubbed."""

    variables: dict[str, str] = field(default_factory=dict)
    clients: dict[str, Any] = field(default_factory=dict)

    def client(self, name: str) -> Any:
        return self.clients[name]

    def variables_of(self, function: str) -> dict[str, str]:
        return self.variables


def patient(
    *said: Said,
    outputs: dict[str, str] | None = None,
    variables: dict[str, str] | None = None,
    is_local: bool = False,
) -> Patient:
    """A stack to which AWS answers this, in this order."""
    clients: dict[str, Any] = {}
    stubbers: dict[str, Stubber] = {}
    for service, method, answer in said:
        if service not in clients:
            clients[service] = _SESSION.create_client(
                service, "us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
            )
            stubbers[service] = Stubber(clients[service])
            stubbers[service].activate()
        if isinstance(answer, str):
            stubbers[service].add_client_error(method, answer)
        else:
            stubbers[service].add_response(method, answer)
    found = Patient(outputs or {}, variables=variables or {}, clients=clients, is_local=is_local)
    if "sqs" in clients:
        found.__dict__["sqs"] = clients["sqs"]
    return found


def findings(check: Check, stack: Stack) -> list[Finding]:
    """What a check finds, every finding one line that says what to do unless all is well."""
    found = list(examined(check, stack))
    for each in found:
        assert "\n" not in each.found + (each.to_do or "")
        assert (each.to_do is None) or each.verdict is not Verdict.OK
        assert each.to_do is not None or each.verdict in (Verdict.OK, Verdict.UNCHECKED)
    return found


def diagnosed(check: Check, stack: Stack) -> Iterable[tuple[str, str]]:
    """Verdict and words of each finding."""
    return [(each.verdict.value, each.found) for each in findings(check, stack)]


def one(check: Check, stack: Stack) -> Finding:
    """The only finding."""
    (found,) = findings(check, stack)
    return found
