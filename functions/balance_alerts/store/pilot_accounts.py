"""The accounts of the contacts on which a practice tries its alerts out."""

from __future__ import annotations

from balance_alerts.domain.account import Account
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.practice import Practice
from balance_alerts.store import contacts, keys, table
from balance_alerts.store.account_record import AccountRecord


def pilot_accounts(practice: Practice) -> list[Account]:
    """The accounts of the practice that one of its pilot contacts is on file for."""
    return [account.to_domain() for account in _records(practice)]


def pilot_channels(practice: Practice) -> dict[str, list[Channel]] | None:
    """The channels on which each patient of the pilot may be sent to; None without a pilot."""
    if practice.alerts.pilot_contacts is None:
        return None
    return {
        account.patient_id: [
            channel
            for channel in Channel
            if practice.alerts.may_send_to(account.contact(channel) or "")
        ]
        for account in _records(practice)
    }


def _records(practice: Practice) -> list[AccountRecord]:
    practice_id = practice.practice_id
    contact_keys = [
        contacts.key_of(
            Channel.EMAIL if "@" in contact else Channel.TEXT,
            practice_id=practice_id,
            contact=contact,
        )
        for contact in practice.alerts.pilot_contacts or ()
    ]
    found: list[contacts.ContactRecord] = list(table.read(contact_keys).values())
    patient_ids = {patient_id for contact in found for patient_id in contact.users_in(practice_id)}
    wanted = [keys.account(practice_id, patient_id) for patient_id in sorted(patient_ids)]
    return list(table.read(wanted).values())
