"""A contact is a mobile number or an email address; its state is its own, not an account's."""

from __future__ import annotations

from enum import StrEnum


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

    def after(self, news: ContactState) -> ContactState:
        """The state once `news` comes in.

        A withdrawal of consent stands: what a provider finds out about the contact later must not
        turn it into something that staff may clear. Its owner takes it back by opting in again.
        """
        return self if self in WITHDRAWN else news

    def after_owner_opted_in(self) -> ContactState:
        """The state once its owner, and nobody else, asked for alerts again.

        That takes back a withdrawal; it does not make a bad number or address a good one.
        """
        return ContactState.REACHABLE if self in WITHDRAWN else self


WITHDRAWN = frozenset({ContactState.OPTED_OUT, ContactState.COMPLAINED})

TAKES_RECEIPTS = frozenset({ContactState.REACHABLE, ContactState.OPTED_OUT})
"""Whoever opted out did so of alerts. A receipt is none: it answers what the patient just did, and
nobody should have to choose between reminders and a proof of having paid. To an address that is
bad, or whose owner called an email spam, nothing is sent at all."""


def mask_mobile(number: str | None) -> str | None:
    """`***-***-1234`: enough to tell two numbers apart, not enough to call one."""
    return None if number is None else f"***-***-{number[-4:]}"


def mask_email(address: str | None) -> str | None:
    """`j***@example.org`."""
    if address is None:
        return None
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"
