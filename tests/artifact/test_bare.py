"""Each artifact answers an event where there is nothing but it and Python.

On the local stack functions see what is installed for development, which hides what is missing.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.local.provider_reports import ReportType, Sent, reply, text_record
from infra.operator.text_replay import subscription_event
from tests.artifact.built import HANDLERS, run_bare
from tests.artifact.deploying import Deployed

NOBODY = "+12025550199"
NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)

pytestmark = pytest.mark.xdist_group("deployed")


def queued(body: dict[str, Any] | str) -> dict[str, Any]:
    """One message, as Lambda takes it from a queue."""
    text = body if isinstance(body, str) else json.dumps(body)
    counted = {"ApproximateReceiveCount": "1"}
    return {"Records": [{"messageId": "m-1", "body": text, "attributes": counted}]}


def logged(line: str) -> dict[str, Any]:
    """One line, as a log hands it over."""
    return subscription_event("texts", [{"id": "1", "timestamp": 0, "message": line}])


def asked(route: str, **more: Any) -> dict[str, Any]:
    """One request, as the API hands it over."""
    method, path = route.split()
    http = {"method": method, "path": path, "sourceIp": "192.0.2.1"}
    context = {"http": http, "stage": "$default", "requestId": "r-1"}
    return {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": "",
        "headers": {},
        "requestContext": context,
        "isBase64Encoded": False,
        **more,
    }


TEXT_SENT = text_record(Sent(NOBODY, "m-1", NOW, {}), ReportType.DELIVERED, NOW)
ALL_TAKEN: dict[str, Any] = {"batchItemFailures": []}
EVENTS: dict[str, tuple[dict[str, Any], dict[str, Any] | None]] = {
    "ScanBalances": ({}, {"complete": True}),
    "SendAlert": (queued({"fresh_link_for": "0" * 64}), ALL_TAKEN),
    "ImportBalances": (queued({"continue": "imports/nobody/i-1/patients.csv"}), ALL_TAKEN),
    "DeliveryEvents": (queued(reply(NOBODY, "STOP", NOW, topic_arn="arn")), ALL_TAKEN),
    "TextDeliveryLog": (logged(TEXT_SENT), None),
    "OptOutList": ({}, {"raised": "ClientError"}),  # the emulator has no such list
    "Portal": (asked("GET /assets/v/portal.css"), {"statusCode": 200}),
    "ReconcilePayments": ({"all": True}, {}),
    "GatewayWebhooks": (
        asked("POST /webhooks/x", body="{}", pathParameters={"practice_id": "nobody"}),
        {"statusCode": 401},
    ),
    "Staff": (asked("GET /console/"), {"statusCode": 200}),
    "StaffJobs": ({"practice_id": "nobody", "job_id": "j-1"}, {"raised": "RuleError"}),
}
"""An event for each, and what is in its answer."""


@pytest.mark.parametrize("name", HANDLERS)
def test_answers_an_event_by_itself(deployed: Deployed, name: str) -> None:
    event, expected = EVENTS[name]
    ran = run_bare(name, event, deployed.environment(deployed.functions[name]))
    if expected is None:
        assert ran.result is None
    else:
        assert ran.result.items() >= expected.items(), ran.result
    assert ran.parts  # and every part of the composition root that its code names was built
