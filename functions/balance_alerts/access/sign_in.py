"""Signing in: a link and the date of birth, behind a count of tries."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime

from balance_alerts.access.links import digest as digest_of
from balance_alerts.access.links import works
from balance_alerts.access.sessions import OpenedSession, Sessions
from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.errors import RuleError, TryLaterError
from balance_alerts.domain.sign_in import TRIES_BEFORE_LOCK, NextTry, Tries
from balance_alerts.store import keys, links, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.links import Link
from balance_alerts.store.sign_in_tries import SignInTries

_NOBODY = keys.account("-", "-")
"""Read where there is no link: finding out that a link is unknown takes the same calls."""


class NotRecognised(RuleError):
    """Unknown, expired, revoked, ended or the wrong date: nobody is told which."""

    def __init__(self) -> None:
        super().__init__(
            "not_recognised",
            "We could not find a match. Check the date of birth, ask for a fresh link, or call us.",
        )


class Locked(TryLaterError):
    """Too many wrong tries."""

    def __init__(self, retry_at: datetime) -> None:
        super().__init__(
            "locked",
            "There were too many tries. Wait 15 minutes, then try again, or call us.",
            retry_at,
        )


@dataclass(frozen=True, slots=True)
class SignIn:
    """Lets a patient in.

    A failed try makes the same calls whatever is wrong: read link and tries, read an account,
    count; a note for staff when a lock begins.
    """

    tries: SignInTries
    sessions: Sessions
    clock: Clock

    def sign_in(self, token: str, date_of_birth: date) -> OpenedSession:
        """Open a session for the account that the link is for.

        Raises:
            NotRecognised: the link or the date is wrong.
            Locked: too many wrong tries on this token, whether or not it is a link.
        """
        now = self.clock()
        digest = digest_of(token)
        link, seen = self._look_up(digest)
        account = self._account(link)
        following, counted = self.tries.count(digest, seen, now)
        if following is NextTry.LOCKED and counted.locked_until is not None:
            raise Locked(counted.locked_until)
        matches = _same_date(account.date_of_birth if account else None, date_of_birth)
        if not matches or following is NextTry.ENDED or not _leads_in(link, account, now):
            if following is NextTry.ALLOWED and counted.run >= TRIES_BEFORE_LOCK:
                self.tries.note_locked(digest, link, counted, now)
            raise NotRecognised
        assert link is not None
        self.tries.take_back(digest)
        return self.sessions.open(link, now)

    def _look_up(self, digest: str) -> tuple[Link | None, Tries]:
        link_key, tries_key = keys.link(digest), keys.tries(digest)
        found = table.read([link_key, tries_key])
        link, tries = found.get(link_key), found.get(tries_key)
        return (
            links.to_domain(digest, link) if link else None,
            tries.to_domain() if tries else Tries(),
        )

    def _account(self, link: Link | None) -> AccountRecord | None:
        key = keys.account(link.practice_id, link.patient_id) if link else _NOBODY
        account: AccountRecord | None = table.read([key]).get(key)
        return account


def _same_date(stored: date | None, given: date) -> bool:
    """Compare in the same time wherever they differ, and where there is nothing to compare."""
    known = (stored or date.min).isoformat().encode()
    return hmac.compare_digest(known, given.isoformat().encode()) and stored is not None


def _leads_in(link: Link | None, account: AccountRecord | None, now: datetime) -> bool:
    return link is not None and account is not None and works(link, account, now)
