"""Who wants no messages, as the world knows it: what was said, when, and since when it is known."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any


@dataclass(eq=False)
class Said:
    """A wish about a contact: said at one time, known to the stack since another, or not yet."""

    wants: bool
    at: float
    known_at: float = float("inf")


class Consents:
    """The wishes of those who own a contact, each in their own words.

    A wish for no messages counts once the stack took it; one for messages as soon as it may have.
    """

    def __init__(self, seconds: Any) -> None:
        self._seconds = seconds
        self._said: dict[str, list[Said]] = defaultdict(list)

    def begun(self, reply: dict[str, Any]) -> None:
        """A reply that asks for messages is on its way into the stack."""
        self._said[reply["number"]].append(Said(True, reply["at"], self._seconds()))

    def taken(self, reply: dict[str, Any]) -> None:
        """The stack took a reply."""
        if reply["asks"] == "out":
            self._said[reply["number"]].append(Said(False, reply["at"], self._seconds()))

    def wants(self, contact: str, at: float) -> None:
        """Its owner asks for messages."""
        self._said[contact].append(Said(True, at, at))

    def wants_none(self, contact: str, at: float) -> None:
        """Its owner asked at some time for no messages, and was answered that this is done."""
        self._said[contact].append(Said(False, at, self._seconds()))

    def forbid(self, contact: str, since: float) -> bool:
        """Whether a contact's owner was known by then to want no messages."""
        said = self._said[contact]
        wished = [one.at for one in said if one.wants]
        return any(
            not one.wants and one.known_at <= since and not any(at > one.at for at in wished)
            for one in said
        )
