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
