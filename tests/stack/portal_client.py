"""A patient's browser: real HTTP through the one local address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from balance_alerts.access.links import new_link, new_token
from balance_alerts.domain.contact import Channel
from balance_alerts.store.links import Links
from infra.local.server import LocalServer
from infra.local.stack import LocalStack
from tests.stack.due import Clinic

BORN = date(1984, 7, 9)
"""The date of birth of every patient of `tests.builders`."""


class Answer(NamedTuple):
    status: int
    raw: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def code(self) -> str:
        return str(self.json["code"])


@dataclass
class Browser:
    """Sends requests, with a session once there is one."""

    address: str
    headers: dict[str, str] = field(default_factory=dict)

    def send(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        try:
            connection.request(method, path, content, {**self.headers, **(headers or {})})
            response = connection.getresponse()
            return Answer(response.status, response.read(), dict(response.headers))
        finally:
            connection.close()

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def try_to_sign_in(self, token: str, born: date = BORN) -> Answer:
        body = {"token": token, "date_of_birth": born.isoformat()}
        return self.send("POST", "/portal/session", body)

    def signed_in(self, token: str, born: date = BORN) -> Browser:
        answer = self.try_to_sign_in(token, born)
        assert answer.status == 200, answer
        return Browser(self.address, {"Authorization": f"Bearer {answer.json['session']}"})


@contextmanager
def browser_of(stack: LocalStack) -> Iterator[Browser]:
    """The stack's one address."""
    server = LocalServer(port=0)
    server.serve_stack(stack)
    try:
        yield Browser(server.url)
    finally:
        server.stop()


def link_to(clinic: Clinic, patient_id: str, channel: Channel = Channel.TEXT) -> str:
    """The token of a link as an alert would bring it."""
    token = new_token(clinic.practice.code)
    account = clinic.account(patient_id)
    Links().keep([new_link(account, channel, token=token, now=clinic.stack.now())])
    return token
