"""At a patient's request: `export-patient`, `erase-contacts`."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from balance_alerts.domain.contact import Channel
from balance_alerts.http_api.shapes import plain
from balance_alerts.office.patient_export import patient_export
from balance_alerts.office.patient_file import open_file
from balance_alerts.store.audit import audit_record
from infra.operator.known_practice import get_practice
from infra.operator.stack import CommandError, Stack
from infra.operator.who import operator

if TYPE_CHECKING:
    from infra.operator.arguments import Commands

_READABLE_BY_OWNER = 0o600
_OPTED_OUT = {
    Channel.TEXT: "The number opted out of texts; it stays on the list of those not texted.",
    Channel.EMAIL: "The address opted out of emails; it stays on the list of those not emailed.",
}


def add(commands: Commands) -> None:
    """Tell argparse about these commands."""
    export = commands.add_parser("export-patient", help="write down what is on file of a patient")
    export.add_argument("practice", metavar="PRACTICE")
    export.add_argument("patient", metavar="PATIENT")
    export.add_argument("file", metavar="FILE", nargs="?", type=Path, help="default: the terminal")
    export.set_defaults(run=_export)

    erase = commands.add_parser(
        "erase-contacts", help="erase a patient's number and address; the ledger stays"
    )
    erase.add_argument("practice", metavar="PRACTICE")
    erase.add_argument("patient", metavar="PATIENT")
    erase.add_argument("--yes", action="store_true", help="without asking")
    erase.set_defaults(run=_erase)


def _export(stack: Stack, options: argparse.Namespace) -> int:
    get_practice(stack, options.practice)
    wiring = stack.wiring
    file = open_file(options.practice, options.patient, wiring.now())
    # Whoever looks at the trail later sees who took the data, also if that broke off.
    audit_record(
        options.practice,
        operator(),
        file.now,
        action="patient_exported",
        subject=f"patient {options.patient}",
        before={},
        after={},
    ).save()
    text = json.dumps(plain(patient_export(file, wiring.alerts)), indent=2, ensure_ascii=False)
    if options.file is None:
        print(text)
        return 0
    _write(options.file, f"{text}\n")
    print(f"{options.patient}: written to {options.file}, for your eyes only")
    return 0


def _write(path: Path, text: str) -> None:
    """A new file that nobody else may read, from its first byte on."""
    try:
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _READABLE_BY_OWNER)
    except FileExistsError as error:
        raise CommandError(f"{path} is there already; name another file") from error
    with os.fdopen(made, "w", encoding="utf-8") as file:
        file.write(text)


def _erase(stack: Stack, options: argparse.Namespace) -> int:
    pilots = get_practice(stack, options.practice).alerts.pilot_contacts or ()
    practice_id, patient_id = options.practice, options.patient
    account = stack.wiring.accounts.get(practice_id, patient_id)
    if not (options.yes or _agreed(patient_id)):
        raise CommandError("nothing was erased")
    erased = stack.wiring.contact_erasure.erase(practice_id, patient_id, by=operator())
    print(
        f"{patient_id}: {erased.contacts} contacts, {erased.links} links and sessions erased, and "
        f"the contact of {erased.consents} consents; no alerts go out any more"
    )
    for channel in erased.remembered:
        print(_OPTED_OUT[channel])
    if {account.mobile, account.email} & set(pilots):
        print("It is among the pilot contacts in the practice's settings; take it out there.")
    print("The ledger is as it was. Files imported in the last days may still name the contacts.")
    return 0


def _agreed(patient_id: str) -> bool:
    print(f"This erases the number and the address of {patient_id}, and ends their links.")
    try:
        return input("It cannot be undone. Erase them? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
