"""Sessions: what a patient's browser holds for half an hour after signing in."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from balance_alerts.access.links import stands
from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.personal import Token
from balance_alerts.domain.practice import Practice
from balance_alerts.overlap import at_once
from balance_alerts.store import keys, sessions, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.links import Link
from balance_alerts.store.practice_records import PracticeRecord
from balance_alerts.store.sessions import Session, SessionRecord, SessionStore

T = TypeVar("T")

SESSION_LIFE = timedelta(minutes=30)
_SECRET_BYTES = 32
_LONGEST = 512


class NoSession(RuleError):
    """No session, or one that has ended."""

    def __init__(self) -> None:
        super().__init__("no_session", "Sign in again with the link from your message.")


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """What the browser gets: the session's token, and when it ends."""

    session: Token
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """Whose session it is: the account and its practice as they are now."""

    session: Session
    account: AccountRecord
    practice: Practice
    now: datetime

    @property
    def practice_id(self) -> str:
        """The practice's id."""
        return self.session.practice_id

    @property
    def patient_id(self) -> str:
        """The account's id."""
        return self.session.patient_id

    @property
    def time_zone(self) -> str:
        """The zone of the patient's local days."""
        return self.account.time_zone or self.practice.time_zone


class Sessions:
    """Opens sessions and tells whose they are.

    A token is a secret and the keys of its account, so that session, account and practice are
    read together in one call. The keys are worth nothing without the secret: the stored session,
    found by the digest of the whole token, must say the same.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._store = SessionStore()

    def open(self, link: Link, now: datetime) -> OpenedSession:
        """Open a session for whoever came by this link and knew the date of birth."""
        place = _place(link.practice_id, link.patient_id)
        token = Token(f"{secrets.token_urlsafe(_SECRET_BYTES)}.{place}")
        ends_at = now + SESSION_LIFE
        self._store.keep(
            Session(
                digest=_digest(token),
                practice_id=link.practice_id,
                patient_id=link.patient_id,
                channel=link.channel,
                contact=link.contact,
                link_created_at=link.created_at,
                created_at=now,
                ends_at=ends_at,
            )
        )
        return OpenedSession(token, ends_at)

    def visit(self, token: str) -> Visit:
        """Whose session this is.

        Raises:
            NoSession: there is none, it ended, or its link was revoked since.
        """
        practice_id, patient_id = _named_in(token)
        wanted = (
            keys.session(_digest(token)),
            keys.account(practice_id, patient_id),
            keys.practice(practice_id),
        )
        found = table.read(wanted)
        return self._admit(_digest(token), (found.get(key) for key in wanted))

    def visit_with(self, token: str, read: Callable[[str, str], T]) -> tuple[Visit, T]:
        """Whose session this is, and what `read` finds by the ids of practice and patient.

        It reads at the same time, so of whom the token names: without a session nobody gets it.

        Raises:
            NoSession: as for `visit`.
        """
        found: list[T] = []
        named = _named_in(token)
        visit = at_once(lambda: self.visit(token), lambda: found.append(read(*named)))
        return visit, found[0]

    def _admit(self, digest: str, found: Iterable[Any]) -> Visit:
        record: SessionRecord | None
        account: AccountRecord | None
        practice: PracticeRecord | None
        record, account, practice = found
        if record is None or account is None or practice is None:
            raise NoSession
        session, now = sessions.to_domain(digest, record), self._clock()
        theirs = (session.practice_id, session.patient_id)
        if theirs != (account.practice_id, account.patient_id) or now >= session.ends_at:
            raise NoSession
        if not stands(
            account, session.channel, contact=session.contact, created_at=session.link_created_at
        ):
            raise NoSession
        return Visit(session, account, practice.to_domain(), now)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _place(practice_id: str, patient_id: str) -> str:
    return urlsafe_b64encode(f"{practice_id}/{patient_id}".encode()).decode().rstrip("=")


def _named_in(token: str) -> tuple[str, str]:
    """Practice and patient as the token says; whether that is so, the stored session tells."""
    _, _, place = token.partition(".")
    if not place or len(token) > _LONGEST:
        raise NoSession
    try:
        decoded = urlsafe_b64decode(place + "=" * (-len(place) % 4)).decode()
    except (NotBase64, ValueError) as error:
        raise NoSession from error
    practice_id, slash, patient_id = decoded.partition("/")
    if not (practice_id and slash and patient_id):
        raise NoSession
    return practice_id, patient_id
