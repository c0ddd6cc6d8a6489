"""The two addresses of the stand-in: its API, and the hosted card form."""

from __future__ import annotations

import socket
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from infra.local.emulator import HOST
from infra.local.gateway.answers import CONTENT_TYPE
from infra.local.gateway.modes import GatewayMode
from infra.local.loopback import LoopbackServer, QuietHandler

if TYPE_CHECKING:
    from infra.local.gateway.gateway import Gateway

API_PATH = "/xml/v1/request.api"
SCRIPT_PATH = "/v3/AcceptUI.js"
_FORM_PATH = "/v3/acceptMain/"

_FILES = Path(__file__).with_name("card_form")
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
}
_FORM_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'"
)


class ApiHandler(QuietHandler):
    """The JSON API with its faults."""

    gateway: Gateway

    def do_POST(self) -> None:
        """Answer a request, or misbehave as the mode says if it is a charge."""
        if self.gateway.mode is GatewayMode.DOWN:
            self.reset_connection()
            return
        body = self.read_body()
        if self.path != API_PATH:
            self.answer(HTTPStatus.NOT_FOUND)
            return
        mode = self.gateway.mode if _is_charge(body) else GatewayMode.APPROVE
        if mode is GatewayMode.TIMEOUT_BEFORE_CHARGE:
            self._hang()
            return
        answer = self.gateway.respond(body)
        if mode is GatewayMode.TIMEOUT_AFTER_CHARGE:
            self._hang()
        elif mode is GatewayMode.GARBLED:
            self._answer_half(answer)
        else:
            self.answer(HTTPStatus.OK, answer, {"Content-Type": CONTENT_TYPE})

    def _hang(self) -> None:
        self.gateway.stopping.wait(self.gateway.hang_seconds)
        self.reset_connection()

    def _answer_half(self, answer: bytes) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", CONTENT_TYPE)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer[: len(answer) // 2])
        self.close_connection = True


class FormHandler(QuietHandler):
    """The vendor's script, the form it opens in a frame, and the form's own requests."""

    gateway: Gateway

    def do_GET(self) -> None:
        """Serve one of the form's files."""
        path = self.path.partition("?")[0]
        name = "AcceptUI.js" if path == SCRIPT_PATH else path.removeprefix(_FORM_PATH)
        file = _FILES / name
        if "/" in name or path == f"{_FORM_PATH}AcceptUI.js" or not file.is_file():
            self.answer(HTTPStatus.NOT_FOUND)
            return
        headers = {"Content-Type": _TYPES[file.suffix], "Cache-Control": "no-store"}
        if file.suffix == ".html":
            headers["Content-Security-Policy"] = _FORM_POLICY
        self.answer(HTTPStatus.OK, file.read_bytes(), headers)

    def do_POST(self) -> None:
        """Make a token of a card; works while the API is down, as it runs elsewhere."""
        body = self.read_body()
        if self.path != API_PATH:
            self.answer(HTTPStatus.NOT_FOUND)
            return
        self.answer(HTTPStatus.OK, self.gateway.respond(body), {"Content-Type": CONTENT_TYPE})


class Door:
    """A server that can stop listening and come back on the same port."""

    def __init__(self, handler: type[QuietHandler]) -> None:
        self._handler = handler
        self._server: LoopbackServer | None = LoopbackServer(handler)
        self._reserved: socket.socket | None = None
        self.port: int = self._server.server_address[1]
        self.url = self._server.url

    def start(self) -> None:
        if self._server:
            self._server.start()

    def close(self) -> None:
        """Refuse connections. The port stays ours: bound, but nobody listens."""
        if self._server:
            self._server.stop()
            self._server = None
            self._reserved = socket.socket()
            self._reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._reserved.bind((HOST, self.port))

    def open(self) -> None:
        """Accept connections again."""
        if self._reserved:
            self._reserved.close()
            self._reserved = None
            self._server = LoopbackServer(self._handler, port=self.port)
            self._server.start()

    def stop(self) -> None:
        """Free the port for good."""
        self.close()
        if self._reserved:
            self._reserved.close()
            self._reserved = None


def _is_charge(body: bytes) -> bool:
    return body.lstrip(b"\xef\xbb\xbf \r\n\t{").startswith(b'"createTransactionRequest"')
