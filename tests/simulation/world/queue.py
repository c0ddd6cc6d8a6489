"""A standard queue: at least once, in any order, and in the end to the dead letters."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from tests.simulation.world.scheduler import Clock


@dataclass(eq=False)
class Message:
    """A message; `visible_at` is when it may be received (again)."""

    number: int
    body: str
    sent_at: float
    visible_at: float
    received: int = 0


@dataclass
class Queue:
    """A queue with its settings from the template, in seconds."""

    clock: Clock
    visibility: float
    retention: float
    most_received: int = 3
    messages: list[Message] = field(default_factory=list)
    dead: list[Message] = field(default_factory=list)
    expired: list[Message] = field(default_factory=list)
    sent: int = 0
    bodies: list[str] = field(default_factory=list)

    def send(self, body: str, *, delay: float = 0) -> None:
        """Take a message, to be received at once or after so many seconds."""
        now = self.clock.seconds
        self.sent += 1
        self.bodies.append(body)
        self.messages.append(Message(self.sent, body, now, now + delay))

    def receive(self, most: int, random: Random) -> list[Message]:
        """Some of the visible messages, in any order."""
        now = self.clock.seconds
        self.expired += [one for one in self.messages if now - one.sent_at >= self.retention]
        self.messages = [one for one in self.messages if now - one.sent_at < self.retention]
        visible = [one for one in self.messages if one.visible_at <= now]
        for worn_out in [one for one in visible if one.received >= self.most_received]:
            self.messages.remove(worn_out)
            self.dead.append(worn_out)
            visible.remove(worn_out)
        received = random.sample(visible, min(most, len(visible)))
        for one in received:
            one.received += 1
            one.visible_at = now + self.visibility
        return received

    def delete(self, message: Message) -> None:
        """It was dealt with; one that was received twice may be gone already."""
        if message in self.messages:
            self.messages.remove(message)

    def show_again(self, message: Message) -> None:
        """It is to be delivered once more, at once."""
        message.visible_at = self.clock.seconds
        if message not in self.messages:
            self.messages.append(message)

    @property
    def waiting(self) -> bool:
        """Whether a message can be received."""
        return any(one.visible_at <= self.clock.seconds for one in self.messages)
