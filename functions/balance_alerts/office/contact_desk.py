"""Staff confirm that a contact is right although messages to it failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from balance_alerts.domain.audit import Who
from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.contact import (
    BY_STAFF,
    WITHDRAWN,
    Channel,
    ContactFact,
    ContactState,
    mask_contact,
)
from balance_alerts.domain.errors import RuleError
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.audit import audit_record
from balance_alerts.store.contacts import contacts_on_file

if TYPE_CHECKING:
    from balance_alerts.channels.email_suppression import EmailSuppression


@dataclass(frozen=True, slots=True)
class ContactDesk:
    """Clears what made a contact unreachable, but never an opt-out."""

    accounts: Accounts
    email_suppression: Callable[[], EmailSuppression]
    clock: Clock

    def confirm(self, practice_id: str, patient_id: str, channel: Channel, *, by: Who) -> None:
        """Make the contact on file for a channel reachable again, for everyone who uses it.

        What counts is the contact itself, not the account's copy of its state; where that lags
        behind it is mended. An address that bounced is taken off the provider's own list first: it
        would not send to it all the same.

        Raises:
            RuleError: `unknown_patient`, `no_contact`, `contact_opted_out`.
        """
        now = self.clock()
        account = self.accounts.get(practice_id, patient_id)
        contact, record = account.contact(channel), contacts_on_file(account).get(channel)
        if contact is None or record is None:
            raise RuleError("no_contact", f"There is no contact on file for {channel} alerts.")
        state = ContactState(record.state)
        if state in WITHDRAWN:
            raise RuleError(
                "contact_opted_out", "This contact opted out; only its owner can opt in again."
            )
        if state is ContactState.REACHABLE:
            self.accounts.follow_contact(practice_id, patient_id, channel)
            return
        if channel is Channel.EMAIL:
            self.email_suppression().take_off(contact)
        note = audit_record(
            practice_id,
            by,
            now,
            action="contact_confirmed",
            subject=f"patient {patient_id}",
            before={"contact": None, "state": state.value},
            after={"contact": mask_contact(contact), "state": ContactState.REACHABLE.value},
        )
        self.accounts.tell_of_contact(
            practice_id,
            channel,
            contact,
            ContactFact.CONFIRMED,
            source=BY_STAFF,
            at=now,
            with_it=[note],
        )
