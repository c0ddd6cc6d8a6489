"""A patient's browser, as far as the demonstration needs one: real HTTP to the one address."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlsplit

_TIMEOUT_SECONDS = 60.0


class Answer(NamedTuple):
    """An answer: its status, and its JSON, or its text where it is none."""

    status: int
    content: Any

    def get(self, name: str) -> Any:
        """A field of the JSON; None where there is none."""
        return self.content.get(name) if isinstance(self.content, dict) else None

    @property
    def payment_id(self) -> str:
        """The payment it is about; empty where it is about none."""
        return str(self.get("payment_id") or "")


class PatientBrowser:
    """Sends requests, with the session once there is one."""

    def __init__(self, address: str) -> None:
        self._address = urlsplit(address).netloc
        self._headers: dict[str, str] = {}

    def sign_in(self, token: str, date_of_birth: str) -> Answer:
        """Open a session, and use it from now on."""
        body = {"token": token, "date_of_birth": date_of_birth}
        answer = self.send("POST", "/portal/session", body)
        if session := answer.get("session"):
            self._headers["Authorization"] = f"Bearer {session}"
        return answer

    def get(self, path: str) -> Answer:
        """Look at something."""
        return self.send("GET", path)

    def send(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send JSON, or nothing."""
        connection = HTTPConnection(self._address, timeout=_TIMEOUT_SECONDS)
        content = None if body is None else json.dumps(body).encode()
        try:
            connection.request(method, path, content, {**self._headers, **(headers or {})})
            response = connection.getresponse()
            raw = response.read()
            is_json = response.headers.get_content_subtype().endswith("json")
            return Answer(response.status, json.loads(raw) if is_json else raw.decode())
        finally:
            connection.close()
