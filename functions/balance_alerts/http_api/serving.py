"""Serves an API: finds the operation asked for, lets it act, and puts its answer on the wire."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.errors import RuleError
from balance_alerts.http_api.exchange import Answer, Request
from balance_alerts.http_api.operation import Operation
from balance_alerts.http_api.problem_details import SAFE_HEADERS
from balance_alerts.http_api.problems import internal_error, problem, refused
from balance_alerts.http_api.shapes import plain
from balance_alerts.telemetry import failure

Act = Callable[[Request], Answer]


class HttpApi:
    """The operations of one API and what each of them does.

    Args:
        operations: what can be asked.
        act_of: what an operation does.
        clock: tells when it is.
        count: adds one to a metric.
        logger: names operations and whose they were, never what was in them.
    """

    def __init__(
        self,
        operations: Iterable[Operation],
        *,
        act_of: Callable[[Operation], Act],
        clock: Clock,
        count: Callable[[str], None],
        logger: Logger,
    ) -> None:
        self._operations = tuple(operations)
        self._clock = clock
        self._count = count
        self._logger = logger
        self._app = APIGatewayHttpResolver()
        self._app.exception_handler(RuleError)(self._refuse)
        self._app.exception_handler(Exception)(self._fail)
        self._app.not_found(self._nothing_here)
        for operation in self._operations:
            self._register(operation, act_of(operation))

    def resolve(self, event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        """Answer one request."""
        return self._app.resolve(event, context)

    def _register(self, operation: Operation, act: Act) -> None:
        @self._app.route(operation.rule, method=operation.method)
        def answer() -> Response[str | bytes]:
            return self._answered(operation, act(self._request(operation)))

    def _request(self, operation: Operation) -> Request:
        event = self._app.current_event
        match = re.fullmatch(operation.pattern, event.path)
        query = event.query_string_parameters or {}
        if operation.query and not query.keys() <= operation.query.keys():
            # A name misspelt would quietly answer something else than was asked for.
            names = ", ".join(operation.query)
            raise RuleError("unknown_field", f"Ask with these names only: {names}.")
        return Request(
            parameters=match.groupdict() if match else {},
            query=query,
            headers={name.lower(): value for name, value in event.headers.items()},
            body=event.decoded_body if operation.body else None,
            claims=_claims(event.raw_event),
            content=_content(event.raw_event) if operation.takes else b"",
        )

    def _answered(self, operation: Operation, answer: Answer) -> Response[str | bytes]:
        self._logger.info(operation.name, extra={"status": answer.status, **answer.ids})
        content = answer.content
        if content is not None and not isinstance(content, str | bytes):
            content = json.dumps(plain(content))
        return Response(
            status_code=answer.status,
            content_type=answer.kind if content is not None else None,
            body=content if content is not None else "",
            headers={**SAFE_HEADERS, **answer.headers},
        )

    def _refuse(self, error: RuleError) -> Response[str]:
        route = self._app.current_event.route_key
        self._logger.info("refused", extra={"code": error.code, "route": route})
        return refused(error, self._clock())

    def _fail(self, error: Exception) -> Response[str]:
        route = self._app.current_event.route_key
        self._logger.error("request failed", extra={"route": route, **failure(error)})
        self._count("RequestsFailed")
        return internal_error()

    def _nothing_here(self, _: Exception) -> Response[str]:
        path = self._app.current_event.path
        methods = {each.method for each in self._operations if re.fullmatch(each.pattern, path)}
        if methods:
            allowed = ", ".join(sorted(methods))
            return problem("method_not_allowed", f"Use {allowed} here.", {"Allow": allowed})
        return problem("not_found", "There is nothing at this address.")


def _content(event: Mapping[str, Any]) -> bytes:
    """A body as it came: whatever is no text arrives in base64."""
    body = event.get("body") or ""
    return b64decode(body) if event.get("isBase64Encoded") else str(body).encode()


def _claims(event: Mapping[str, Any]) -> Mapping[str, str]:
    """The claims of the token that the API has checked; none where it checks no tokens."""
    authorizer = event.get("requestContext", {}).get("authorizer") or {}
    claims: Mapping[str, str] = (authorizer.get("jwt") or {}).get("claims") or {}
    return claims
