"""What left the stack, as phones and mailboxes would get it, and faults to provoke on the way."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

_LINK = re.compile(r"https?://\S+?/a/[A-Za-z0-9_-]+")


class FaultMode(StrEnum):
    """How a provider misbehaves. `*_after` means that the message went out all the same."""

    THROTTLED = "throttled"
    REJECTED = "rejected"
    STOPPED = "stopped"
    SERVER_ERROR_BEFORE = "server_error_before"
    SERVER_ERROR_AFTER = "server_error_after"
    HANG_BEFORE = "hang_before"
    HANG_AFTER = "hang_after"
    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"

    @property
    def delivers(self) -> bool:
        """Whether the message goes out although the caller does not learn it."""
        return self.value.endswith("_after")


@dataclass(slots=True)
class Fault:
    """A fault of one channel: for the next `times` sends (None: until cleared) to `to`."""

    mode: FaultMode
    times: int | None = None
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One text or email that was handed to its provider."""

    channel: str
    to: str
    subject: str | None
    text: str
    html: str | None
    headers: dict[str, str]
    link: str | None
    sent_at: datetime
    message_id: str
    tags: dict[str, list[str]] = field(default_factory=dict)
    """What an email was sent with, for its reports; nobody who gets it sees them."""

    def as_json(self) -> dict[str, Any]:
        """Return the message as `GET /local/outbox` shows it."""
        shown = asdict(self)
        del shown["message_id"], shown["tags"]
        sent_at = self.sent_at.astimezone(UTC).isoformat(timespec="microseconds")
        return shown | {"sent_at": sent_at.replace("+00:00", "Z")}


def find_link(text: str) -> str | None:
    """Return the first link to a patient's page in a message."""
    match = _LINK.search(text)
    return match.group() if match else None


@dataclass
class Outbox:
    """Messages in the order they were sent, and the faults set for the next ones."""

    watcher: Callable[[Message], None] | None = None
    """Called with each message before the provider takes it; what it does happens in between."""
    attempts: int = 0
    """Sends that reached a provider since the last `clear`, whatever came of them."""
    _messages: list[Message] = field(default_factory=list)
    _swallowed: list[Message] = field(default_factory=list)
    _faults: dict[str, list[Fault]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def messages(self, *, to: str | None = None, channel: str | None = None) -> list[Message]:
        """Return the messages sent so far, in order."""
        with self._lock:
            return [
                message
                for message in self._messages
                if to in (None, message.to) and channel in (None, message.channel)
            ]

    def taken(self, *, to: str) -> list[Message]:
        """Return what the providers took for a contact, in order, whether or not it was sent on."""
        with self._lock:
            every = [*self._messages, *self._swallowed]
            return sorted((each for each in every if each.to == to), key=lambda each: each.sent_at)

    def swallow(self, message: Message) -> None:
        """Keep a text that its provider took, and did not send: its owner opted out."""
        with self._lock:
            self._swallowed.append(message)

    def clear(self) -> None:
        """Forget all messages; faults stay."""
        with self._lock:
            self._messages.clear()
            self._swallowed.clear()
            self.attempts = 0

    def set_fault(
        self,
        channel: str,
        mode: FaultMode | str,
        *,
        times: int | None = None,
        to: str | None = None,
    ) -> None:
        """Let sends on a channel (`text` or `email`) go wrong; the latest fault set wins."""
        with self._lock:
            fault = Fault(mode=FaultMode(mode), times=times, to=to)
            self._faults.setdefault(channel, []).insert(0, fault)

    def clear_faults(self) -> None:
        """Let everything go well again."""
        with self._lock:
            self._faults.clear()
        self.watcher = None

    def admit(self, message: Message) -> FaultMode | None:
        """Take one send to a provider: record it unless a fault prevents that; return the fault."""
        if self.watcher:
            self.watcher(message)
        with self._lock:
            self.attempts += 1
            mode = self._next_fault(message.channel, message.to)
            if mode is None or mode.delivers:
                self._messages.append(message)
            return mode

    def _next_fault(self, channel: str, to: str) -> FaultMode | None:
        for fault in self._faults.get(channel, []):
            if fault.to in (None, to) and (fault.times is None or fault.times > 0):
                if fault.times is not None:
                    fault.times -= 1
                return fault.mode
        return None
