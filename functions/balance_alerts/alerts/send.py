"""Sending the alerts of one slice: read, decide, claim, send, record.

Each step is one call for the whole slice. Whatever is killed, redelivered or run twice at once,
an account whose claim holds is alerted by the worker that set the claim, or by nobody.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from balance_alerts.alerts.courier import Courier
from balance_alerts.alerts.drafts import Draft, MessageWriter, draft
from balance_alerts.domain.calendar import Clock, local_date
from balance_alerts.domain.contact import Channel, ContactState
from balance_alerts.domain.decide import decide
from balance_alerts.domain.delivery import Delivery, SendOutcome
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.practice import Practice
from balance_alerts.queues.alert_queue import Slice
from balance_alerts.store import claims, contacts, keys, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.alerts import Alert, Alerts, ChannelResult, claim_key, lost_claim
from balance_alerts.store.claims import Claim
from balance_alerts.store.contacts import ContactRecord
from balance_alerts.store.links import Links
from balance_alerts.store.practices import Practices

logger = logging.getLogger(__name__)

SECONDS_A_SLICE_NEEDS = 30.0
SECONDS_A_DECISION_LASTS = 10.0
"""Nothing is handed to a provider later than this after its account was read."""

Found = Mapping[keys.Key, Any]
Outcomes = dict[Channel, Delivery]


class OutOfTime(Exception):
    """Too little run time is left to begin a slice; it goes back to the queue untouched."""


@dataclass(slots=True)
class SliceReport:
    """What became of the accounts of a slice.

    `sent`: at least one channel accepted. `failed`: claimed, and no channel accepted. `skipped`:
    not due any more, or another worker has it. `unknown` counts messages, not accounts: those of
    which nobody knows whether they went out.
    """

    sent: int = 0
    failed: int = 0
    skipped: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Sends slices. `monotonic` counts seconds, for how long a decision lasts."""

    practices: Practices
    accounts: Accounts
    alerts: Alerts
    links: Links
    writer: MessageWriter
    courier: Courier
    clock: Clock
    monotonic: Callable[[], float] = time.monotonic

    def send(self, some: Slice, *, seconds_left: float) -> SliceReport:
        """Send the alerts that are still due in a slice.

        Raises:
            OutOfTime: with less than `SECONDS_A_SLICE_NEEDS` left; nothing was done.
            RuleError: `unknown_practice`.
        """
        if seconds_left < SECONDS_A_SLICE_NEEDS:
            raise OutOfTime
        until = self.monotonic() + SECONDS_A_DECISION_LASTS
        now = self.clock()
        practice, accounts = _read_accounts(some)
        found = table.read(_keys_beside(accounts))
        due = _still_due(accounts, practice, found, now)
        today = local_date(now, practice.time_zone)
        reserved = self.practices.reserve_alerts(practice, day=today, wanted=len(due), now=now)
        drafts = due[:reserved]
        report = SliceReport(skipped=len(some.patient_ids))
        counted = 0
        if drafts:
            self.links.keep(link for one in drafts for link in one.links(now))
            claimed = _claim(drafts, practice, now)
            outcomes = self._deliver([one for one, _ in claimed], practice, until)
            counted = self._record(claimed, outcomes, found)
            self._follow_refusals(claimed, outcomes, now)
            _count(report, outcomes)
        if counted < reserved:
            self.practices.give_back_alerts(
                practice.practice_id, day=today, unused=reserved - counted, now=now
            )
        return report

    def _deliver(self, drafts: Sequence[Draft], practice: Practice, until: float) -> list[Outcomes]:
        """Send every message of every alert, overlapped; the outcomes of each alert."""
        meant = [(one, channel) for one in drafts for channel in one.channels]
        messages = [self.writer.message(one, channel, practice) for one, channel in meant]
        outcomes: dict[str, Outcomes] = {one.alert_id: {} for one in drafts}
        deliveries = self.courier.deliver(messages, until=until)
        for (one, channel), delivery in zip(meant, deliveries, strict=True):
            outcomes[one.alert_id][channel] = delivery
        return [outcomes[one.alert_id] for one in drafts]

    def _record(
        self, claimed: Sequence[Claimed], outcomes: Sequence[Outcomes], found: Found
    ) -> int:
        """Keep the alerts that count, release the claims of the others; returns how many count.

        What an earlier worker claimed and never recorded is settled as unknown on the way, since
        this claim has taken its place on the account.
        """
        settled = [
            lost_claim(one.account)
            for one, _ in claimed
            if (key := claim_key(one.account)) is not None and key not in found
        ]
        counting = []
        for (one, claim), by_channel in zip(claimed, outcomes, strict=True):
            if any(delivery.outcome.counts for delivery in by_channel.values()):
                counting.append(_alert(one, claim, by_channel))
            else:
                claims.release(claim)
        self.alerts.keep(settled + counting)
        return len(counting)

    def _follow_refusals(
        self, claimed: Sequence[Claimed], outcomes: Sequence[Outcomes], now: datetime
    ) -> None:
        """Mark the contacts that a provider refused for good."""
        for (one, _), by_channel in zip(claimed, outcomes, strict=True):
            for channel, delivery in by_channel.items():
                contact = one.account.contact(channel)
                if delivery.outcome is SendOutcome.REFUSED and contact is not None:
                    opted_out = delivery.detail == "opted_out"
                    self.accounts.set_contact_state(
                        one.account.practice_id,
                        channel,
                        contact,
                        state=ContactState.OPTED_OUT if opted_out else ContactState.INVALID,
                        source="provider",
                        now=now,
                    )


