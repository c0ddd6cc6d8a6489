"""Guards of contacts: where nothing may be sent any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from balance_alerts.alerts import send, send_now
from balance_alerts.domain.contact import Told
from balance_alerts.store import accounts, contacts
from tests.simulation.mutations.table import Patches, guard, mutation, together


@mutation
def what_is_told_of_a_contact_is_lost() -> Patches:
    """Opt-outs, bounces, complaints."""
    yield patch.object(contacts, "told_of", lambda *_: None)


@guard
def contacts_are_not_followed() -> Patches:
    """The account's copy of a state stays as it was."""
    yield patch.object(accounts, "_follow", lambda *_: [])


@guard
def contacts_are_not_asked_at_sending() -> Patches:
    """The account's copy of their state lags behind where a worker was killed."""

    def reachable(due: Any, seen: Any) -> Any:
        found = {channel: seen.contact(due.account, channel) for channel in due.channels}
        return {channel: contact for channel, contact in found.items() if contact is not None}

    for module in (send, send_now):
        yield patch.object(module, "reachable", reachable)


together(
    "contacts_are_neither_followed_nor_asked",
    contacts_are_not_followed,
    contacts_are_not_asked_at_sending,
)


@mutation
def what_is_heard_last_counts() -> Patches:
    """Whenever it was said."""
    real = contacts.facts_with

    def facts_with(facts: Any, fact: Any, told: Told) -> Any:
        newest = max((each.at for each in facts.values()), default=told.at)
        heard = told if newest < told.at else replace(told, at=newest + timedelta(microseconds=1))
        return real(facts, fact, heard)

    yield patch.object(contacts, "facts_with", facts_with)


@mutation
def accounts_follow_their_contact_afterwards() -> Patches:
    """Whoever told of it may be killed in between."""
    yield patch.object(accounts, "FOLLOW_TOGETHER", 0)
