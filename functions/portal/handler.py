"""Entry point of the patient portal."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from balance_alerts.domain.errors import RuleError
from balance_alerts.problem_details import SAFE_HEADERS
from balance_alerts.store import table
from balance_alerts.telemetry import failure, function_logger
from balance_alerts.wiring import Wiring
from portal.operations import OPERATIONS, Operation
from portal.pages import Pages
from portal.problems import internal_error, problem, refused
from portal.routes import Answer, Request, Routes
from portal.shapes import plain

logger = function_logger()
metrics = Metrics()
wiring = Wiring.from_environment()


def _count(metric: str) -> None:
    metrics.add_metric(metric, MetricUnit.Count, 1)


routes = Routes(
    wiring, Pages(os.environ["CARD_FORM_ORIGINS"]), os.environ["CARD_FORM_SCRIPT_URL"], _count
)
app = APIGatewayHttpResolver()
table.client()  # built while the function starts, when Lambda gives it a whole processor


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    return app.resolve(event, context)


def _refuse(error: RuleError) -> Response[str]:
    logger.info("refused", extra={"code": error.code, "route": app.current_event.route_key})
    return refused(error, wiring.now())


def _fail(error: Exception) -> Response[str]:
    route = app.current_event.route_key
    logger.error("request failed", extra={"route": route, **failure(error)})
    _count("RequestsFailed")
    return internal_error()


def _nothing_here(_: Exception) -> Response[str]:
    path = app.current_event.path
    methods = [each.method for each in OPERATIONS if re.fullmatch(_pattern(each), path)]
    if methods:
        allowed = ", ".join(sorted(methods))
        return problem("method_not_allowed", f"Use {allowed} here.", {"Allow": allowed})
    return problem("not_found", "There is nothing at this address.")


def _pattern(operation: Operation) -> str:
    """The operation's path as a regular expression."""
    rest_of_path = re.sub(r"\{(\w+)\+\}", r"(?P<\1>.+)", operation.path)
    return re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", rest_of_path)


def _register(operation: Operation) -> None:
    """Let the resolver answer an operation by the route of its name."""
    act: Callable[[Request], Answer] = getattr(routes, operation.name)
    # The resolver's own placeholders know no path with a slash, an emoji or a control character.
    rule = re.sub(r"\{\w+\}", "[^/]+", re.sub(r"\{\w+\+\}", ".+", operation.path))

    @app.route(rule, method=operation.method)
    def answer() -> Response[str | bytes]:
        return _answered(operation, act(_request(operation)))


def _request(operation: Operation) -> Request:
    event = app.current_event
    match = re.fullmatch(_pattern(operation), event.path)
    return Request(
        parameters=match.groupdict() if match else {},
        query=event.query_string_parameters or {},
        headers={name.lower(): value for name, value in event.headers.items()},
        body=event.decoded_body if operation.body else None,
    )


def _answered(operation: Operation, answer: Answer) -> Response[str | bytes]:
    logger.info(operation.name, extra={"status": answer.status, **answer.ids})
    content = answer.content
    if content is not None and not isinstance(content, str | bytes):
        content = json.dumps(plain(content))
    return Response(
        status_code=answer.status,
        content_type=answer.kind if content is not None else None,
        body=content if content is not None else "",
        headers={**SAFE_HEADERS, **answer.headers},
    )


app.exception_handler(RuleError)(_refuse)
app.exception_handler(Exception)(_fail)
app.not_found(_nothing_here)
for _operation in OPERATIONS:
    _register(_operation)
