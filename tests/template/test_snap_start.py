"""The portal's version: a snapshot if asked for, and never of what a deployment said before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.template.loading import Template


@pytest.fixture
def portal(template: Template) -> dict[str, Any]:
    return template.properties("Portal")


def test_is_off_unless_asked_for(template: Template, portal: dict[str, Any]) -> None:
    assert template.parameters["PortalSnapStart"]["Default"] == "false"
    applies = {"Fn::If": ["PortalStartsFromSnapshot", "PublishedVersions", "None"]}
    assert portal["SnapStart"] == {"ApplyOn": applies}
    condition = {"Fn::Equals": [{"Ref": "PortalSnapStart"}, "true"]}
    assert template.body["Conditions"]["PortalStartsFromSnapshot"] == condition


def test_the_alias_names_a_new_version_whenever_the_function_changes(
    portal: dict[str, Any],
) -> None:
    assert portal["AutoPublishAlias"] == "live"
    assert portal["AutoPublishAliasAllProperties"]


def test_a_parameter_that_changes_makes_a_new_version_too(
    template: Template, portal: dict[str, Any]
) -> None:
    """SAM sees its name alone, so the description has to hold its value."""
    described = portal["VersionDescription"]["Fn::Sub"]
    of_version = {name: value for name, value in portal.items() if name != "DeploymentPreference"}
    used = {name for name in _referred(of_version) if name in template.parameters}
    used |= {"PortalSnapStart"}  # by its condition
    assert "GatewayEnvironment" in used
    assert {name for name in used if f"${{{name}}}" not in described} == set()


def test_no_old_snapshot_is_paid_for(portal: dict[str, Any]) -> None:
    assert portal["VersionDeletionPolicy"] == "Delete"


def test_no_other_function_has_a_version(template: Template) -> None:
    """They call one another by name; an alias would divide their work between two releases."""
    published = {
        name
        for name in template.of_type("AWS::Serverless::Function")
        if "AutoPublishAlias" in template.properties(name)
    }
    assert published == {"Portal"}


def test_nothing_calls_the_portal_by_its_name(template: Template) -> None:
    named = {
        name
        for name, resource in template.body["Resources"].items()
        if name != "Portal" and "Portal" in _referred(resource)
    }
    assert named == set()


def _referred(node: Any) -> Iterator[str]:
    """Every logical id and parameter that something refers to, outside of substituted text."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "Ref":
                yield value
            elif key == "Fn::GetAtt":
                yield value[0]
            else:
                yield from _referred(value)
    elif isinstance(node, list):
        for each in node:
            yield from _referred(each)