Claimed = tuple[Draft, Claim]


def _read_accounts(some: Slice) -> tuple[Practice, list[AccountRecord]]:
    """The practice and the accounts of a slice, in its order, in one consistent read."""
    practice_key = keys.practice(some.practice_id)
    wanted = [keys.account(some.practice_id, patient_id) for patient_id in some.patient_ids]
    found = table.read([practice_key, *wanted])
    if practice_key not in found:
        raise RuleError("unknown_practice", "There is no practice with this id.")
    return found[practice_key].to_domain(), [found[key] for key in wanted if key in found]


def _keys_beside(accounts: Sequence[AccountRecord]) -> list[keys.Key]:
    """The contacts of the accounts, and the records of their last claims."""
    beside = []
    for account in accounts:
        beside += [key for channel in Channel if (key := _contact_key(account, channel))]
        if (key := claim_key(account)) is not None:
            beside.append(key)
    return beside


def _contact_key(account: AccountRecord, channel: Channel) -> keys.Key | None:
    contact = account.contact(channel)
    if contact is None:
        return None
    return contacts.key_of(channel, practice_id=account.practice_id, contact=contact)


def _still_due(
    accounts: Sequence[AccountRecord], practice: Practice, found: Found, now: datetime
) -> list[Draft]:
    """The alerts to send: the rules asked again, of what is stored now."""
    drafts = []
    for account in accounts:
        seen = account.to_domain()
        if not decide(seen, practice, now).due:
            continue
        reached = {
            channel: contact
            for channel in seen.active_channels
            if (contact := _reachable(account, channel, found)) is not None
        }
        if reached:
            shared = [c for c, contact in reached.items() if _is_shared(contact, practice)]
            drafts.append(draft(account, practice, channels=tuple(reached), shared=shared))
    return drafts


def _reachable(account: AccountRecord, channel: Channel, found: Found) -> ContactRecord | None:
    """The contact itself where it can be reached; the account's copy of its state may lag."""
    key = _contact_key(account, channel)
    contact: ContactRecord | None = found.get(key) if key else None
    if contact is None or contact.state != ContactState.REACHABLE:
        return None
    return contact


def _is_shared(contact: ContactRecord, practice: Practice) -> bool:
    return len(contact.users_in(practice.practice_id)) > 1


def _claim(drafts: Sequence[Draft], practice: Practice, now: datetime) -> list[Claimed]:
    """Claim the alerts; those that another write got ahead of are left out."""
    wanted = [
        Claim(
            account=one.account,
            claim_id=one.alert_id,
            claimed_at=now,
            alert_on=local_date(now, one.account.time_zone or practice.time_zone),
            channels=one.channels,
        )
        for one in drafts
    ]
    held = {claim.claim_id: claim for claim in claims.claim(wanted)}
    return [(one, held[one.alert_id]) for one in drafts if one.alert_id in held]


def _alert(one: Draft, claim: Claim, by_channel: Outcomes) -> Alert:
    return Alert(
        practice_id=one.account.practice_id,
        patient_id=one.account.patient_id,
        alert_id=one.alert_id,
        claimed_at=claim.claimed_at,
        sent_on=claim.alert_on,
        channels={
            channel: ChannelResult(delivery.status, delivery.message_id, delivery.detail)
            for channel, delivery in by_channel.items()
        },
    )


def _count(report: SliceReport, outcomes: Sequence[Outcomes]) -> None:
    for by_channel in outcomes:
        made = [delivery.outcome for delivery in by_channel.values()]
        report.unknown += made.count(SendOutcome.UNKNOWN)
        if SendOutcome.ACCEPTED in made:
            report.sent += 1
        else:
            report.failed += 1
    report.skipped -= len(outcomes)
