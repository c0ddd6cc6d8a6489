"""A contact is a mobile number or an email address; its state is its own, not an account's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class Channel(StrEnum):
    """How an alert reaches a patient."""

    TEXT = "text"
    EMAIL = "email"


class ContactState(StrEnum):
    """What is known of a contact. Alerts go only to a reachable one (Rule 3)."""

    REACHABLE = "reachable"
    OPTED_OUT = "opted_out"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    INVALID = "invalid"


class ContactFact(StrEnum):
    """What may be told of a contact.

    COMPLAINED and OPTED_OUT withdraw consent; only its owner takes that back, by OPTED_IN. INVALID
    and BOUNCED mean that nothing arrives there; staff take that back, by CONFIRMED.
    """

    COMPLAINED = "complained"
    OPTED_OUT = "opted_out"
    OPTED_IN = "opted_in"
    INVALID = "invalid"
    BOUNCED = "bounced"
    CONFIRMED = "confirmed"


TAKES_BACK = frozenset({ContactFact.OPTED_IN, ContactFact.CONFIRMED})
"""What is told in favour of sending; all else is against it."""


@dataclass(frozen=True, slots=True, order=True)
class Told:
    """When something was told, and by whom, in stable words such as `one_click`."""

    at: datetime
    source: str


Facts = Mapping[ContactFact, Told]
"""Each fact as it was last told."""

_AGAINST_SENDING = (
    (ContactFact.COMPLAINED, ContactState.COMPLAINED, ContactFact.OPTED_IN),
    (ContactFact.OPTED_OUT, ContactState.OPTED_OUT, ContactFact.OPTED_IN),
    (ContactFact.INVALID, ContactState.INVALID, ContactFact.CONFIRMED),
    (ContactFact.BOUNCED, ContactState.BOUNCED, ContactFact.CONFIRMED),
)
"""A fact, the state that it means, and what takes it back; the first that stands decides."""

BY_STAFF: Final = "staff"
"""The source of what staff told."""


def facts_with(facts: Facts, fact: ContactFact, told: Told) -> Facts:
    """What is known once `fact` was told, too: of each fact the latest counts.

    So reports that come late, twice or in any order lead to the same.
    """
    known = facts.get(fact)
    return {**facts, fact: told if known is None else max(known, told)}


def state_of(facts: Facts) -> tuple[ContactState, Told | None]:
    """The state that facts lead to, and what was told last to bring it about.

    Where consent is withdrawn and given back at the same instant, it is withdrawn.
    """
    for fact, state, undone_by in _AGAINST_SENDING:
        told, undone = facts.get(fact), facts.get(undone_by)
        if told is not None and (undone is None or told.at >= undone.at):
            return state, told
    good = (ContactFact.OPTED_IN, ContactFact.CONFIRMED)
    return ContactState.REACHABLE, max(
        (facts[each] for each in good if each in facts), default=None
    )


def facts_with_state(facts: Facts, state: ContactState, told: Told | None) -> Facts:
    """What is known, given also the state that is stored beside the facts, and what it comes from.

    They differ where a release changed the state that kept no facts, before the first that does
    or after a roll-back to one.
    """
    if told is None or state_of(facts) == (state, told):
        return facts
    meant = {means: fact for fact, means, _ in _AGAINST_SENDING}.get(state)
    if meant is None:
        meant = ContactFact.CONFIRMED if told.source == BY_STAFF else ContactFact.OPTED_IN
    return facts_with(facts, meant, told)


WITHDRAWING = frozenset({ContactFact.OPTED_OUT, ContactFact.COMPLAINED})
"""What an owner tells to withdraw consent, and the states that it leads to."""

WITHDRAWN = frozenset({ContactState.OPTED_OUT, ContactState.COMPLAINED})

TAKES_RECEIPTS = frozenset({ContactState.REACHABLE, ContactState.OPTED_OUT})
"""Whoever opted out did so of alerts. A receipt is none: it answers what the patient just did, and
nobody should have to choose between reminders and a proof of having paid. To an address that is
bad, or whose owner called an email spam, nothing is sent at all."""


def mask_mobile(number: str | None) -> str | None:
    """`***-***-1234`: enough to tell two numbers apart, not enough to call one."""
    return None if number is None else f"***-***-{number[-4:]}"


def mask_contact(contact: str | None) -> str | None:
    """Whichever it is."""
    return mask_email(contact) if contact and "@" in contact else mask_mobile(contact)


def mask_email(address: str | None) -> str | None:
    """`j***@example.org`."""
    if address is None:
        return None
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"
