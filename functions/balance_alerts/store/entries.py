"""Ledger entries, cases and entry ids as stored."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from datetime import datetime
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from balance_alerts.domain.allocation import CaseDebt
from balance_alerts.domain.ledger import EntryKind, LedgerEntry
from balance_alerts.store import keys
from balance_alerts.store.attributes import DateAttribute, InstantAttribute
from balance_alerts.store.table import Record

ENTRIES = "ENTRY#"
"""What the sort keys of entries begin with."""

_FACTS = tuple(field.name for field in fields(LedgerEntry))
_TOLD_BY_THE_GATEWAY = frozenset({EntryKind.PAYMENT, EntryKind.REFUND, EntryKind.CHARGEBACK})


class EntryRecord(Record, discriminator="entry"):
    """A ledger entry. Append-only: it is put once and never changed."""

    entry_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    amount_cents = NumberAttribute()
    case_id = UnicodeAttribute()
    case_label = UnicodeAttribute(null=True)
    recorded_at = InstantAttribute()
    service_date = DateAttribute(null=True)
    cause = UnicodeAttribute(null=True)
    payer = UnicodeAttribute(null=True)
    method = UnicodeAttribute(null=True)
    external_ref = UnicodeAttribute(null=True)
    reverses = UnicodeAttribute(null=True)
    description = UnicodeAttribute(null=True)
    posted_at = InstantAttribute()

    def to_domain(self) -> LedgerEntry:
        """As the rules see it."""
        return LedgerEntry(
            entry_id=self.entry_id,
            kind=EntryKind(self.kind),
            amount_cents=int(self.amount_cents),
            case_id=self.case_id,
            case_label=self.case_label,
            recorded_at=self.recorded_at,
            service_date=self.service_date,
            cause=self.cause,
            payer=self.payer,
            method=self.method,
            external_ref=self.external_ref,
            reverses=self.reverses,
            description=self.description,
        )


class EntryIdRecord(Record, discriminator="entry_id"):
    """Makes an entry's id unique in its practice, and tells what was posted under it.

    `origin` is where it came from (an import's line, say); `reversed_by` names the adjustment
    that cancelled it.
    """

    patient_id = UnicodeAttribute()
    digest = UnicodeAttribute()
    kind = UnicodeAttribute()
    signed_cents = NumberAttribute()
    case_id = UnicodeAttribute()
    recorded_at = InstantAttribute()
    origin = UnicodeAttribute(null=True)
    reverses = UnicodeAttribute(null=True)
    reversed_by = UnicodeAttribute(null=True)


class PostedTransactionRecord(Record, discriminator="posted_transaction"):
    """Makes a transaction of the gateway one payment in its practice's ledgers. Never removed.

    `kind` says what it became where that is no payment: a refund, a chargeback, or an adjustment
    that undid one of them.
    """

    kind = UnicodeAttribute(null=True)
    patient_id = UnicodeAttribute()
    attempt_id = UnicodeAttribute()
    posted_at = InstantAttribute()


def void_ref(trans_id: str) -> str:
    """What the void of a charge is posted under: at the gateway it has the charge's own id."""
    return f"{trans_id}.void"


def chargeback_ref(trans_id: str) -> str:
    """What the chargeback of a charge is posted under."""
    return f"{trans_id}.chargeback"


def gateway_refs(entry: LedgerEntry) -> list[str]:
    """The references under which this entry is posted where the gateway told of it."""
    if entry.external_ref is None or entry.kind not in _TOLD_BY_THE_GATEWAY:
        return []
    ref = entry.external_ref
    return [ref] if entry.kind is EntryKind.PAYMENT else [ref, void_ref(ref), chargeback_ref(ref)]


def undone_ref(ref: str) -> str:
    """What the end of a refund or chargeback is posted under: voided, or won by the practice."""
    return f"{ref}.undone"


class CaseRecord(Record, discriminator="case"):
    """A case of an account: its share of the balance, and since when something was owed on it."""

    case_id = UnicodeAttribute()
    label = UnicodeAttribute(null=True)
    balance_cents = NumberAttribute(default=0)
    first_responsibility_at = InstantAttribute(null=True)


def _facts(entry: LedgerEntry) -> dict[str, Any]:
    """What an entry says, by name; all of it is plain, which `asdict` would copy all the same."""
    return {name: getattr(entry, name) for name in _FACTS}


def digest_of(patient_id: str, entry: LedgerEntry) -> str:
    """Tells an entry sent again from another one under the same id."""
    content = json.dumps([patient_id, _facts(entry)], sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()


def entry_record(
    practice_id: str, patient_id: str, entry: LedgerEntry, posted_at: datetime
) -> EntryRecord:
    """The entry as an item of its account's collection."""
    return EntryRecord(
        *keys.entry(practice_id, patient_id, entry.recorded_at, entry.entry_id),
        **_facts(entry) | {"kind": entry.kind.value},
        posted_at=posted_at,
    )


def entry_id_record(
    practice_id: str, patient_id: str, entry: LedgerEntry, origin: str | None
) -> EntryIdRecord:
    """The claim of an entry on its id."""
    return EntryIdRecord(
        *keys.entry_id(practice_id, entry.entry_id),
        patient_id=patient_id,
        digest=digest_of(patient_id, entry),
        kind=entry.kind.value,
        signed_cents=entry.signed_cents,
        case_id=entry.case_id,
        recorded_at=entry.recorded_at,
        origin=origin,
        reverses=entry.reverses,
    )


def entries_of(practice_id: str, patient_id: str) -> list[LedgerEntry]:
    """The whole ledger of one account in order of recording, read consistently."""
    pk, _ = keys.account(practice_id, patient_id)
    found = EntryRecord.query(pk, EntryRecord.sk.startswith("ENTRY#"), consistent_read=True)
    return [record.to_domain() for record in found]


def entries_between(
    practice_id: str, patient_id: str, earliest: datetime, latest: datetime
) -> list[LedgerEntry]:
    """The entries of one account recorded from `earliest` to `latest`, read consistently."""
    pk, first = keys.entry(practice_id, patient_id, earliest, "")
    _, last = keys.entry(practice_id, patient_id, latest, "~")
    found = EntryRecord.query(pk, EntryRecord.sk.between(first, last), consistent_read=True)
    return [record.to_domain() for record in found]


def newest_entries(
    practice_id: str, patient_id: str, *, after: str | None, limit: int
) -> tuple[list[LedgerEntry], str | None]:
    """A page of entries, newest first, and the sort key to go on after; None on the last page.

    One more than asked for is read, so that a page that ends the ledger says so.
    """
    pk, _ = keys.account(practice_id, patient_id)
    records = list(
        EntryRecord.query(
            pk,
            EntryRecord.sk.startswith(ENTRIES),
            consistent_read=True,
            scan_index_forward=False,
            limit=limit + 1,
            last_evaluated_key=None if after is None else {"pk": {"S": pk}, "sk": {"S": after}},
        )
    )
    page = records[:limit]
    more = len(records) > limit
    return [record.to_domain() for record in page], page[-1].sk if more else None


def cases_of(practice_id: str, patient_id: str) -> list[CaseRecord]:
    """The cases of one account, read consistently."""
    pk, _ = keys.account(practice_id, patient_id)
    return list(CaseRecord.query(pk, CaseRecord.sk.startswith("CASE#"), consistent_read=True))


def debts_of(cases: list[CaseRecord]) -> list[CaseDebt]:
    """Cases as payments are allotted to them."""
    return [
        CaseDebt(case.case_id, int(case.balance_cents), case.first_responsibility_at)
        for case in cases
    ]
