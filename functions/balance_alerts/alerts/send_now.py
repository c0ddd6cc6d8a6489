"""Sending one alert at once, because somebody at the practice clicked.

The steps are the sender's: read, decide, claim, send, record. Only the rhythm (Rule 7) does not
count, and the claim is one transaction with the click's own key: however often a click arrives,
and wherever a worker is killed, one click is at most one alert.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from balance_alerts.alerts.courier import Courier
from balance_alerts.alerts.drafts import Draft, MessageWriter, NewLinks
from balance_alerts.alerts.history import CLAIM_SETTLES_AFTER
from balance_alerts.alerts.recorder import Recorder, SentAlert
from balance_alerts.alerts.still_due import (
    A_DECISION_LASTS,
    DueAccount,
    SeenSlice,
    channels_to_try,
    goes_out,
    reachable,
    read,
)
from balance_alerts.alerts.troubles import Troubles
from balance_alerts.domain.audit import Who
from balance_alerts.domain.calendar import Clock, local_date
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.decide import Reason, reason_against_sending_now
from balance_alerts.domain.delivery import SendOutcome
from balance_alerts.domain.errors import NotDueError, RuleError
from balance_alerts.queues.alert_queue import Slice
from balance_alerts.store import keys, races, sent_now
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.audit import audit_record
from balance_alerts.store.claims import Claim, Claims
from balance_alerts.store.contacts import ContactRecord
from balance_alerts.store.links import Links
from balance_alerts.store.practices import Practices

logger = logging.getLogger(__name__)

DAILY_LIMIT = "daily_limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """Somebody's wish to alert a patient now; the same wish again has the same `key_digest`."""

    practice_id: str
    patient_id: str
    key_digest: str
    by: Who

    @property
    def key(self) -> keys.Key:
        """Where it is written down which alert the click has become."""
        return keys.sent_now(self.practice_id, self.patient_id, self.key_digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendNow:
    """Sends at once. `monotonic` counts seconds, for how long a decision lasts."""

    practices: Practices
    links: Links
    claims: Claims
    writer: MessageWriter
    courier: Courier
    recorder: Recorder
    clock: Clock
    monotonic: Callable[[], float] = time.monotonic

    def send(self, click: Click) -> str:
        """Send the alert, or find the one that the click has become; returns its id.

        Raises:
            NotDueError: the rules say no, or an alert is just going out.
            RuleError: `unknown_practice`, `unknown_patient`; `alert_not_sent` where the providers
                certainly took nothing: it may be tried again.
        """
        reads: list[AccountRecord] = []
        return races.retrying(lambda: self._send(click, reads))

    def _send(self, click: Click, reads: list[AccountRecord]) -> str:
        """One try; `reads` are the account as each try found it."""
        until = self.monotonic() + A_DECISION_LASTS.total_seconds()
        now = self.clock()
        done = sent_now.alert_of(click.key, now)
        if done is not None:
            return done
        seen = read(Slice(click.practice_id, (click.patient_id,)), now).with_beside()
        if not seen.accounts:
            raise RuleError("unknown_patient", "There is no patient with this id.")
        reads += seen.accounts
        if reads[-1].claim_id != reads[0].claim_id:
            # Whoever clicked did not know that an alert was about to go out.
            raise NotDueError(Reason.TOO_SOON)
        due, contacts = _due(reads[-1], seen, now)
        new = NewLinks.to(due, seen.practice, now)
        draft = self.writer.draft(due.account, contacts, new.tokens, seen)
        practice, today = seen.practice, local_date(now, seen.practice.time_zone)
        if not self.practices.reserve_alerts(practice, day=today, wanted=1, now=now):
            raise NotDueError(DAILY_LIMIT)
        counts = False
        try:
            self.links.keep(new.links)
            sent = self._hand_over(click, draft, seen, now=now, until=until)
            counts = sent.counts
        finally:
            if not counts:
                give_back = partial(self.practices.give_back_alerts, practice.practice_id)
                undo = partial(give_back, day=today, unused=1, now=now)
                Troubles().trying("give back a reserved alert", undo)
        _log(click, sent)
        if not counts:
            raise _not_sent(sent)
        return draft.alert_id

    def _hand_over(
        self, click: Click, draft: Draft, seen: SeenSlice, *, now: datetime, until: float
    ) -> SentAlert:
        """Claim the account and the click, send, and record."""
        self.recorder.keep_lost([draft.account], seen)
        claim = self._claim(click, draft, seen, now)
        deliveries = self.courier.deliver(draft.messages, until=until, resting=seen.resting)
        outcomes = {
            message.channel: delivery
            for message, delivery in zip(draft.messages, deliveries, strict=True)
        }
        sent = SentAlert(draft.account, claim, outcomes)
        self.recorder.record([sent], now, Troubles())
        return sent

    def _claim(self, click: Click, draft: Draft, seen: SeenSlice, now: datetime) -> Claim:
        account = draft.account
        claim = Claim(
            account=account,
            claim_id=draft.alert_id,
            claimed_at=now,
            alert_on=local_date(now, account.time_zone or seen.practice.time_zone),
            channels=draft.channels,
            click=click.key,
        )
        note = audit_record(
            click.practice_id,
            click.by,
            now,
            action="send_now",
            subject=f"patient {click.patient_id}",
            before={},
            after={"alert_id": claim.claim_id},
        )
        self.claims.claim_by_click(claim, note)
        return claim


def _due(
    account: AccountRecord, seen: SeenSlice, now: datetime
) -> tuple[DueAccount, Mapping[Channel, ContactRecord]]:
    """The account and its contacts, if it may be alerted at once and while a decision lasts."""
    as_seen = account.to_domain()
    for at in (now, now + A_DECISION_LASTS):
        reason = reason_against_sending_now(as_seen, seen.practice, at)
        if reason is not None:
            raise NotDueError(reason)
    if _is_going_out(account, seen, now):
        raise NotDueError(Reason.TOO_SOON)
    due = DueAccount(account, channels_to_try(account, as_seen, seen.practice))
    contacts = reachable(due, seen)
    if not contacts:
        raise NotDueError(Reason.NO_REACHABLE_CONTACT)
    if not goes_out(contacts, seen):
        raise _nothing_goes_out()
    return due, contacts


def _is_going_out(account: AccountRecord, seen: SeenSlice, now: datetime) -> bool:
    """Whether a worker may be sending this moment: two messages at once help nobody."""
    claimed_at = account.claimed_at
    recent = claimed_at is not None and now - claimed_at < CLAIM_SETTLES_AFTER
    return recent and seen.lost_its_record(account)


def _not_sent(sent: SentAlert) -> RuleError:
    """Why nothing went out: the contacts are bad, or the providers would take nothing."""
    if all(each.outcome is SendOutcome.REFUSED for each in sent.outcomes.values()):
        return NotDueError(Reason.NO_REACHABLE_CONTACT)
    return _nothing_goes_out()


def _nothing_goes_out() -> RuleError:
    return RuleError(
        "alert_not_sent", "No message could be sent at present; try again in a few minutes."
    )


def _log(click: Click, sent: SentAlert) -> None:
    outcomes = {channel.value: each.outcome.value for channel, each in sent.outcomes.items()}
    logger.info(
        "alert sent now",
        extra={"practice_id": click.practice_id, "patient_id": click.patient_id, **outcomes},
    )
