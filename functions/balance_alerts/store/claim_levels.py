"""What the patient owes by each claim of a case, as last adjudicated.

One item a case. Its levels and the entry that brings them into the ledger are written ahead of
the entry: a worker killed between the two leaves `pending`, which the next one posts first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute, VersionAttribute

from balance_alerts.domain.claim_level import Level
from balance_alerts.domain.ledger import EntryKind, LedgerEntry
from balance_alerts.store import keys, table
from balance_alerts.store.attributes import instant_text
from balance_alerts.store.table import Record


class ClaimLevelsRecord(Record, discriminator="claim_levels"):
    """The levels of one case, and the entry still to be posted for the newest of them."""

    case_id = UnicodeAttribute()
    levels = JSONAttribute()
    pending = JSONAttribute(null=True)
    version = VersionAttribute()

    def levels_of_claims(self) -> list[Level]:
        """As the rules see them."""
        return [_level(stored) for stored in self.levels]

    def pending_entry(self) -> tuple[LedgerEntry, str] | None:
        """The entry to post before anything else, and where it came from."""
        if self.pending is None:
            return None
        return entry_of(self.pending["entry"]), self.pending["origin"]


def read_levels(practice_id: str, patient_id: str, case_id: str) -> ClaimLevelsRecord:
    """The levels of a case, read consistently; a record to be saved where there are none."""
    key = keys.claim_levels(practice_id, patient_id, case_id)
    found: ClaimLevelsRecord | None = table.read([key]).get(key)
    return found or ClaimLevelsRecord(*key, case_id=case_id, levels=[])


def write_ahead(
    record: ClaimLevelsRecord,
    levels: Sequence[Level],
    entry: LedgerEntry | None,
    *,
    origin: str,
) -> None:
    """Replace the levels, with the entry to be posted for them and where it comes from.

    Raises:
        pynamodb.exceptions.PutError: another worker was faster; read again.
    """
    before = record.levels
    record.levels = [_stored(level) for level in levels]
    record.pending = None
    if entry is not None:
        record.pending = {"entry": stored_entry(entry), "origin": origin, "before": before}
    record.save()


def settle(record: ClaimLevelsRecord, *, posted: bool) -> None:
    """The pending entry is in the ledger, or the ledger refused it and the levels go back.

    Raises:
        pynamodb.exceptions.PutError: another worker was faster; read again.
    """
    if record.pending is not None and not posted:
        record.levels = record.pending["before"]
    record.pending = None
    record.save()


def stored_entry(entry: LedgerEntry) -> dict[str, Any]:
    """A ledger entry as JSON."""
    values = {name: value for name, value in asdict(entry).items() if value is not None}
    values["recorded_at"] = instant_text(entry.recorded_at)
    if entry.service_date is not None:
        values["service_date"] = entry.service_date.isoformat()
    return values


def entry_of(stored: dict[str, Any]) -> LedgerEntry:
    """A ledger entry from JSON."""
    service_date = stored.get("service_date")
    values = stored | {
        "kind": EntryKind(stored["kind"]),
        "amount_cents": int(stored["amount_cents"]),
        "recorded_at": datetime.fromisoformat(stored["recorded_at"]),
        "service_date": service_date and date.fromisoformat(service_date),
    }
    return LedgerEntry(**values)


def _stored(level: Level) -> dict[str, Any]:
    return {
        "cents": level.cents,
        "recorded_on": level.recorded_on.isoformat(),
        "service_on": level.service_on and level.service_on.isoformat(),
        "payer_claim_ids": sorted(level.payer_claim_ids),
        "keys": list(level.keys),
    }


def _level(stored: dict[str, Any]) -> Level:
    service_on = stored["service_on"]
    return Level(
        cents=int(stored["cents"]),
        recorded_on=date.fromisoformat(stored["recorded_on"]),
        service_on=service_on and date.fromisoformat(service_on),
        payer_claim_ids=frozenset(stored["payer_claim_ids"]),
        keys=tuple(stored["keys"]),
    )
