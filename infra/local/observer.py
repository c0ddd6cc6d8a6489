"""What the demonstration sees of a practice: accounts, decisions, alerts, messages."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from balance_alerts.alerts.history import alert_history
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.decide import Decision, decide
from balance_alerts.domain.practice import Practice
from balance_alerts.imports.csv_header import COLUMNS, CsvKind
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.entries import entries_of
from infra.local import sample
from infra.local.deploy import REPOSITORY
from infra.local.outbox import Message
from infra.local.stack import LocalStack

_IMPORT_COLUMNS = ("read", "added", "changed", "unchanged", "parked", "refused")


class Observer:
    """Looks at one practice of a running stack; `folder` holds the files commands name."""

    def __init__(self, stack: LocalStack, practice_id: str, *, url: str, folder: Path) -> None:
        self._stack = stack
        self._practice_id = practice_id
        self._url = url
        self._folder = folder

    def practice(self) -> Practice:
        """Return the practice as stored."""
        return self._stack.wiring.practices.get(self._practice_id)

    def is_listed_as_due(self, patient_id: str) -> bool:
        """Tell whether the due index holds an account."""
        return self.account(patient_id).due_practice is not None

    def date_of_birth(self, patient_id: str) -> str:
        """Return the date of birth in the sample's file, which the patient knows by heart."""
        with (self._folder / sample.IMPORTS[0]).open(encoding="utf-8", newline="") as file:
            rows = {row["patient_id"]: row for row in csv.DictReader(file)}
        return rows[patient_id]["date_of_birth"]

    def account(self, patient_id: str) -> AccountRecord:
        """Return an account as stored."""
        return self._stack.wiring.accounts.get(self._practice_id, patient_id)

    def decision(self, patient_id: str) -> Decision:
        """Return what the rules say of an account now."""
        return decide(self.account(patient_id).to_domain(), self.practice(), self._stack.now())

    def due(self, patient_ids: Iterable[str]) -> list[str]:
        """Return those who are due now."""
        return [each for each in patient_ids if self.decision(each).reason is None]

    def alerted_on(self, patient_id: str) -> list[date]:
        """Return the local dates of an account's alerts, newest first."""
        alerts = self._stack.wiring.alerts
        history = alert_history(alerts, self.account(patient_id), self._stack.now())
        return [alert.sent_on for alert in history]

    def contacts(self, patient_ids: Iterable[str]) -> Counter[tuple[str, str]]:
        """Count the contacts that one alert to each of these patients goes to, by channel."""
        wanted: Counter[tuple[str, str]] = Counter()
        for account in map(self.account, patient_ids):
            for channel in Channel:
                contact = account.contact(channel)
                if contact and account.to_domain().subscription(channel).active:
                    wanted[channel.value, contact] += 1
        return wanted

    def payment_file(self, patient_id: str, amount_cents: int) -> str:
        """Return an import file with a payment made now, to the case of the newest entry."""
        entries = entries_of(self._practice_id, patient_id)
        row = {
            "entry_id": f"{patient_id}-desk-1",
            "patient_id": patient_id,
            "case_id": max(entries, key=lambda entry: entry.recorded_at).case_id,
            "kind": "payment",
            "amount": f"{amount_cents / 100:.2f}",
            "recorded_at": self._stack.now().isoformat(),
            "method": "card",
        }
        file = io.StringIO()
        writer = csv.DictWriter(file, COLUMNS[CsvKind.ENTRIES])
        writer.writeheader()
        writer.writerow(row)
        return file.getvalue()

    def command(self, *arguments: str) -> tuple[str, subprocess.CompletedProcess[str]]:
        """Run the operator's command; returns how one would type it, and its result."""
        words = [word.replace(f"{self._folder}{os.sep}", "") for word in arguments]
        typed = " ".join(f'"{word}"' if " " in word else word for word in words)
        paths = os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "functions")])
        result = subprocess.run(
            [sys.executable, "-m", "infra.operator.cli", "--local", self._url, *arguments],
            env=os.environ | {"PYTHONPATH": paths},
            check=False,
            capture_output=True,
            text=True,
        )
        return f"$ balance-alerts {typed}", result


def reached(messages: Iterable[Message]) -> Counter[tuple[str, str]]:
    """Count the contacts that messages went to, by channel."""
    return Counter((message.channel, message.to) for message in messages)


def import_row(output: str, name: str) -> dict[str, str]:
    """Return what the command said of a file, by column."""
    row = next((line for line in output.splitlines() if line.startswith(f"{name} ")), "")
    return dict(zip(_IMPORT_COLUMNS, row.split()[1:], strict=False))


def import_counts(expected: dict[str, int]) -> dict[str, int]:
    """Return a file's expected counts as the command shows them: what became of each line read.

    Of a remittance's claims those count as added that led to an entry.
    """
    read = expected.get("lines") or expected["claims"]
    added = expected.get("entries", expected.get("added", 0))
    parked, refused = expected.get("parked", 0), expected["refused"]
    return {
        "read": read,
        "added": added,
        "unchanged": read - added - parked - refused,
        "parked": parked,
        "refused": refused,
    }
