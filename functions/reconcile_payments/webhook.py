"""Entry point of the gateway's webhooks: POST /webhooks/authorize-net/{practice_id}."""

from __future__ import annotations

import base64
import binascii
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from balance_alerts.gateway.authorize_net import CredentialsRefusedError, GatewayError
from balance_alerts.http_api.problem_details import CONTENT_TYPE, SAFE_HEADERS, problem_body
from balance_alerts.payments.gateway_webhooks import Received, Reception
from balance_alerts.telemetry import failure, function_logger
from balance_alerts.wiring import Wiring

logger = function_logger()
metrics = Metrics()
wiring = Wiring.from_environment()

LARGEST_BODY = 64 * 1024
_SIGNATURE = "x-anet-signature"
_PROBLEMS = {
    "not_genuine": (HTTPStatus.UNAUTHORIZED, "This message is not signed as it should be."),
    "too_large": (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "A message has at most 64 KB."),
    "garbled": (HTTPStatus.BAD_REQUEST, "This is not a message of the gateway."),
    "try_again": (HTTPStatus.SERVICE_UNAVAILABLE, "It could not be looked up; send it again."),
}

Response = dict[str, Any]


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> Response:
    """Take one webhook in; whatever is not sure to be done is asked for again."""
    body = body_of(event)
    if body is None:
        return problem("garbled")
    if len(body) > LARGEST_BODY:
        return problem("too_large")
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    practice_id = (event.get("pathParameters") or {}).get("practice_id", "")
    try:
        received = wiring.gateway_webhooks.receive(
            practice_id,
            body,
            headers.get(_SIGNATURE),
            lambda: context.get_remaining_time_in_millis() / 1000,
        )
    except Exception as error:
        code = {"code": error.code} if isinstance(error, GatewayError) else {}
        logger.error("webhook not taken in", extra={**failure(error), **code})
        metrics.add_metric("WebhooksFailed", MetricUnit.Count, 1)
        refused = isinstance(error, CredentialsRefusedError)
        metrics.add_metric("GatewayCredentialsRefused", MetricUnit.Count, int(refused))
        return problem("try_again")
    return answer(received)


def body_of(event: dict[str, Any]) -> bytes | None:
    """The bytes as they came, None where what encodes them is broken."""
    text = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(text).encode()
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def answer(received: Received) -> Response:
    """The answer to what was taken in, or was not."""
    metrics.add_metric("PaymentsPosted", MetricUnit.Count, received.taken.payments)
    metrics.add_metric("ReturnsPosted", MetricUnit.Count, received.taken.returns)
    metrics.add_metric("OrphanCharges", MetricUnit.Count, received.taken.orphans)
    if received.reception in (Reception.TAKEN, Reception.NOTHING):
        return {"statusCode": HTTPStatus.OK.value, "headers": SAFE_HEADERS, "body": ""}
    metrics.add_metric("WebhooksRefused", MetricUnit.Count, 1)
    return problem(received.reception.value)


def problem(code: str) -> Response:
    """A refusal: the same bytes for the same code."""
    status, detail = _PROBLEMS[code]
    return {
        "statusCode": status.value,
        "headers": {**SAFE_HEADERS, "Content-Type": CONTENT_TYPE},
        "body": problem_body(status, code, detail),
    }
