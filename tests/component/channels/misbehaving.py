"""A provider on loopback that hangs, resets, garbles and refuses as a test tells it to.

It stands in for the network and the service, not for the SDK: what the SDK makes of such a
provider is what the tests are about.
"""

from __future__ import annotations

import json
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from botocore.config import Config

from balance_alerts.channels.limits import client_config

Answer = Callable[[socket.socket], None]


def http(status: int, body: str, *headers: str) -> Answer:
    """Answer as a well-behaved server does."""
    payload = body.encode()
    head = [f"HTTP/1.1 {status} X", f"Content-Length: {len(payload)}", "Connection: close"]

    def answer(connection: socket.socket) -> None:
        connection.sendall("\r\n".join([*head, *headers, "", ""]).encode() + payload)

    return named(f"{status} {body[-40:]}", answer)


def named(name: str, answer: Answer) -> Answer:
    """The same answer under a name for the list of tests."""
    answer.__name__ = name.strip()
    return answer


def raw(data: bytes) -> Answer:
    """Answer with these bytes and hang up."""
    return lambda connection: connection.sendall(data)


def hang(connection: socket.socket) -> None:
    """Take the request and say nothing until the client gives up."""
    connection.settimeout(30)
    while connection.recv(4096):
        pass


def hang_in_the_middle(connection: socket.socket) -> None:
    """Begin an answer and never finish it."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<Publish")
    hang(connection)


def reset(connection: socket.socket) -> None:
    """Take the request, then reset the connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang_up(connection: socket.socket) -> None:
    """Take the request, then close without an answer."""


def sns_error(status: int, code: str, message: str = "No.") -> Answer:
    body = (
        '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type>'
        f"<Code>{code}</Code><Message>{message}</Message></Error>"
        "<RequestId>r</RequestId></ErrorResponse>"
    )
    return named(f"{status} {code} {message}", http(status, body, "Content-Type: text/xml"))


def sns_ok(result: str = "<MessageId>m-1</MessageId>") -> Answer:
    body = (
        '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">'
        f"<PublishResult>{result}</PublishResult></PublishResponse>"
    )
    return http(200, body, "Content-Type: text/xml")


def ses_error(status: int, code: str, message: str = "No.") -> Answer:
    body = json.dumps({"message": message})
    answer = http(status, body, "Content-Type: application/json", f"x-amzn-ErrorType: {code}")
    return named(f"{status} {code} {message}", answer)


def ses_ok(body: str = '{"MessageId": "m-1"}') -> Answer:
    return http(200, body, "Content-Type: application/json")


@dataclass
class Server:
    """A loopback server that reads one whole request a connection, then does as it is told."""

    listener: socket.socket
    answer: Answer = hang_up
    requests: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except ssl.SSLError:
                continue
            except OSError:
                return
            with connection, suppress(OSError):
                self.requests.append(read_request(connection))
                self.answer(connection)

    @property
    def body(self) -> bytes:
        """The body of the only request there was."""
        (request,) = self.requests
        return request.partition(b"\r\n\r\n")[2]


def read_request(connection: socket.socket) -> bytes:
    """One whole request, or what came of it before the client went away."""
    data = b""
    wanted: int | None = None
    while wanted is None or len(data) < wanted:
        received = connection.recv(65536)
        if not received:
            break
        data += received
        head, end, _ = data.partition(b"\r\n\r\n")
        if end:
            length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
            wanted = len(head) + len(end) + (int(length[1]) if length else 0)
    return data


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server on a free port, gone afterwards."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(tls.wrap_socket(listener, server_side=True) if tls else listener)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.listener.shutdown(socket.SHUT_RDWR)
        server.listener.close()
        thread.join(5)


def impatient(**options: object) -> Config:
    """The configuration of production with timeouts that a test can wait for."""
    return client_config().merge(Config(read_timeout=0.3, connect_timeout=0.5, **options))


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
