"""The API: the routes the code declares, logs without tokens, limits on what is worth guessing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from portal.operations import OPERATIONS
from tests.template.loading import Template, referred


@pytest.fixture
def api(template: Template) -> dict[str, Any]:
    return template.properties("HttpApi")


def events(template: Template) -> list[dict[str, Any]]:
    return [
        event["Properties"]
        for event in template.properties("Portal")["Events"].values()
        if event["Type"] == "HttpApi"
    ]


def test_every_operation_has_its_route_and_no_route_lacks_an_operation(template: Template) -> None:
    routes = {(each["Method"], each["Path"]) for each in events(template) if "Path" in each}
    assert routes == {(each.method, each.path) for each in OPERATIONS}


def test_anything_else_is_answered_by_the_portal_too(template: Template) -> None:
    assert [each for each in events(template) if "Path" not in each] == [
        {"ApiId": {"Ref": "HttpApi"}}
    ]


def test_access_log_names_the_route_and_never_the_path(
    template: Template, api: dict[str, Any]
) -> None:
    logged = json.loads(api["AccessLogSettings"]["Format"])
    assert logged["route"] == "$context.routeKey"
    assert {"$context.path", "$context.identity.sourceIp"}.isdisjoint(logged.values())
    group = template.properties(referred(api["AccessLogSettings"]["DestinationArn"]))
    assert referred(group["KmsKeyId"]) == "EncryptionKey"
    assert group["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_every_route_is_throttled_and_guessing_more_than_the_rest(api: dict[str, Any]) -> None:
    usual = api["DefaultRouteSettings"]["ThrottlingRateLimit"]
    routes = api["RouteSettings"]
    assert routes["POST /portal/session"]["ThrottlingRateLimit"] < usual
    assert routes["POST /portal/link-requests"]["ThrottlingRateLimit"] < usual
    assert set(routes) <= {f"{each.method} {each.path}" for each in OPERATIONS}


def test_function_answers_before_the_api_stops_waiting(template: Template) -> None:
    assert template.properties("Portal")["Timeout"] < 30
