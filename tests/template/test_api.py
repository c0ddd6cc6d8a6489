"""The API: the routes the code declares, logs without tokens, limits on what is worth guessing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from balance_alerts.http_api.operation import Operation
from infra.planning.scale_page import ASSETS_APART
from portal.operations import OPERATIONS as PORTAL
from staff.api import OPERATIONS as STAFF
from tests.template.loading import Template, referred

WEBHOOK = "POST /webhooks/authorize-net/{practice_id}"


@pytest.fixture
def api(template: Template) -> dict[str, Any]:
    return template.properties("HttpApi")


def events(template: Template, function: str) -> list[dict[str, Any]]:
    return [
        event["Properties"]
        for event in template.properties(function)["Events"].values()
        if event["Type"] == "HttpApi"
    ]


@pytest.mark.parametrize(("function", "operations"), [("Portal", PORTAL), ("Staff", STAFF)])
def test_every_operation_has_its_route_and_no_route_lacks_an_operation(
    template: Template, function: str, operations: Sequence[Operation]
) -> None:
    routes = {
        (each["Method"], each["Path"])
        for each in events(template, function)
        if "Path" in each and each["Method"] != "ANY"
    }
    assert routes == {(each.method, each.path) for each in operations}


def test_what_is_for_staff_alone_asks_for_their_token(template: Template) -> None:
    open_to_all = {each.path for each in STAFF if not each.needs} | {"/console/{proxy+}"}
    for event in events(template, "Staff"):
        expected = None if event["Path"] in open_to_all else {"Authorizer": "Staff"}
        assert event.get("Auth") == expected, event["Path"]


def test_other_methods_on_staff_paths_are_answered_by_who_knows_the_right_ones(
    template: Template,
) -> None:
    catching = [each["Path"] for each in events(template, "Staff") if each["Method"] == "ANY"]
    for operation in STAFF:
        assert any(
            operation.path == path or operation.path.startswith(path.removesuffix("{proxy+}"))
            for path in catching
            if path == operation.path or path.endswith("{proxy+}")
        ), operation.path


def test_anything_else_is_answered_by_the_portal_too(template: Template) -> None:
    assert [each for each in events(template, "Portal") if "Path" not in each] == [
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
    assert routes["GET /assets/{file+}"]["ThrottlingRateLimit"] == ASSETS_APART
    assert set(routes) <= {f"{each.method} {each.path}" for each in (*PORTAL, *STAFF)} | {WEBHOOK}


@pytest.mark.parametrize("function", ["Portal", "Staff", "GatewayWebhooks"])
def test_function_answers_before_the_api_stops_waiting(template: Template, function: str) -> None:
    assert template.properties(function)["Timeout"] < 30
