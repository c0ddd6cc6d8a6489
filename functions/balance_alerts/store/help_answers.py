"""One answer to HELP a number and day: whoever claims the day sends it."""

from __future__ import annotations

from datetime import date

from balance_alerts.domain.contact import ContactState
from balance_alerts.store import keys, races, table
from balance_alerts.store.contacts import ContactRecord


def claim_day(number: str, claim_id: str, today: date) -> bool:
    """Whether the bearer of this id, which nobody used before, is the one who may answer today.

    On condition that the number can be reached, and stays as it is read: an opt-out that comes
    between wins. Repeated by the SDK, the claim still holds if it was written.
    """

    def write() -> bool:
        contact = _contact(number)
        if contact is None or contact.state != ContactState.REACHABLE:
            return False
        if contact.help_claim_id == claim_id:
            return True
        if contact.help_answered_on is not None and contact.help_answered_on >= today:
            return False
        contact.help_answered_on, contact.help_claim_id = today, claim_id
        table.update_with(contact, ())
        return True

    return races.retrying(write)


def give_day_back(number: str, claim_id: str) -> None:
    """Certainly nothing was sent: whoever comes next may answer."""

    def write() -> None:
        contact = _contact(number)
        if contact is not None and contact.help_claim_id == claim_id:
            contact.help_answered_on = contact.help_claim_id = None
            table.update_with(contact, ())

    races.retrying(write)


def _contact(number: str) -> ContactRecord | None:
    key = keys.mobile(number)
    contact: ContactRecord | None = table.read([key]).get(key)
    return contact
