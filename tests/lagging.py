"""Accounts that lag behind a contact, as where very many share one."""

from __future__ import annotations

from balance_alerts.domain.contact import ContactFact, Told
from balance_alerts.store import contacts, keys, table


def tell_only_the_contact(key: keys.Key, fact: ContactFact, told: Told) -> None:
    """Tell something of a contact that no account follows yet."""
    contact = contacts.told_of(key, fact, told)
    assert contact is not None
    table.update_with(contact, ())
