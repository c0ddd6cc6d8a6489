"""Everything kept of a practice, in files that other systems read: `export`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tqdm import tqdm

from balance_alerts.alerts.history import as_they_stand, with_lost_claim
from balance_alerts.http_api.shapes import plain
from balance_alerts.imports.csv_header import COLUMNS, CsvKind
from balance_alerts.office.practice import practice_view
from balance_alerts.store import keys
from balance_alerts.store.alerts import Alert, AlertRecord
from balance_alerts.store.attempt_records import AttemptRecord
from balance_alerts.store.audit import audit_record, changes_of
from balance_alerts.store.claim_levels import ClaimLevelsRecord
from balance_alerts.store.consents import ConsentRecord
from balance_alerts.store.entries import CaseRecord, EntryRecord
from balance_alerts.store.imports import ImportRecord
from balance_alerts.store.links import IssuedLinkRecord
from balance_alerts.store.orphan_charges import OrphanChargeRecord
from balance_alerts.store.parked import ParkedRecord
from balance_alerts.store.questions import QuestionRecord
from balance_alerts.store.refused_lines import RefusedLineRecord
from balance_alerts.store.table import Record
from balance_alerts.store.team import TeamMemberRecord
from infra.operator import export_rows
from infra.operator.export_folder import CONTENTS, ExportFolder, JsonLines
from infra.operator.export_reading import WholeAccount, accounts_in, items_in, patients_in
from infra.operator.known_practice import get_practice
from infra.operator.stack import Stack
from infra.operator.who import operator
from infra.operator.words import count_of

if TYPE_CHECKING:
    from datetime import datetime

    from balance_alerts.domain.practice import Practice
    from infra.operator.arguments import Commands

T = TypeVar("T")

OF_PATIENTS: dict[type[Record], str] = {
    AttemptRecord: "payments.jsonl",
    CaseRecord: "cases.jsonl",
    ClaimLevelsRecord: "claim-levels.jsonl",
    ConsentRecord: "consents.jsonl",
    EntryRecord: "entries.jsonl",
    IssuedLinkRecord: "issued-links.jsonl",
    QuestionRecord: "questions.jsonl",
}
"""Where the items of accounts go that are told as they are kept."""

OF_THE_PRACTICE: dict[type[Record], str] = {
    ImportRecord: "imports.jsonl",
    OrphanChargeRecord: "unposted-charges.jsonl",
    ParkedRecord: "parked.jsonl",
    TeamMemberRecord: "staff.jsonl",
}
_OF_IMPORT_WORKERS = frozenset({"offset", "line", "etag", "moved_by"})
_CHANGES_A_PAGE = 1_000

PERSONAL = (
    "This is personal data: names, contacts, dates of birth, balances and messages of patients. "
    "Keep it encrypted, hand it to nobody who may not see it, and delete it when it is not needed "
    "any more."
)


def add(commands: Commands) -> None:
    """Tell argparse about this command."""
    command = commands.add_parser(
        "export",
        help="write everything kept of a practice to files",
        description="Writes JSON Lines, and patients.csv and entries.csv as `import` takes them. "
        "Best while nothing is being imported. No credentials and no links or sessions are in it. "
        + PERSONAL,
    )
    command.add_argument("practice", metavar="PRACTICE")
    command.add_argument("folder", metavar="FOLDER", type=Path, help="a new or an empty one")
    command.set_defaults(run=_export)


def _export(stack: Stack, options: argparse.Namespace) -> int:
    practice, now = get_practice(stack, options.practice), stack.wiring.now()
    with ExportFolder(options.folder) as folder:
        # Whoever looks at the trail later sees who took the data, also if that broke off.
        audit_record(
            practice.practice_id,
            operator(),
            now,
            action="practice_exported",
            subject="practice",
            before={},
            after={},
        ).save()
        folder.json("practice.json", plain(practice_view(practice, ())))
        patients = _Patients(folder, practice, now)
        patients.write()
        _write_practice(folder, practice.practice_id)
        _write_changes(folder, practice.practice_id)
        folder.json(
            CONTENTS,
            {
                "practice_id": practice.practice_id,
                "exported_at": plain(now),
                "rows": folder.rows,
                "payments_an_import_would_park": patients.would_be_parked,
                "opt_outs_an_import_would_not_know": patients.withdrawn,
                "note": PERSONAL,
            },
        )
    _report(options.folder, folder, patients)
    return 0


class _Patients:
    """Writes what is kept of each patient."""

    def __init__(self, folder: ExportFolder, practice: Practice, now: datetime) -> None:
        self._practice, self._now = practice, now
        self._patients = folder.csv("patients.csv", COLUMNS[CsvKind.PATIENTS])
        self._entries = folder.csv("entries.csv", COLUMNS[CsvKind.ENTRIES])
        self._accounts = folder.json_lines("accounts.jsonl")
        self._contacts = folder.json_lines("contacts.jsonl")
        self._holds = folder.json_lines("holds.jsonl")
        self._alerts = folder.json_lines("alerts.jsonl")
        self._items = {kind: folder.json_lines(name) for kind, name in OF_PATIENTS.items()}
        self.number = 0
        self.expected = patients_in(practice.practice_id)
        self.would_be_parked = self.withdrawn = 0
        self.wrong_balances: list[str] = []

    def write(self) -> None:
        """Go through all of them, showing how far it is."""
        kinds: list[type[Record]] = [*OF_PATIENTS, AlertRecord]
        with tqdm(total=self.expected, desc="patients", disable=None) as bar:
            for one in accounts_in(self._practice.practice_id, kinds):
                self._write(one)
                self.number += 1
                bar.update()

    def _write(self, one: WholeAccount) -> None:
        account, patient_id = one.account, one.account.patient_id
        self._accounts.write(export_rows.account_row(account))
        consents = one.of(ConsentRecord)
        _all(self._patients.write, export_rows.patient_rows(account, consents, one.contacts))
        self.withdrawn += len(export_rows.withdrawn(account, one.contacts))
        _all(self._contacts.write, export_rows.contact_rows(account, one.contacts))
        _all(self._holds.write, export_rows.hold_rows(account))
        entries = [record.to_domain() for record in one.of(EntryRecord)]
        rows = (export_rows.entry_row(patient_id, e) for e in export_rows.in_import_order(entries))
        _all(self._entries.write, rows)
        self.would_be_parked += export_rows.would_be_parked(entries, self._practice.time_zone)
        recorded = [
            record.to_domain(account.practice_id, patient_id) for record in one.of(AlertRecord)
        ]
        alerts = with_lost_claim(recorded[::-1], account, self._now)
        for alert in reversed(as_they_stand(alerts, self._now)):
            self._alerts.write(_alert_row(alert))
        for kind, lines in self._items.items():
            for item in one.of(kind):
                lines.write({"patient_id": patient_id, **export_rows.told(item)})
        if not one.adds_up:
            self.wrong_balances.append(patient_id)


def _alert_row(alert: Alert) -> dict[str, Any]:
    row: dict[str, Any] = {name: plain(value) for name, value in asdict(alert).items()}
    del row["practice_id"]
    return row


def _write_practice(folder: ExportFolder, practice_id: str) -> None:
    files = {kind: folder.json_lines(name) for kind, name in OF_THE_PRACTICE.items()}
    refused = folder.json_lines("refused-lines.jsonl")
    pk, _ = keys.practice(practice_id)
    for item in items_in(pk, OF_THE_PRACTICE):
        files[type(item)].write(export_rows.told(item, without=_OF_IMPORT_WORKERS))
        if isinstance(item, ImportRecord):
            lines, _ = keys.refused_line(practice_id, item.import_id, 0)
            for line in items_in(lines, [RefusedLineRecord]):
                refused.write({"import_id": item.import_id, **export_rows.told(line)})


def _write_changes(folder: ExportFolder, practice_id: str) -> None:
    """The audit trail, newest first, what was changed for all practices at once included."""
    trail: JsonLines = folder.json_lines("changes.jsonl")
    after: str | None = None
    with tqdm(desc="changes", disable=None) as bar:
        while True:
            changes, after = changes_of(practice_id, after=after, limit=_CHANGES_A_PAGE)
            for change in changes:
                trail.write(plain(change))
            bar.update(len(changes))
            if after is None:
                return


def _report(path: Path, folder: ExportFolder, patients: _Patients) -> None:
    width = max(len(name) for name in folder.rows)
    for name, rows in folder.rows.items():
        print(f"{name:<{width}}{rows:>11}")
    if patients.number != patients.expected:
        print(
            f"{patients.expected} patients were there at the beginning, {patients.number} at the "
            "end: they were added or renamed meanwhile; export again while nothing is imported"
        )
    for patient_id in patients.wrong_balances:
        print(f"{patient_id}: the balance is not the sum of the ledger; look into it")
    if patients.would_be_parked:
        print(
            f"{patients.would_be_parked} payments look like online ones told again: an import of "
            "entries.csv parks them, and balance-alerts release lets them count"
        )
    if patients.withdrawn:
        print(
            f"{count_of(patients.withdrawn, 'opt-out')} by patients: patients.csv switches nothing "
            "on there, but only accounts.jsonl (..._withdrawn_at) and contacts.jsonl (state) tell "
            "why; hand them to whoever takes the practice over, who must not switch it on either"
        )
    print(f"Written to {path}. {PERSONAL}")


def _all(write: Callable[[T], None], rows: Iterable[T]) -> None:
    for row in rows:
        write(row)
