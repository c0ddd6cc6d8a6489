"""Importing files: `import`, `import-status`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Never

from tqdm import tqdm

from balance_alerts.domain.practice import Practice
from balance_alerts.queues.import_queue import ImportJob
from balance_alerts.store.imports import ImportKind, ImportRecord, Imports
from infra.operator import import_report
from infra.operator.import_file import LocalFile, checked_file
from infra.operator.known_practice import get_practice
from infra.operator.stack import CommandError, Stack

if TYPE_CHECKING:
    from infra.operator.arguments import Commands

POLL_SECONDS = 0.25
STALLED_AFTER_SECONDS = 1800
_ORDER = (ImportKind.PATIENTS, ImportKind.ENTRIES, ImportKind.REMITTANCE)
_NOTHING_YET = (-1, "")


def add(commands: Commands) -> None:
    """Tell argparse about these commands."""
    command = commands.add_parser(
        "import",
        help="take in files of patients, ledger entries or X12 835 remittances",
        description="Files are taken in one after the other: patients, then entries, then "
        "remittances, which belong to patients that are in; those of a kind in the order given. "
        "Refused lines are told of on stderr; the others are in.",
        epilog="Exit code: 0 if every file was taken in, also where lines of it were refused; "
        "1 if one was not.",
    )
    command.add_argument("practice", metavar="PRACTICE")
    command.add_argument("files", metavar="FILE", nargs="+", type=Path)
    command.add_argument(
        "--kind",
        choices=[kind.value for kind in ImportKind],
        help="what the files hold (default: told by their first line)",
    )
    command.add_argument("--refused-csv", metavar="PATH", type=Path, help="write refused lines")
    command.set_defaults(run=_import)

    status = commands.add_parser("import-status", help="show how far imports are")
    status.add_argument("practice", metavar="PRACTICE")
    status.add_argument("import_id", metavar="IMPORT", nargs="?")
    status.add_argument("--refused-csv", metavar="PATH", type=Path, help="write refused lines")
    status.set_defaults(run=_status)


def _import(stack: Stack, options: argparse.Namespace) -> int:
    kind = ImportKind(options.kind) if options.kind else None
    practice = get_practice(stack, options.practice)
    # Every file is looked through before the first is sent: a typing slip shows at once.
    files = sorted(_checked(options.files, kind), key=lambda file: _ORDER.index(file.kind))
    records: list[tuple[str, ImportRecord]] = []
    for file in files:
        record = _take_in(stack, practice, file)
        records.append((file.path.name, record))
        if record.error_message is not None:
            break
    return import_report.show(records, options.refused_csv)


def _checked(paths: Sequence[Path], kind: ImportKind | None) -> list[LocalFile]:
    """The files, each looked through; every fault is named, not only the first."""
    files, faults = [], []
    for path in paths:
        try:
            files.append(checked_file(path, kind))
        except CommandError as fault:
            faults.append(str(fault))
    if faults:
        if len(paths) > 1:
            faults.append(f"none of the {len(paths)} files was imported")
        raise CommandError("\n".join(faults))
    return files


def _take_in(stack: Stack, practice: Practice, file: LocalFile) -> ImportRecord:
    now = stack.wiring.now()
    job = ImportJob.new(practice.practice_id, file.kind, now)
    imports = Imports()
    imports.receive(job.practice_id, job.import_id, kind=file.kind, total_bytes=file.size, now=now)
    name = file.path.name
    with (
        file.path.open("rb") as source,
        tqdm(
            total=file.size, desc=f"{name}: upload", unit="B", unit_scale=True, disable=None
        ) as bar,
    ):
        stack.s3.upload_fileobj(
            source, stack.output("ImportBucketName"), job.key, Callback=bar.update
        )
    with tqdm(
        total=file.lines, desc=f"{name}: {import_report.UNITS[file.kind]}", disable=None
    ) as bar:
        try:
            return _follow(imports, job, bar)
        except KeyboardInterrupt:
            bar.close()
            print(f"the import goes on; {_look_later(job)}", file=sys.stderr)
            raise


def _follow(imports: Imports, job: ImportJob, bar: tqdm[Never]) -> ImportRecord:
    """Wait until the import is finished, showing how far it is."""
    seen, changed_at = _NOTHING_YET, time.monotonic()
    while True:
        record = imports.get(job.practice_id, job.import_id)
        bar.update(int(record.lines_read) - bar.n)
        if record.finished:
            return record
        stands = (int(record.lines_read), record.state)
        if stands != seen:
            seen, changed_at = stands, time.monotonic()
        elif time.monotonic() - changed_at > STALLED_AFTER_SECONDS:
            raise CommandError(
                f"import {job.import_id} has not moved for half an hour; {_look_later(job)}"
            )
        time.sleep(POLL_SECONDS)


def _look_later(job: ImportJob) -> str:
    return f"look at it with balance-alerts import-status {job.practice_id} {job.import_id}"


def _status(stack: Stack, options: argparse.Namespace) -> int:
    get_practice(stack, options.practice)
    imports = Imports()
    if options.import_id is None:
        import_report.show_list(list(imports.recent(options.practice)))
        return 0
    record = imports.get(options.practice, options.import_id)
    return import_report.show([(options.import_id, record)], options.refused_csv)
