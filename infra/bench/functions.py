"""The functions as they are built, and an environment in which each can start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.build.parts import REPOSITORY
from infra.local.deploy import expanded_template
from infra.local.emulator import REGION
from infra.local.template import resources

_BUILD = REPOSITORY / ".aws-sam" / "build"


@dataclass(frozen=True)
class Function:
    """One of the stack's functions."""

    name: str
    handler: str
    """The module that has it."""
    folder: Path
    """Its artifact."""
    environment: Mapping[str, str]


def functions() -> Iterator[Function]:
    """Every function of the template, as `make build` left it."""
    template = expanded_template(REPOSITORY / "template.yaml")
    for name, each in sorted(resources(template, "AWS::Lambda::Function")):
        told = each.get("Environment", {}).get("Variables", {})
        variables = {key: _value(key, value, template) for key, value in told.items()}
        variables |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
        variables |= {"AWS_DEFAULT_REGION": REGION, "AWS_LAMBDA_FUNCTION_NAME": name}
        module, _, _ = each["Handler"].rpartition(".")
        yield Function(name, module, _BUILD / name, variables)


def _value(name: str, value: Any, template: Mapping[str, Any]) -> str:
    """What a variable may hold: as given, a parameter's default, or something that reads alike."""
    if isinstance(value, str):
        return value
    parameter = template["Parameters"].get(value.get("Ref"), {})
    if parameter.get("Default"):
        return str(parameter["Default"])
    return "alerts@example.com" if name == "EMAIL_SENDER" else f"https://example.com/{name}"
