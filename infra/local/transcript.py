"""A transcript of steps, each of which is verified as it happens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from infra.local.outbox import Message


@dataclass
class Transcript:
    """Prints what happens and keeps count of what did not verify."""

    checks: int = 0
    failures: list[str] = field(default_factory=list)
    _steps: int = 0

    def step(self, title: str) -> None:
        """Begin a step."""
        self._steps += 1
        print(f"\n{self._steps}. {title}", flush=True)

    def say(self, lines: str | Iterable[str]) -> None:
        """Print text as part of the step."""
        for line in lines.splitlines() if isinstance(lines, str) else lines:
            print(f"   {line}", flush=True)

    def message(self, message: Message) -> None:
        """Show a text or an email in full."""
        self.say(f"{message.channel} to {masked(message.to)}:")
        shown = ([f"Subject: {message.subject}", ""] if message.subject else []) + [message.text]
        self.say(f"  | {line}" for text in shown for line in text.splitlines() or [""])

    def verify(self, verified: bool, what: str, found: object = None) -> None:
        """Note whether something is as it must be; `found` is shown where it is not."""
        self.checks += 1
        if verified:
            print(f"   [ok] {what}", flush=True)
            return
        self.failures.append(what)
        print(f"   [FAILED] {what}" + ("" if found is None else f": {found}"), flush=True)

    def equal(self, found: object, expected: object, what: str) -> None:
        """Note whether something found is what it must be."""
        self.verify(found == expected, what, f"found {found}, expected {expected}")

    def end(self) -> int:
        """Print the verdict and return the exit status."""
        if self.failures:
            print(f"\n{len(self.failures)} of {self.checks} checks FAILED:")
            self.say(self.failures)
            return 1
        print(f"\nAll {self.checks} checks passed.")
        return 0


def masked(contact: str) -> str:
    """Return a number or address in a form that identifies nobody."""
    name, at, domain = contact.partition("@")
    if at:
        return f"{name[0]}***@{domain}"
    return f"{contact[:5]} *** **{contact[-2:]}"
