"""Erasing a patient's contacts at their request. Their ledger, balance and payments stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from balance_alerts.domain.audit import Who
from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.contact import WITHDRAWN, Channel, mask_contact
from balance_alerts.domain.patient import PatientDetails
from balance_alerts.store import contacts, races, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.audit import AuditRecord, audit_record
from balance_alerts.store.consents import ConsentRecord, consents_of
from balance_alerts.store.contact_changes import ContactChanges
from balance_alerts.store.links import forget_links_of

BOTH_CONTACTS = frozenset({"mobile", "email"})
CONSENTS_AT_ONCE = 80
"""As many as a transaction takes beside the account and its contacts."""


@dataclass(slots=True)
class Erased:
    """What was taken away, and the channels whose contact stays known as opted out."""

    contacts: int = 0
    consents: int = 0
    links: int = 0
    remembered: list[Channel] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ContactErasure:
    """Takes a patient's contacts off everything that is kept."""

    accounts: Accounts
    clock: Clock

    def erase(self, practice_id: str, patient_id: str, *, by: Who) -> Erased:
        """Erase both contacts.

        First, in one transaction with its note in the audit trail, the account gives up both
        contacts, its alerts are switched off, its links end, and the consents keep a mask in place
        of the contact: from then on nothing is sent and nobody comes in. Then the links and
        sessions themselves go. Killed in between, done again it goes on; done again afterwards,
        it changes nothing.

        A contact that other patients gave stays theirs. One whose owner opted out stays on the list
        of those that are not written to, tied to nobody.

        Raises:
            RuleError: `unknown_patient`.
        """
        erased = Erased()
        while races.retrying(lambda: self._erase_some(practice_id, patient_id, by, erased)):
            pass
        erased.links = forget_links_of(practice_id, patient_id)
        return erased

    def _erase_some(self, practice_id: str, patient_id: str, by: Who, erased: Erased) -> bool:
        """One transaction; whether there is more to erase."""
        now = self.clock()
        account = self.accounts.get(practice_id, patient_id)
        before, on_file = _told(account), contacts.keys_on_file(account)
        clearing = PatientDetails(patient_id=patient_id, clears=BOTH_CONTACTS)
        changes = ContactChanges(
            account, clearing, recorded_by=by.id, recorded_by_name=by.name, now=now
        )
        writes = changes.take()
        for channel in Channel:
            account.subscribe(channel, False)
        if account.changes():
            for channel in Channel:
                account.revoke_links(channel, now)
        telling = [each for each in consents_of(practice_id, patient_id) if _tells(each)]
        masked, more = telling[:CONSENTS_AT_ONCE], len(telling) > CONSENTS_AT_ONCE
        if not (account.changes() or masked):
            return False
        known = table.read(on_file.values())
        with table.transaction() as transaction:
            for write in writes:
                write(transaction)
            for consent in masked:
                mask = ConsentRecord.contact.set(str(mask_contact(consent.contact)))
                transaction.update(consent, [mask])
            transaction.save(_note(account, before, by, now))
            if account_changes := account.changes():
                transaction.update(account, account_changes)
        erased.contacts += len(on_file)
        erased.consents += len(masked)
        erased.remembered += [
            channel
            for channel, key in on_file.items()
            if key in known and known[key].state in WITHDRAWN
        ]
        return more


def _tells(consent: ConsentRecord) -> bool:
    """Whether it still holds the contact itself."""
    return consent.contact is not None and consent.contact != mask_contact(consent.contact)


def _told(account: AccountRecord) -> dict[str, object]:
    """What of it the audit trail tells."""
    return {
        "mobile": mask_contact(account.mobile),
        "email": mask_contact(account.email),
        "text_alerts": account.text_subscribed,
        "email_alerts": account.email_subscribed,
    }


def _note(
    account: AccountRecord, before: Mapping[str, object], by: Who, now: datetime
) -> AuditRecord:
    return audit_record(
        account.practice_id,
        by,
        now,
        action="contacts_erased",
        subject=f"patient {account.patient_id}",
        before=before,
        after=_told(account),
    )
