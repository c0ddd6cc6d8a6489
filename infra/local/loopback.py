"""Small HTTP servers on the loopback interface, and the one way we forward a request."""

from __future__ import annotations

import http.client
import os
import socket
import socketserver
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from infra.local.emulator import HOST

_NOT_PASSED_ON = {"connection", "keep-alive", "transfer-encoding", "content-length", "date"}
_FORWARD_TIMEOUT_SECONDS = 130.0


class PortInUseError(OSError):
    """Another program listens on the port that was asked for."""


class QuietHandler(BaseHTTPRequestHandler):
    """Base of our request handlers: keep-alive, no Nagle delay, no access log."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, *_: object) -> None:
        """Keep standard error for what matters."""

    def read_body(self) -> bytes:
        """Return the request's whole body."""
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        """Send a complete response."""
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def reset_connection(self) -> None:
        """Drop the connection as a crashed peer would, without an answer."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        # Closed below the streams that still hold it: else a polite FIN would go out first.
        os.close(self.connection.detach())
        self.close_connection = True


class LoopbackServer(ThreadingHTTPServer):
    """A threaded server on 127.0.0.1; `port` 0 chooses a free one."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    # Else two runs could share one port on some systems, and neither would notice.
    allow_reuse_port = False

    def __init__(self, handler: type[QuietHandler], *, port: int = 0) -> None:
        try:
            super().__init__((HOST, port), handler)
        except OSError as error:
            raise PortInUseError(f"port {port} is in use") from error
        self.stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def server_bind(self) -> None:
        """Bind without asking a name server for our own name."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    @property
    def url(self) -> str:
        """Address the server answers at, without a slash at the end."""
        return f"http://{HOST}:{self.server_address[1]}"

    def start(self) -> None:
        """Serve in a background thread."""
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and free the port. Safe to call twice."""
        self.stopping.set()
        thread, self._thread = self._thread, None
        if thread:
            self.shutdown()
            thread.join()
        self.server_close()

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that went away in the middle."""


def forward(
    handler: QuietHandler, body: bytes, *, port: int, host: str | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Pass a request on and return the answer.

    Without `host` it goes on unchanged: the signature of an AWS call covers the Host header.
    """
    connection = http.client.HTTPConnection(HOST, port, timeout=_FORWARD_TIMEOUT_SECONDS)
    try:
        connection.putrequest(
            handler.command, handler.path, skip_host=True, skip_accept_encoding=True
        )
        for name, value in handler.headers.items():
            if name.lower() == "host":
                connection.putheader(name, host or value)
            elif name.lower() not in {"connection", "expect", "transfer-encoding"}:
                connection.putheader(name, value)
        connection.endheaders(body)
        response = connection.getresponse()
        headers = {
            name: value
            for name, value in response.getheaders()
            if name.lower() not in _NOT_PASSED_ON
        }
        return response.status, headers, response.read()
    finally:
        connection.close()
