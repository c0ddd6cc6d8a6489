"""The local stack's own address: the `/local` routes, the console page, and the stack's API.

A route is one function of `Routes`; what it returns is answered as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.ids import ID
from balance_alerts.domain.practice import Practice
from balance_alerts.store.imports import ImportKind
from infra.local.api_proxy import ApiProxy, belongs_to_api
from infra.local.loopback import LoopbackServer, QuietHandler
from infra.local.problems import Problem, invalid, read_object
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


@dataclass(frozen=True, slots=True)
class Request:
    """What a route gets to see of a request."""

    body: bytes
    query: Mapping[str, str]


def instant_text(instant: datetime) -> str:
    """Return an instant as RFC 3339 UTC text."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Routes:
    """What each `/local` route does."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack
        self.table: dict[tuple[str, str], Callable[[Request], tuple[HTTPStatus, Any]]] = {
            ("GET", "/local/clock"): self.show_clock,
            ("PUT", "/local/clock"): self.set_clock,
            ("POST", "/local/scan"): self.scan,
            ("GET", "/local/outbox"): self.show_outbox,
            ("DELETE", "/local/outbox"): self.clear_outbox,
            ("GET", "/local/practices"): self.list_practices,
            ("POST", "/local/practices"): self.create_practice,
            ("POST", "/local/imports"): self.import_file,
            ("GET", "/local/stack"): self.describe,
        }

    def show_clock(self, _: Request) -> tuple[HTTPStatus, Any]:
        """Tell the time every function sees."""
        return HTTPStatus.OK, {"now": instant_text(self._stack.clock.now())}

    def set_clock(self, request: Request) -> tuple[HTTPStatus, Any]:
        """Set that time; it runs on from there."""
        text = read_object(request.body, required=("now",))["now"]
        try:
            now = self._stack.set_clock(datetime.fromisoformat(text))
        except (ValueError, OverflowError) as error:
            raise invalid(
                "invalid_value", "now must be an instant such as 2026-03-01T15:00:00Z."
            ) from error
        return HTTPStatus.OK, {"now": instant_text(now)}

    def scan(self, request: Request) -> tuple[HTTPStatus, Any]:
        """Run the schedule, and wait until its alerts are dealt with."""
        if request.body.strip() not in (b"", b"{}"):
            raise invalid("unknown_field", "Send no body: a scan has no options.")
        return HTTPStatus.OK, asdict(self._stack.scan())

    def show_outbox(self, _: Request) -> tuple[HTTPStatus, Any]:
        """Return what was sent, in order."""
        messages = [message.as_json() for message in self._stack.outbox.messages()]
        return HTTPStatus.OK, {"messages": messages}

    def clear_outbox(self, _: Request) -> tuple[HTTPStatus, Any]:
        """Forget what was sent."""
        self._stack.outbox.clear()
        return HTTPStatus.NO_CONTENT, None

    def list_practices(self, _: Request) -> tuple[HTTPStatus, Any]:
        """Return the practices made so far, for the console page to choose from."""
        practices = self._stack.practices()
        shown = [_practice(practice) for practice in practices]
        return HTTPStatus.OK, {"practices": shown}

    def create_practice(self, request: Request) -> tuple[HTTPStatus, Any]:
        """Add a practice, as the operator's command does."""
        fields = ("practice_id", "display_name", "phone", "time_zone")
        values = read_object(request.body, required=fields)
        if not ID.fullmatch(values["practice_id"]):
            raise invalid(
                "invalid_value", "practice_id takes up to 64 letters, digits, dots, _ and -."
            )
        try:
            practice = self._stack.create_practice(**values)
        except RuleError as error:
            conflict = error.code.endswith("_exists")
            status = HTTPStatus.CONFLICT if conflict else HTTPStatus.UNPROCESSABLE_ENTITY
            raise Problem(status, error.code, error.message) from error
        return HTTPStatus.CREATED, _practice(practice)

    def import_file(self, request: Request) -> tuple[HTTPStatus, Any]:
        """Take in the file in the body, for the console page; answers when that is done."""
        try:
            kind = ImportKind(request.query.get("kind", ""))
        except ValueError as error:
            kinds = ", ".join(ImportKind)
            raise invalid("invalid_value", f"kind must be one of: {kinds}.") from error
        practice_id = request.query.get("practice_id", "")
        try:
            self._stack.wiring.practices.get(practice_id)
        except RuleError as error:
            raise Problem(HTTPStatus.NOT_FOUND, error.code, error.message) from error
        outcome = self._stack.import_content(practice_id, request.body, kind)
        return HTTPStatus.OK, asdict(outcome)

    def describe(self, _: Request) -> tuple[HTTPStatus, Any]:
        """Tell the operator's command how to reach the stack."""
        return HTTPStatus.OK, self._stack.description()


def _practice(practice: Practice) -> dict[str, str]:
    shown = ("practice_id", "display_name", "short_name", "phone", "time_zone")
    return {name: getattr(practice, name) for name in shown}


class LocalServer(LoopbackServer):
    """Serves the routes of one stack on 127.0.0.1.

    The server can be bound before its stack runs, so that a port in use shows at once.
    """

    def __init__(self, *, port: int) -> None:
        super().__init__(_LocalHandler, port=port)
        self.routes: Routes | None = None
        self.api: ApiProxy | None = None

    def serve_stack(self, stack: LocalStack) -> None:
        """Begin to answer for a running stack."""
        self.routes, self.api = Routes(stack), ApiProxy(stack)
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

    do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_GET

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
        routes = self.server.routes
        assert routes is not None
        route = routes.table.get((method, path)) or self._no_route(routes, path)
        status, result = route(Request(body=body, query=dict(parse_qsl(address.query))))
        if result is None:
            self.answer(status)
            return
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
        self.answer(status, json.dumps(result).encode(), headers)

    def _no_route(self, routes: Routes, path: str) -> Callable[[Request], Any]:
        methods = sorted(method for method, known in routes.table if known == path)
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
