"""The folder of an export: nobody else may read it, and it is whole or says that it is not.

Every file has a temporary name until all of them are written; the one that tells what is in the
folder is renamed last. A folder without it is no export.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from infra.operator.stack import CommandError

CONTENTS = "export.json"
_PART = ".part"
_ONLY_OURS, _FOLDER_ONLY_OURS = 0o600, 0o700


class JsonLines:
    """A file of JSON objects, one a line."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.rows = 0

    def write(self, row: Mapping[str, Any]) -> None:
        """Add a row."""
        self._file.write(json.dumps(row, ensure_ascii=False) + "\n")
        self.rows += 1


class Csv:
    """A CSV file with a header row."""

    def __init__(self, file: TextIO, columns: Sequence[str]) -> None:
        self._writer = csv.DictWriter(file, columns, lineterminator="\n")
        self._writer.writeheader()
        self.rows = 0

    def write(self, row: Mapping[str, str]) -> None:
        """Add a row."""
        self._writer.writerow(row)
        self.rows += 1


class ExportFolder:
    """A folder to fill, in a `with` statement; if that breaks off, nothing of it stays."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_new = False
        self._files: dict[str, TextIO] = {}
        self._written: dict[str, JsonLines | Csv] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Make the folder, or take one that is empty.

        Raises:
            CommandError: there is something in it, or it is no folder.
        """
        if not self._path.exists():
            self._path.mkdir(mode=_FOLDER_ONLY_OURS, parents=True)
            self._is_new = True
        if not self._path.is_dir():
            raise CommandError(f"{self._path} is no folder; name one that is empty or not there")
        if any(self._path.iterdir()):
            raise CommandError(f"{self._path} is not empty; name a folder that is, or a new one")
        self._path.chmod(_FOLDER_ONLY_OURS)
        return self

    def json_lines(self, name: str) -> JsonLines:
        """Begin a file of JSON objects."""
        lines = JsonLines(self._begin(name))
        self._written[name] = lines
        return lines

    def csv(self, name: str, columns: Sequence[str]) -> Csv:
        """Begin a CSV file."""
        table = Csv(self._begin(name), columns)
        self._written[name] = table
        return table

    def json(self, name: str, content: Mapping[str, Any]) -> None:
        """Write a file of one JSON object."""
        json.dump(content, self._begin(name), ensure_ascii=False, indent=2)

    @property
    def rows(self) -> dict[str, int]:
        """How many rows each file of rows has."""
        return {name: file.rows for name, file in self._written.items()}

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give every file its name, or take all of them away again."""
        try:
            if kind is None:
                self._finish()
        finally:
            self._open.close()
            if not (self._path / CONTENTS).exists():
                self._take_away()

    def _begin(self, name: str) -> TextIO:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        descriptor = os.open(self._path / f"{name}{_PART}", flags, _ONLY_OURS)
        file = open(descriptor, "w", encoding="utf-8", newline="")  # noqa: SIM115  # closed at exit
        self._files[name] = self._open.enter_context(file)
        return file

    def _finish(self) -> None:
        for file in self._files.values():
            file.flush()
            os.fsync(file.fileno())
        for name in sorted(self._files, key=lambda name: name == CONTENTS):
            (self._path / f"{name}{_PART}").rename(self._path / name)

    def _take_away(self) -> None:
        for name in self._files:
            (self._path / f"{name}{_PART}").unlink(missing_ok=True)
            (self._path / name).unlink(missing_ok=True)
        if self._is_new:
            with suppress(OSError):  # somebody put something there meanwhile
                self._path.rmdir()
