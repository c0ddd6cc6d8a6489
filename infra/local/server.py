"""The local stack's own address: the `/local` routes, the console page, and the stack's API."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import NoReturn
from urllib.parse import parse_qsl, unquote, urlsplit

from infra.local.api_proxy import ApiProxy, belongs_to_api
from infra.local.loopback import LoopbackServer, QuietHandler
from infra.local.problems import Problem
from infra.local.routes.clock import ClockRoutes
from infra.local.routes.delivery import DeliveryRoutes
from infra.local.routes.gateway import GatewayRoutes
from infra.local.routes.metrics import MetricsRoutes
from infra.local.routes.outbox import OutboxRoutes
from infra.local.routes.practices import PracticeRoutes
from infra.local.routes.request import Request, RouteTable
from infra.local.routes.staff import StaffRoutes
from infra.local.stack import LocalStack

_CONSOLE = Path(__file__).with_name("console")
_KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_CONSOLE_FILES = {f"/local/{path.name}": path for path in _CONSOLE.iterdir() if path.is_file()}
_CONSOLE_FILES["/local/"] = _CONSOLE / "index.html"
_PAGE_HEADERS = {
    # Emails are shown in a frame without any rights; style attributes are how emails are laid out.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' "
    "'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_LARGEST_BODY = 256 * 1024 * 1024


def all_routes(stack: LocalStack) -> RouteTable:
    """Return every `/local` route of a stack."""
    subjects = (
        ClockRoutes,
        OutboxRoutes,
        DeliveryRoutes,
        PracticeRoutes,
        GatewayRoutes,
        StaffRoutes,
        MetricsRoutes,
    )
    table: RouteTable = {}
    for subject in subjects:
        table |= subject(stack).table()
    return table


class LocalServer(LoopbackServer):
    """Serves the routes of one stack on 127.0.0.1.

    The server can be bound before its stack runs, so that a port in use shows at once.
    """

    def __init__(self, *, port: int) -> None:
        super().__init__(_LocalHandler, port=port)
        self.routes: RouteTable = {}
        self.api: ApiProxy | None = None
        self.now: Callable[[], datetime] = partial(datetime.now, UTC)

    def serve_stack(self, stack: LocalStack) -> None:
        """Begin to answer for a running stack."""
        self.routes, self.api, self.now = all_routes(stack), ApiProxy(stack), stack.now
        self.start()


class _LocalHandler(QuietHandler):
    server: LocalServer

    def do_GET(self) -> None:
        """Answer any request; the method is looked up with the path."""
        try:
            self._answer()
        except Problem as problem:
            headers = {"Content-Type": "application/problem+json"} | problem.headers
            self.answer(problem.status, problem.body(), headers)
        except Exception as error:
            unexpected = Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", str(error))
            headers = {"Content-Type": "application/problem+json"}
            self.answer(unexpected.status, unexpected.body(), headers)

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):  # whatever the method is called
            return self.do_GET
        raise AttributeError(name)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The time that every function sees: pages go by an answer's Date."""
        return super().date_time_string(timestamp or self.server.now().timestamp())

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > _LARGEST_BODY:
            self.close_connection = True
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", "Send less at once.")
        body = self.read_body()
        address = urlsplit(self.path)
        path = unquote(address.path)
        if belongs_to_api(path):
            assert self.server.api is not None
            self.server.api.answer(self, body)
            return
        method = "GET" if self.command == "HEAD" else self.command
        if method == "GET" and path in ("/", "/local"):
            self.answer(HTTPStatus.FOUND, headers={"Location": "/local/"})
            return
        if path in _CONSOLE_FILES and method == "GET":
            file = _CONSOLE_FILES[path]
            kind = f"{_KINDS[file.suffix]}; charset=utf-8"
            self.answer(HTTPStatus.OK, file.read_bytes(), _PAGE_HEADERS | {"Content-Type": kind})
            return
        route = self.server.routes.get((method, path))
        if route is None:
            self._no_route(path)
        status, result = route(Request(body=body, query=dict(parse_qsl(address.query))))
        if result is None:
            self.answer(status)
            return
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
        self.answer(status, json.dumps(result).encode(), headers)

    def _no_route(self, path: str) -> NoReturn:
        methods = sorted(method for method, known in self.server.routes if known == path)
        if path in _CONSOLE_FILES:
            methods = ["GET"]
        if methods:
            raise Problem(
                HTTPStatus.METHOD_NOT_ALLOWED,
                "method_not_allowed",
                f"Use {' or '.join(methods)} here.",
                {"Allow": ", ".join(methods)},
            )
        raise Problem(HTTPStatus.NOT_FOUND, "not_found", "There is nothing at this address.")
