"""What the functions logged and queued: how much, which defects, and nobody's data in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from infra.local.stack import LocalStack
from tests.simulation.simulation import DEFECTS
from tests.soak.cast import Cast

WORD = re.compile(r"[\w+-]{7,}")
ADDRESS = re.compile(r"[\w.+-]+@example\.org")
JWT_PARTS = 3
OURS = "/aws/"
"""What the names of our log groups begin with; others are the providers' own."""


def secret_of(token: str) -> str:
    """What of a token is looked for: staff's signature, a session's secret, or all of a link's.

    What else they are made of names a place or an algorithm, and others have it too.
    """
    parts = token.split(".")
    return parts[-1] if len(parts) == JWT_PARTS else parts[0]


def _is_kept(value: str) -> bool:
    return bool(WORD.fullmatch(value) or ADDRESS.fullmatch(value))


@dataclass
class Logs:
    """The logs of all functions and of the API, and what was queued. Only words are kept."""

    stack: LocalStack
    lines: int = 0
    defects: set[str] = field(default_factory=set)
    _words: set[str] = field(default_factory=set)
    _names: list[str] = field(default_factory=list)
    _read_up_to: dict[str, int] = field(default_factory=dict)

    def read(self) -> None:
        """Read on."""
        logs = self.stack.client("logs")
        if not self._names:
            groups = logs.describe_log_groups(logGroupNamePrefix=OURS)["logGroups"]
            self._names = [group["logGroupName"] for group in groups]
        for name in self._names:
            start = self._read_up_to.get(name, 0)
            pages = logs.get_paginator("filter_log_events").paginate(
                logGroupName=name, startTime=start
            )
            for page in pages:
                self._take(name, page["events"])

    def personal(self, cast: Cast, tokens: set[str]) -> set[str]:
        """What of the patients' data, and of what lets somebody in, is in the logs."""
        values = {secret_of(token) for token in tokens}
        for person in cast.people:
            values |= {person.first_name, person.last_name, person.born.isoformat()}
        for contact in cast.contacts():
            values |= {contact, contact.removeprefix("+"), contact.removeprefix("+1")}
        unseen = [each for each in values if not _is_kept(each)]
        if unseen:
            raise ValueError(f"not looked for, as no such word is kept: {sorted(unseen)}")
        return values & self._words

    def take_queued(self, bodies: Iterable[str]) -> None:
        """Read the bodies of messages, but for what providers tell: those name contacts."""
        for body in bodies:
            if json.loads(body).get("Type") != "Notification":
                self._keep(body)

    def _take(self, name: str, events: list[dict[str, Any]]) -> None:
        for event in events:
            self.lines += 1
            # What came in the same millisecond is read again.
            self._read_up_to[name] = max(self._read_up_to.get(name, 0), event["timestamp"])
            message = event["message"]
            for defect in DEFECTS.finditer(message):
                self.defects.add(f"{defect[1]} at {defect[2]}")
            self._keep(message)

    def _keep(self, text: str) -> None:
        self._words.update(WORD.findall(text))
        self._words.update(ADDRESS.findall(text))
