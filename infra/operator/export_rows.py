"""What is kept of patients, as rows that other systems read; some as `import` takes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from balance_alerts.domain.contact import WITHDRAWN, Channel, ContactState
from balance_alerts.domain.duplicate import repeats
from balance_alerts.domain.ledger import LedgerEntry
from balance_alerts.store.account_record import NEVER_ALERTED, AccountRecord
from balance_alerts.store.consents import ConsentRecord
from balance_alerts.store.contacts import ContactRecord
from balance_alerts.store.table import Record

_KEYS = frozenset({"pk", "sk", "record", "expires_at", "version", "practice_id"})
"""How items are found and kept apart in the table; it tells nothing of anybody."""

_HOLDS = frozenset({"holds", "hold_notes"})
_INTERNAL = frozenset({"due_practice", "window_seen_closed"})
_YES = {True: "yes", False: ""}


def told(record: Record, *, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Everything that an item holds, instants in UTC, amounts in cents."""
    return {
        name: _plain(getattr(record, name))
        for name in type(record).get_attributes()
        if name not in _KEYS | without
    }


def account_row(account: AccountRecord) -> dict[str, Any]:
    """A patient with everything that is not a row of another file."""
    row = told(account, without=_HOLDS | _INTERNAL)
    if account.last_alert_on == NEVER_ALERTED:
        row["last_alert_on"] = None
    return row


def hold_rows(account: AccountRecord) -> Iterator[dict[str, Any]]:
    """The holds of a patient, with who set each and what they noted, where that is known."""
    notes = account.hold_notes or {}
    for reason, until in account.to_domain().holds.items():
        noted = notes.get(reason, {})
        yield {
            "patient_id": account.patient_id,
            "reason": reason.value,
            "until": _plain(until),
            "note": noted.get("note"),
            "set_by": noted.get("by"),
            "set_at": noted.get("at"),
        }


def contact_rows(
    account: AccountRecord, contacts: Mapping[Channel, ContactRecord]
) -> Iterator[dict[str, Any]]:
    """What is known of a patient's contacts, and since when."""
    for channel, contact in contacts.items():
        yield {
            "patient_id": account.patient_id,
            "channel": channel.value,
            "contact": account.contact(channel),
            **told(contact, without=frozenset({"used_by"})),
        }


def patient_rows(
    account: AccountRecord,
    consents: Iterable[ConsentRecord],
    contacts: Mapping[Channel, ContactRecord],
) -> Iterator[dict[str, str]]:
    """A patient as `import` takes them: one row, or two where each channel has its own consent.

    A channel that is off, or whose contact's owner opted out, is left empty: taken in elsewhere,
    nobody is reminded who does not wish to be.
    """
    base = _patient(account)
    given = {
        channel: consent
        for channel in Channel
        if (consent := _standing_consent(account, channel, consents, contacts)) is not None
    }
    by_consent: dict[tuple[str, datetime], list[Channel]] = {}
    for channel, consent in given.items():
        by_consent.setdefault((consent.source, consent.given_at), []).append(channel)
    if not by_consent:
        yield base
    for (source, given_at), channels in by_consent.items():
        yield base | {
            "text": _YES[Channel.TEXT in channels],
            "email_alerts": _YES[Channel.EMAIL in channels],
            "consent_source": _one_line(source),
            "consent_at": str(_plain(given_at)),
        }


def withdrawn(account: AccountRecord, contacts: Mapping[Channel, ContactRecord]) -> list[Channel]:
    """The channels that the patient, or the contact's owner, does not want to be used.

    No import carries that over, and so nothing elsewhere keeps staff from switching them on.
    """
    return [
        channel
        for channel in Channel
        if account.withdrawn_at(channel) is not None
        or ((contact := contacts.get(channel)) is not None and contact.state in WITHDRAWN)
    ]


def entry_row(patient_id: str, entry: LedgerEntry) -> dict[str, str]:
    """A ledger entry as `import` takes it."""
    return {
        "entry_id": entry.entry_id,
        "patient_id": patient_id,
        "case_id": entry.case_id,
        "case_label": _one_line(entry.case_label),
        "kind": entry.kind.value,
        "amount": _dollars(entry.amount_cents),
        "recorded_at": str(_plain(entry.recorded_at)),
        "service_date": _plain(entry.service_date) or "",
        "cause": _one_line(entry.cause),
        "payer": _one_line(entry.payer),
        "method": _one_line(entry.method),
        "external_ref": _one_line(entry.external_ref),
        "reverses": entry.reverses or "",
        "description": _one_line(entry.description),
    }


def in_import_order(entries: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    """Entries as recorded, but each reversal after what it reverses: an import looks for that."""
    entries = list(entries)
    waiting_for = {entry.entry_id for entry in entries}
    ordered: list[LedgerEntry] = []
    left = entries
    while left:
        later = []
        for entry in left:
            if entry.reverses in waiting_for:
                later.append(entry)
            else:
                ordered.append(entry)
                waiting_for.discard(entry.entry_id)
        if len(later) == len(left):  # they reverse each other, which no import takes
            return ordered + later
        left = later
    return ordered


def would_be_parked(entries: Iterable[LedgerEntry], time_zone: str) -> int:
    """How many payments an import would park, as online ones told a second time.

    Here they count: staff released them, or they came in first.
    """
    entries = list(entries)
    return sum(repeats(entry, entries, time_zone) for entry in entries)


def _patient(account: AccountRecord) -> dict[str, str]:
    return {
        "patient_id": account.patient_id,
        "first_name": _one_line(account.first_name),
        "last_name": _one_line(account.last_name),
        "date_of_birth": account.date_of_birth.isoformat(),
        "mobile": account.mobile or "",
        "email": account.email or "",
        "language": account.language,
        "time_zone": account.time_zone or "",
        "member_ids": ";".join(sorted(account.member_ids or ())),
        "text": "",
        "email_alerts": "",
        "consent_source": "",
        "consent_at": "",
    }


def _standing_consent(
    account: AccountRecord,
    channel: Channel,
    consents: Iterable[ConsentRecord],
    contacts: Mapping[Channel, ContactRecord],
) -> ConsentRecord | None:
    """The consent by which a channel is on; None where it is off or its owner opted out."""
    contact = contacts.get(channel)
    if not account.subscribed(channel) or contact is None:
        return None
    if ContactState(contact.state) in WITHDRAWN:
        return None
    given = [each for each in consents if each.channel == channel and not each.withdrawn]
    return max(given, key=lambda each: each.given_at, default=None)


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    return value


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _dollars(cents: int) -> str:
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"
