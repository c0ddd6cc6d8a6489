"""Contacts: whether a number or an address can be reached, and which accounts use it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pynamodb.attributes import (
    JSONAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    VersionAttribute,
)

from balance_alerts.domain.contact import (
    WITHDRAWN,
    Channel,
    ContactFact,
    ContactState,
    Facts,
    Told,
    facts_with,
    facts_with_state,
    state_of,
)
from balance_alerts.store import keys, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.attributes import DateAttribute, InstantAttribute, instant_text
from balance_alerts.store.table import Record


class ContactRecord(Record, discriminator="contact"):
    """A mobile number of the stack, or an email address of one practice.

    `facts` is all that was told of it; `state` follows from that, with who brought it about and
    when. `used_by` names the accounts it is on file for, as `practice_id/patient_id`. Of a number,
    `help_answered_on` is the last day on which HELP was answered, by who bears `help_claim_id`.
    """

    state = UnicodeAttribute(default=ContactState.REACHABLE.value)
    source = UnicodeAttribute(null=True)
    changed_at = InstantAttribute(null=True)
    facts = JSONAttribute(null=True)
    used_by = UnicodeSetAttribute(null=True)
    help_answered_on = DateAttribute(null=True)
    help_claim_id = UnicodeAttribute(null=True)
    version = VersionAttribute()

    def known(self) -> Facts:
        """What was told of it, also to releases that knew its state only."""
        facts = {
            ContactFact(name): Told(datetime.fromisoformat(told["at"]), told["source"])
            for name, told in (self.facts or {}).items()
        }
        stored = None if self.changed_at is None else Told(self.changed_at, self.source)
        return facts_with_state(facts, ContactState(self.state), stored)

    def take(self, facts: Facts) -> None:
        """Replace what was told of it, and the state that follows from that."""
        state, told = state_of(facts)
        self.state = state.value
        self.source, self.changed_at = (told.source, told.at) if told else (None, None)
        self.facts = {
            fact.value: {"at": instant_text(told.at), "source": told.source}
            for fact, told in sorted(facts.items())
        }

    def users_in(self, practice_id: str) -> list[str]:
        """The patients of one practice who gave this contact."""
        return [patient for practice, patient in self.users() if practice == practice_id]

    def users(self) -> list[tuple[str, str]]:
        """Practice and patient of every account that uses this contact."""
        pairs = (user.split("/", 1) for user in sorted(self.used_by or ()))
        return [(practice, patient) for practice, patient in pairs]


def user(practice_id: str, patient_id: str) -> str:
    """How an account is named in `used_by`; ids hold no slash."""
    return f"{practice_id}/{patient_id}"


def key_of(channel: Channel, *, practice_id: str, contact: str) -> keys.Key:
    """Where the contact lies."""
    if channel is Channel.TEXT:
        return keys.mobile(contact)
    return keys.email(practice_id, contact)


def keys_on_file(account: AccountRecord) -> dict[Channel, keys.Key]:
    """Where the contacts of an account lie."""
    return {
        channel: key_of(channel, practice_id=account.practice_id, contact=contact)
        for channel in Channel
        if (contact := account.contact(channel)) is not None
    }


def contacts_on_file(account: AccountRecord) -> Mapping[Channel, ContactRecord]:
    """The contacts of an account themselves: the account's copy of their state may lag behind."""
    wanted = keys_on_file(account)
    found = table.read(wanted.values())
    return {channel: found[key] for channel, key in wanted.items() if key in found}


def told_of(key: keys.Key, fact: ContactFact, told: Told) -> ContactRecord | None:
    """A contact and what was told of it added, for the caller to write with whom it concerns.

    None where it is not kept: then what has to be known of it all the same is written.
    """
    record: ContactRecord | None = table.read([key]).get(key)
    if record is None:
        new = ContactRecord(*key)
        new.take(facts_with({}, fact, told))
        if new.state in WITHDRAWN:  # of what else becomes of a contact that is nobody's, nothing
            new.save()
        return None
    record.take(facts_with(record.known(), fact, told))
    return record
