"""Opaque links: six characters of the practice's code, then 128 bits of randomness."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from balance_alerts.domain.contact import Channel
from balance_alerts.domain.personal import Contact, Token
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.links import Link

LINK_LIFE = timedelta(days=45)
CODE_LENGTH = 6
_CODE_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_RANDOM_BYTES = 16


def new_practice_code() -> str:
    """Six characters to begin a practice's links with, none easily mistaken for another."""
    return "".join(secrets.choice(_CODE_ALPHABET) for _ in range(CODE_LENGTH))


def new_token(practice_code: str) -> Token:
    """A token that nobody can guess, 28 characters that are safe in a URL."""
    return Token(practice_code + secrets.token_urlsafe(_RANDOM_BYTES))


def digest(token: str) -> str:
    """What is stored in a token's place: whoever reads the table cannot open a link."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_link(account: AccountRecord, channel: Channel, *, token: str, now: datetime) -> Link:
    """A link for one account, tied to the contact it is about to be sent to."""
    return Link(
        digest=digest(token),
        practice_id=account.practice_id,
        patient_id=account.patient_id,
        channel=channel,
        contact=Contact(account.contact(channel) or ""),
        created_at=now,
        ends_at=now + LINK_LIFE,
    )


def works(link: Link, account: AccountRecord, now: datetime) -> bool:
    """Whether a link still leads in: not ended, not revoked, and its contact still on file."""
    return now < link.ends_at and stands(
        account, link.channel, contact=link.contact, created_at=link.created_at
    )


def stands(account: AccountRecord, channel: Channel, *, contact: str, created_at: datetime) -> bool:
    """Whether a link, however old, was neither revoked nor sent to a contact given up since.

    A link of staff to a patient without contacts goes with none.
    """
    revoked_at = account.links_revoked_at(channel)
    unrevoked = revoked_at is None or created_at > revoked_at
    return unrevoked and (account.contact(channel) or "") == contact
