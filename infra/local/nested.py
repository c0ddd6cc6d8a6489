"""Nested stacks taken into the template that names them, as the emulator runs one stack."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

Template = dict[str, Any]

_SUBSTITUTE = re.compile(r"\$\{([A-Za-z0-9]+)\}")


def inline_nested(template: Template, folder: Path, read: Callable[[str], Template]) -> None:
    """Replace each nested stack by its resources, and what refers to its outputs by their values.

    Args:
        template: the parent, changed in place.
        folder: what addresses of nested templates are relative to.
        read: reads a template's text.
    """
    for logical_id, resource in list(template["Resources"].items()):
        if resource["Type"] != "AWS::CloudFormation::Stack":
            continue
        properties = resource["Properties"]
        nested = read((folder / properties["TemplateURL"]).read_text("utf-8"))
        given = {
            name: properties.get("Parameters", {}).get(name, declared.get("Default"))
            for name, declared in nested.get("Parameters", {}).items()
        }
        filled = _replaced(nested, partial(_parameter, given))
        del template["Resources"][logical_id]
        for section in ("Resources", "Conditions"):
            for name, content in filled.get(section, {}).items():
                if name in template.setdefault(section, {}):
                    raise ValueError(f"{name} is in two templates; give one another name")
                template[section][name] = content
        outputs = {name: output["Value"] for name, output in filled.get("Outputs", {}).items()}
        whole = _replaced(template, partial(_output, logical_id, outputs))
        template.clear()
        template.update(whole)


def _parameter(given: Mapping[str, Any], node: Mapping[str, Any]) -> Any:
    """A reference to a parameter of the nested stack, as the parent gives it."""
    if node.keys() == {"Ref"} and node["Ref"] in given:
        return given[node["Ref"]]
    if node.keys() == {"Fn::Sub"} and isinstance(node["Fn::Sub"], str):
        used = {name: given[name] for name in _SUBSTITUTE.findall(node["Fn::Sub"]) if name in given}
        if used:
            return {"Fn::Sub": [node["Fn::Sub"], used]}
    return None


def _output(logical_id: str, outputs: Mapping[str, Any], node: Mapping[str, Any]) -> Any:
    """A reference to an output of the nested stack, as its value."""
    if node.keys() != {"Fn::GetAtt"}:
        return None
    target = node["Fn::GetAtt"]
    path = target if isinstance(target, str) else ".".join(target)
    owner, _, output = path.partition(".Outputs.")
    return outputs[output] if owner == logical_id else None


def _replaced(node: Any, replacement: Callable[[Mapping[str, Any]], Any]) -> Any:
    """A copy in which every object for which there is a replacement is replaced."""
    if isinstance(node, dict):
        found = replacement(node)
        if found is not None:
            return found
        return {name: _replaced(value, replacement) for name, value in node.items()}
    if isinstance(node, list):
        return [_replaced(value, replacement) for value in node]
    return node
