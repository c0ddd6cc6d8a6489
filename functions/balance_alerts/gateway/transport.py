"""One HTTP exchange with the gateway, and the one question that matters when it fails.

Was anything sent? A connection is opened for each call and used for nothing else, so that "never
connected" is certain and nothing is sent into a connection that the other side closed meanwhile.
There is no retry of any kind in here.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from contextlib import suppress
from functools import cache
from urllib.parse import urlsplit

from balance_alerts.gateway.answers import GarbledAnswerError

CONNECT_TIMEOUT_SECONDS = 3.0
READ_TIMEOUT_SECONDS = 20.0
"""Of the whole answer, not of its pieces; the caller's own caller gives up after 30."""

_LARGEST_ANSWER = 8 * 1024 * 1024
_HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}


class NeverConnectedError(Exception):
    """No connection came about, so nothing was sent."""


class NoAnswerError(Exception):
    """Something may have been sent, and no whole answer came back.

    Attributes:
        reason: stable, lower snake case.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Transport:
    """Posts JSON to one address. Safe to share between threads."""

    def __init__(
        self,
        url: str,
        *,
        connect_seconds: float = CONNECT_TIMEOUT_SECONDS,
        read_seconds: float = READ_TIMEOUT_SECONDS,
    ) -> None:
        """Take an address with https; without it only one on this machine.

        Raises:
            ValueError: the transaction key would travel in the clear.
        """
        parts = urlsplit(url)
        allowed = parts.scheme == "https" or (
            parts.scheme == "http" and _is_loopback(parts.hostname or "")
        )
        if not parts.hostname or not allowed:
            raise ValueError("the gateway's address must begin with https://")
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._path = parts.path or "/"
        self._connect_seconds = connect_seconds
        self._read_seconds = read_seconds

    def post(self, body: bytes) -> bytes:
        """Send the body and return the answer's.

        Raises:
            NeverConnectedError: certainly nothing was sent.
            NoAnswerError: sent or not, there is no whole answer of status 200.
        """
        connection = self._connection()
        try:
            connection.connect()
        except Exception as error:
            connection.close()
            raise NeverConnectedError(type(error).__name__) from error
        overdue = _Overdue(connection.sock, self._read_seconds)
        try:
            return self._exchange(connection, body)
        except (NoAnswerError, GarbledAnswerError):
            raise
        except Exception as error:
            raise NoAnswerError(overdue.reason(error)) from error
        finally:
            overdue.cancel()
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        if self._secure:
            return http.client.HTTPSConnection(
                self._host, self._port, timeout=self._connect_seconds, context=_trust()
            )
        return http.client.HTTPConnection(self._host, self._port, timeout=self._connect_seconds)

    def _exchange(self, connection: http.client.HTTPConnection, body: bytes) -> bytes:
        connection.sock.settimeout(self._read_seconds)
        connection.request("POST", self._path, body, _HEADERS)
        response = connection.getresponse()
        if response.status != http.HTTPStatus.OK:
            raise NoAnswerError(f"http_{response.status}")
        answer = response.read(_LARGEST_ANSWER + 1)
        if response.length:
            raise http.client.IncompleteRead(b"")
        if len(answer) > _LARGEST_ANSWER:
            raise GarbledAnswerError
        return answer


class _Overdue:
    """Ends an exchange at its deadline. A socket's timeout alone would start anew at each byte."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self._sock = sock
        self._passed = False
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._timer.start()

    def reason(self, error: Exception) -> str:
        """Why an exchange failed, as a stable code."""
        if self._passed or isinstance(error, TimeoutError):
            return "timeout"
        return "cut_off" if isinstance(error, http.client.IncompleteRead) else "connection_lost"

    def cancel(self) -> None:
        self._timer.cancel()

    def _end(self) -> None:
        self._passed = True
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)


@cache
def _trust() -> ssl.SSLContext:
    """Certificates are checked against those of the system; loading them takes a while."""
    return ssl.create_default_context()


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
