"""The template as plain data, with the short forms of its functions written out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

TEMPLATE = Path(__file__).parents[2] / "template.yaml"


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's tags."""


def _function(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt":
        value = value.split(".", 1)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _function)


@dataclass(frozen=True)
class Template:
    """What tests ask of the template."""

    body: dict[str, Any]

    @property
    def parameters(self) -> dict[str, Any]:
        return self.body["Parameters"]

    @property
    def outputs(self) -> dict[str, Any]:
        return self.body["Outputs"]

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Logical ids and resources of one type."""
        return {
            name: resource
            for name, resource in self.body["Resources"].items()
            if resource["Type"] == kind
        }

    def properties(self, name: str) -> dict[str, Any]:
        """The properties of one resource; of a function, with the globals it inherits."""
        resource = self.body["Resources"][name]
        own = resource.get("Properties", {})
        if resource["Type"] != "AWS::Serverless::Function":
            return own
        return _merged(self.body["Globals"]["Function"], own)

    def statements(self, role: str) -> Iterator[dict[str, Any]]:
        """What a role may do: its own policies and those of the stack it refers to."""
        properties = self.properties(role)
        documents = [policy["PolicyDocument"] for policy in properties["Policies"]]
        for managed in properties.get("ManagedPolicyArns", []):
            documents.append(self.properties(referred(managed))["PolicyDocument"])
        for document in documents:
            yield from document["Statement"]


def referred(value: Any) -> str:
    """The logical id that `!Ref X` or `!GetAtt X.Arn` names."""
    return value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0]


def allowed(policy: dict[str, Any]) -> list[dict[str, Any]]:
    """The statements of a resource's policy that allow something."""
    statements = policy["PolicyDocument"]["Statement"]
    return [statement for statement in statements if statement["Effect"] == "Allow"]


def listed(value: Any) -> list[Any]:
    """A list, where one entry may stand without brackets."""
    return value if isinstance(value, list) else [value]


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(base.get(key), dict)
        result[key] = _merged(base[key], value) if both else value
    return result


def load(path: Path = TEMPLATE) -> Template:
    """The template of this repository, or one of those nested in it."""
    return Template(yaml.load(path.read_text("utf-8"), Loader=_Loader))
