"""Sending the alerts of one slice: read, decide, claim, send, record.

Each step is one call for the whole slice, or several at the same time that need not wait for one
another. Whatever is killed, redelivered or run twice at once, an account whose claim holds is
alerted by the worker that set the claim, or by nobody.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from balance_alerts.alerts.courier import Courier
from balance_alerts.alerts.drafts import Draft, MessageWriter, NewLinks
from balance_alerts.alerts.recorder import Recorder, SentAlert
from balance_alerts.alerts.still_due import (
    A_DECISION_LASTS,
    DueAccount,
    SeenSlice,
    due_account,
    goes_out,
    lagging_channels,
    reachable,
    read,
)
from balance_alerts.alerts.troubles import Troubles
from balance_alerts.domain.calendar import Clock, local_date
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.delivery import SendOutcome
from balance_alerts.overlap import at_once
from balance_alerts.queues.alert_queue import Slice
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.channel_stops import note_stop
from balance_alerts.store.claims import Claim, Claims
from balance_alerts.store.links import Links
from balance_alerts.store.practices import Practices

T = TypeVar("T")
R = TypeVar("R")

SECONDS_A_SLICE_NEEDS = 30.0


class OutOfTime(Exception):
    """Too little run time is left to begin a slice; it goes back to the queue untouched."""


@dataclass(slots=True)
class SliceReport:
    """What became of the accounts of a slice.

    `sent`: at least one channel accepted. `failed`: claimed, and no channel accepted. `skipped`:
    not due any more, or another worker has it. `conflicts` counts those of the skipped whose claim
    lost a race. `unknown` counts messages, not accounts: those of which nobody knows whether they
    went out. `troubles` counts what broke on the way; `stopped` are channels that met a condition
    of the whole AWS account, `resting` those that had met one before and were not tried.
    """

    sent: int = 0
    failed: int = 0
    skipped: int = 0
    conflicts: int = 0
    unknown: int = 0
    troubles: int = 0
    stopped: tuple[Channel, ...] = ()
    resting: tuple[Channel, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Sends slices. `monotonic` counts seconds, for how long a decision lasts."""

    practices: Practices
    accounts: Accounts
    links: Links
    claims: Claims
    writer: MessageWriter
    courier: Courier
    recorder: Recorder
    clock: Clock
    monotonic: Callable[[], float] = time.monotonic

    def send(self, queued: Slice, *, seconds_left: float) -> SliceReport:
        """Send the alerts that are still due in a slice.

        What fails for one account is done for the others all the same, and shows in `troubles`.

        Raises:
            OutOfTime: with less than `SECONDS_A_SLICE_NEEDS` left; nothing was done.
            RuleError: `unknown_practice`.
        """
        if seconds_left < SECONDS_A_SLICE_NEEDS:
            raise OutOfTime
        until = self.monotonic() + A_DECISION_LASTS.total_seconds()
        now = self.clock()
        seen = read(queued, now)
        practice, troubles = seen.practice, Troubles()
        today = local_date(now, practice.time_zone)
        due = self._due(seen, now, troubles)
        reserved, conflicts = 0, 0
        sent: list[SentAlert] = []

        def reserve() -> None:
            nonlocal reserved
            reserved = self.practices.reserve_alerts(practice, day=today, wanted=len(due), now=now)

        try:
            # Links of whom nothing is sent to in the end lead nowhere: nobody knows their tokens.
            keep_links = partial(self.links.keep, [link for one in due for link in one.new.links])
            seen = at_once(seen.with_beside, reserve, keep_links)
            drafts = self._write(due, seen, troubles)[:reserved]
            if drafts:
                sent, conflicts = self._send(drafts, seen, now, until, troubles)
                self.recorder.record(sent, now, troubles)
        finally:
            unused = reserved - sum(alert.counts for alert in sent)
            if unused:
                give_back = partial(self.practices.give_back_alerts, practice.practice_id)
                undo = partial(give_back, day=today, unused=unused, now=now)
                troubles.trying("give back reserved alerts", undo)
        self._catch_up_with_contacts(seen, troubles)
        report = _report(queued, sent, conflicts)
        report.stopped = self._let_channels_rest(now, troubles)
        report.resting = tuple(sorted(seen.resting))
        report.troubles = troubles.count
        return report

    def _due(self, seen: SeenSlice, now: datetime, troubles: Troubles) -> list[_Due]:
        """The accounts that are due, each with links made for it."""

        def due(account: AccountRecord) -> _Due | None:
            found = due_account(account, seen, now)
            return None if found is None else _Due(found, NewLinks.to(found, seen.practice, now))

        return _without_trouble(due, seen.accounts, lambda each: each, troubles)

    def _write(self, due: Sequence[_Due], seen: SeenSlice, troubles: Troubles) -> list[Draft]:
        """Their alerts, written before anything is claimed: writing may fail too."""

        def draft(one: _Due) -> Draft | None:
            contacts = reachable(one.due, seen)
            if not goes_out(contacts, seen):
                return None
            return self.writer.draft(one.due.account, contacts, one.new.tokens, seen)

        return _without_trouble(draft, due, lambda one: one.due.account, troubles)

    def _send(
        self,
        drafts: Sequence[Draft],
        seen: SeenSlice,
        now: datetime,
        until: float,
        troubles: Troubles,
    ) -> tuple[list[SentAlert], int]:
        """Claim, and hand over what was claimed, its messages overlapped.

        Returns the alerts, and how many claims lost a race.
        """
        self.recorder.keep_lost((draft.account for draft in drafts), seen)
        claimed = self.claims.claim([_claim(draft, seen, now) for draft in drafts])
        for code in claimed.trouble:
            troubles.note("claim an alert", code=code)
        held = {claim.claim_id: claim for claim in claimed.held}
        drafts = [draft for draft in drafts if draft.alert_id in held]
        messages = [message for draft in drafts for message in draft.messages]
        deliveries = iter(self.courier.deliver(messages, until=until, resting=seen.resting))
        sent = [
            SentAlert(
                draft.account,
                held[draft.alert_id],
                {message.channel: next(deliveries) for message in draft.messages},
            )
            for draft in drafts
        ]
        return sent, claimed.lost

    def _let_channels_rest(self, now: datetime, troubles: Troubles) -> tuple[Channel, ...]:
        """Tell other workers, and staff, of channels on which nothing goes out at present."""
        stopped = self.courier.stopped()
        for channel, reason in stopped.items():
            troubles.trying("note a stopped channel", partial(note_stop, channel, reason, now))
        return tuple(stopped)

    def _catch_up_with_contacts(self, seen: SeenSlice, troubles: Troubles) -> None:
        """Mend accounts that lag behind their contacts, or every scan would queue them anew."""
        for account in seen.accounts:
            identity = (account.practice_id, account.patient_id)
            for channel in lagging_channels(account, seen):
                follow = partial(self.accounts.follow_contact, *identity, channel)
                troubles.trying("follow a contact", follow, patient_id=account.patient_id)


