"""What the template lets each role do, and taking one of it away on a running stack."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from infra.local.permission_journal import Granted
from infra.local.stack import LocalStack
from infra.local.template import EMULATOR_ASKS
from tests.template.loading import TEMPLATE, listed, load

NESTED = Path(TEMPLATE).parent / "infra" / "delivery.yaml"
_AWS_NAMES = {asked: action for action, (asked, _) in EMULATOR_ASKS.items()}


class Grant(NamedTuple):
    """An action that a statement of a role's own policies allows."""

    role: str
    statement: str
    action: str

    @classmethod
    def of(cls, granted: Granted) -> Grant:
        """What the emulator noted, in the words of the template."""
        role = granted.role_name.split("-")[2]  # balance-alerts-RoleName-1A2B3C
        return cls(role, granted.statement, _AWS_NAMES.get(granted.action, granted.action))


def granted() -> list[Grant]:
    """Everything that the roles of the template may do, but for the use of the key."""
    return [
        Grant(role, statement["Sid"], action)
        for template in (load(), load(NESTED))
        for role, resource in template.of_type("AWS::IAM::Role").items()
        for policy in resource["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        for action in listed(statement["Action"])
    ]


@contextmanager
def without(stack: LocalStack, grant: Grant) -> Iterator[None]:
    """Take an action away from a role, and give it back."""
    iam = stack.client("iam")
    names = [each["RoleName"] for each in iam.list_roles()["Roles"]]
    (role_name,) = [name for name in names if f"-{grant.role}-" in name]
    (policy_name,) = iam.list_role_policies(RoleName=role_name)["PolicyNames"]
    stored = iam.get_role_policy(RoleName=role_name, PolicyName=policy_name)["PolicyDocument"]
    document = json.loads(unquote(stored)) if isinstance(stored, str) else stored

    def put(policy: Any) -> None:
        iam.put_role_policy(
            RoleName=role_name, PolicyName=policy_name, PolicyDocument=json.dumps(policy)
        )

    put(_less(document, grant))
    try:
        yield
    finally:
        put(document)


def _less(document: dict[str, Any], grant: Grant) -> dict[str, Any]:
    less = deepcopy(document)
    taken = {grant.action, EMULATOR_ASKS.get(grant.action, (grant.action,))[0]}
    for statement in less["Statement"]:
        if statement["Sid"] == grant.statement:
            left = [each for each in listed(statement["Action"]) if each not in taken]
            statement["Action"] = left or ["none:None"]
    return less
