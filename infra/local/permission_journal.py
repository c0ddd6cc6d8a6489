"""Which permissions the emulator granted to whom, by which statement of which role's policies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ROLE = ":assumed-role/"


@dataclass(frozen=True, slots=True)
class Granted:
    """An action that a statement of a role's policies allowed, as the emulator calls it."""

    role_name: str
    statement: str
    action: str


def keep_journal(path: Path) -> None:
    """In the emulator's process: have each decision of its IAM written to a file."""
    from ministack.core import iam_evaluator

    evaluate = iam_evaluator.evaluate

    def evaluate_and_note(context: Any, *policies: Any) -> Any:
        result = evaluate(context, *policies)
        if result.decision == "Allow" and _ROLE in context.principal_arn:
            role_name = context.principal_arn.partition(_ROLE)[2].partition("/")[0]
            line = json.dumps([role_name, result.matched_sid, context.action])
            with path.open("a", encoding="utf-8") as journal:
                journal.write(f"{line}\n")
        return result

    iam_evaluator.evaluate = evaluate_and_note


class PermissionJournal:
    """Reads what an emulator that checks permissions has noted."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._position = 0

    def news(self) -> Iterator[Granted]:
        """What was granted since the last time this was asked."""
        if not self.path.exists():
            return
        with self.path.open(encoding="utf-8") as journal:
            journal.seek(self._position)
            lines = journal.read()
            self._position = journal.tell()
        for line in lines.splitlines():
            yield Granted(*json.loads(line))