@dataclass(frozen=True, slots=True)
class _Due:
    """An account that is due, and links made for it."""

    due: DueAccount
    new: NewLinks


def _without_trouble(
    work: Callable[[T], R | None],
    some: Iterable[T],
    account_of: Callable[[T], AccountRecord],
    troubles: Troubles,
) -> list[R]:
    """What comes of each, where something does; trouble with one keeps no other back."""
    results = [
        troubles.trying(
            "write an alert", partial(work, each), patient_id=account_of(each).patient_id
        )
        for each in some
    ]
    return [result for result in results if result is not None]


def _claim(draft: Draft, seen: SeenSlice, now: datetime) -> Claim:
    return Claim(
        account=draft.account,
        claim_id=draft.alert_id,
        claimed_at=now,
        alert_on=local_date(now, draft.account.time_zone or seen.practice.time_zone),
        channels=draft.channels,
    )


def _report(queued: Slice, sent: Sequence[SentAlert], conflicts: int) -> SliceReport:
    accepted = sum(alert.has(SendOutcome.ACCEPTED) for alert in sent)
    return SliceReport(
        sent=accepted,
        failed=len(sent) - accepted,
        skipped=len(queued.patient_ids) - len(sent),
        conflicts=conflicts,
        unknown=sum(
            delivery.outcome is SendOutcome.UNKNOWN
            for alert in sent
            for delivery in alert.outcomes.values()
        ),
    )
