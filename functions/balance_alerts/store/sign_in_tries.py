"""Tries of a date of birth, counted for every token, known or not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError

from balance_alerts.domain.sign_in import (
    LOCK_LASTS,
    TRIES_BEFORE_LOCK,
    TRIES_IN_ALL,
    NextTry,
    Tries,
)
from balance_alerts.store import keys, races, table
from balance_alerts.store.attributes import InstantAttribute
from balance_alerts.store.links import Link
from balance_alerts.store.table import Record

_KEPT_FOR = timedelta(days=60)
_LOCKED = "LOCKED#"


class TriesRecord(Record, discriminator="tries"):
    """The tries on one token; see `domain.sign_in.Tries`."""

    wrong = NumberAttribute(default=0)
    run = NumberAttribute(default=0)
    last_at = InstantAttribute(null=True)

    def to_domain(self) -> Tries:
        """As the rules see it."""
        return Tries(int(self.wrong), int(self.run), self.last_at)


class LockedLinkRecord(Record, discriminator="locked_link"):
    """A link that wrong tries locked, or ended for good."""

    patient_id = UnicodeAttribute(null=True)
    locked_at = InstantAttribute()
    ended = BooleanAttribute()

    @property
    def digest(self) -> str:
        """Of the link's token."""
        return str(self.sk).removeprefix(_LOCKED)


def locked_links(practice_id: str, now: datetime) -> list[LockedLinkRecord]:
    """The links of a practice that wrong tries locked in the last weeks, or ended."""
    pk, beginning = keys.locked_link(practice_id, "")
    of_links = LockedLinkRecord.sk.startswith(beginning)
    found = LockedLinkRecord.query(pk, of_links, consistent_read=True)
    return [record for record in found if not record.expired(now)]


def locked_links_of(practice_id: str, patient_id: str, now: datetime) -> int:
    """How many links of a patient are locked at this instant, or ended by wrong tries."""
    return sum(
        bool(record.ended) or now < record.locked_at + LOCK_LASTS
        for record in locked_links(practice_id, now)
        if record.patient_id == patient_id
    )


class SignInTries:
    """Counts tries before they are compared, one atomic write each.

    However many come at once, no more than five get as far as being compared before the lock.
    """

    def count(self, digest: str, seen: Tries, now: datetime) -> tuple[NextTry, Tries]:
        """Count one try, unless it may not be made; returns what the tries then are.

        `seen` is what was read a moment ago; where it has changed, what is stored decides. A
        write is tried in any case, so that it takes as long for a token that is locked or ended.
        """
        while True:
            following = seen.next_try(now)
            try:
                counted = self._count(digest, following, now)
            except UpdateError as error:
                if not races.lost_a_race(error):
                    raise
                if following in (NextTry.LOCKED, NextTry.ENDED):
                    return following, seen
                seen = self._read(digest)
            else:
                return NextTry.ALLOWED, counted

    def take_back(self, digest: str) -> None:
        """A try was right: it was none of the wrong ones, and their run is over."""
        TriesRecord(*keys.tries(digest)).update([TriesRecord.wrong.add(-1), TriesRecord.run.set(0)])

    def note_locked(self, digest: str, link: Link | None, tries: Tries, now: datetime) -> None:
        """Let staff see that a link was locked.

        For a token that is no link a note of the same size goes where nobody looks: the answer
        must not take less time.
        """
        key = keys.locked_link(link.practice_id, digest) if link else keys.locked_link("-", digest)
        LockedLinkRecord(
            *key,
            patient_id=link.patient_id if link else None,
            locked_at=now,
            ended=tries.wrong >= TRIES_IN_ALL,
            expires_at=now + (_KEPT_FOR if link else LOCK_LASTS),
        ).save()

    def _count(self, digest: str, following: NextTry, now: datetime) -> Tries:
        wrong, run, last_at = TriesRecord.wrong, TriesRecord.run, TriesRecord.last_at
        unlocked = run.does_not_exist() | (run < TRIES_BEFORE_LOCK)
        condition: Any = wrong.does_not_exist() | (wrong < TRIES_IN_ALL)
        if following is NextTry.FRESH:
            condition &= (run >= TRIES_BEFORE_LOCK) & (last_at <= now - LOCK_LASTS)
        else:
            condition &= unlocked
        record = TriesRecord(*keys.tries(digest))
        record.update(
            [
                wrong.add(1),
                run.set(1) if following is NextTry.FRESH else run.add(1),
                last_at.set(now),
                TriesRecord.record.set(TriesRecord),
                TriesRecord.expires_at.set(now + _KEPT_FOR),
            ],
            condition=condition,
        )
        return record.to_domain()

    def _read(self, digest: str) -> Tries:
        key = keys.tries(digest)
        record: TriesRecord | None = table.read([key]).get(key)
        return record.to_domain() if record else Tries()
