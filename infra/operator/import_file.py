"""A file on this machine, looked through before it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from balance_alerts.imports.chunks import CSV_KINDS, count_lines
from balance_alerts.imports.csv_header import COLUMNS, guess_kind
from balance_alerts.imports.problems import ImportFileError
from balance_alerts.store.imports import ImportKind
from infra.operator.stack import CommandError

_HEAD = 4096
_KIND_OF_CSV = {csv_kind: kind for kind, csv_kind in CSV_KINDS.items()}


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file that can be taken in as a whole: what it holds and how many lines (or claims)."""

    path: Path
    kind: ImportKind
    size: int
    lines: int


def checked_file(path: Path, kind: ImportKind | None) -> LocalFile:
    """Look a file through.

    Raises:
        CommandError: it cannot be read, or not be taken in as a whole.
    """
    try:
        kind = kind or kind_of(path)
        lines = count_lines(_Opened(path), kind)
        return LocalFile(path, kind, path.stat().st_size, lines)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error
    except ImportFileError as error:
        raise CommandError(f"{path}: {error.message}") from error


def kind_of(path: Path) -> ImportKind:
    """What a file holds, by its first line, else by its name.

    Raises:
        CommandError: neither tells.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"ISA"):
        return ImportKind.REMITTANCE
    csv_kind = guess_kind(head.partition(b"\n")[0].decode("utf-8", "replace"))
    if csv_kind is not None:
        return _KIND_OF_CSV[csv_kind]
    name = path.name.lower()
    if name.endswith((".835", ".edi", ".x12")):
        return ImportKind.REMITTANCE
    for word, kind in (("patient", ImportKind.PATIENTS), ("entr", ImportKind.ENTRIES)):
        if word in name:
            return kind
    columns = "; ".join(f"{kind}: {','.join(names)}" for kind, names in COLUMNS.items())
    raise CommandError(
        f"{path}: its first line is neither a header row nor ISA. Put the column names above the "
        f"data ({columns}), or name what it holds with --kind"
    )


class _Opened:
    """The file as the checks read it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def open(self, offset: int = 0) -> BinaryIO:
        file = self._path.open("rb")
        file.seek(offset)
        return file
