"""What can be wrong with a file, and with one line of it."""

from __future__ import annotations

from dataclasses import dataclass

from balance_alerts.domain.errors import RuleError


class ImportFileError(RuleError):
    """The file as a whole cannot be read; nothing of it is taken in."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One line that is not taken in.

    `line` counts the lines of the file from 1 (in an 835: its segments). `message` names the
    column and says what to do; it holds no personal values.
    """

    line: int
    code: str
    message: str


class LineError(RuleError):
    """One line is refused; the lines around it are not concerned."""

    def at(self, line: int) -> Refusal:
        """The refusal of the line it was raised for."""
        return Refusal(line, self.code, self.message)
