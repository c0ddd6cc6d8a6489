"""Texts that were taken and certainly not sent, as is known later: who did not get them is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from balance_alerts.alerts.history import CLAIM_SETTLES_AFTER
from balance_alerts.domain.calendar import Clock, local_date
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.delivery import ChannelStatus
from balance_alerts.domain.personal import Contact
from balance_alerts.store import keys, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.alerts import Alert, AlertRecord, claim_key
from balance_alerts.store.contacts import ContactRecord
from balance_alerts.store.practices import Practices

if TYPE_CHECKING:
    from balance_alerts.store.practice_records import PracticeRecord

_COUNTS = frozenset({ChannelStatus.ACCEPTED, ChannelStatus.UNKNOWN})
"""What a sender records of a message that counts for the rhythm."""


class NotRecordedYet(Exception):
    """The text may be one that its sender is about to record: tell of it again later."""


@dataclass(frozen=True, slots=True)
class UnsentTexts:
    """Takes back that an alert counts for the rhythm; its record stays, as not sent."""

    practices: Practices
    accounts: Accounts
    clock: Clock

    def give_back(self, number: Contact, reference: str) -> int:
        """Make due again whom this text was for; returns how many accounts that are.

        Only the last alert of an account, only where no other channel brought it, and once: a
        claim that is not on the account any more is left as it is.

        Raises:
            NotRecordedYet: the provider was faster than the sender. Nothing was done.
        """
        key = keys.mobile(number)
        contact: ContactRecord | None = table.read([key]).get(key)
        if contact is None:
            return 0
        accounts = table.read(keys.account(*user) for user in contact.users())
        claims = {claimed: each for each in accounts.values() if (claimed := claim_key(each))}
        records: dict[keys.Key, AlertRecord] = table.read(claims)
        found = [each for each in records if _was_of(records[each], claims[each], reference)]
        now = self.clock()
        if not found and any(
            _is_going_out(claims[claimed], now) for claimed in claims.keys() - records.keys()
        ):
            raise NotRecordedYet
        return sum(self._give_back(claims[each], records[each], now) for each in found)

    def _give_back(self, account: AccountRecord, record: AlertRecord, now: datetime) -> bool:
        given_back = False

        def undo(current: AccountRecord) -> None:
            nonlocal given_back
            given_back = current.claim_id == record.alert_id
            if given_back:
                current.last_alert_on = record.previous_on
                current.claim_id = current.claimed_at = current.claim_channels = None
                if current.sent_now_on == record.sent_on:
                    current.sent_now_on = None

        self.accounts.change(account.practice_id, account.patient_id, undo)
        if given_back:
            self._count_no_more(account.practice_id, record, now)
        return given_back

    def _count_no_more(self, practice_id: str, record: AlertRecord, now: datetime) -> None:
        """Take the alert off the practice's day, whose limit may leave room for others then.

        A write of its own: killed before it, the day counts an alert that did not go out, which
        errs on the side of fewer.
        """
        key = keys.practice(practice_id)
        practice: PracticeRecord = table.read([key])[key]
        day = local_date(record.claimed_at, practice.to_domain().time_zone)
        self.practices.give_back_alerts(practice_id, day=day, unused=1, now=now)


def _is_going_out(account: AccountRecord, now: datetime) -> bool:
    """Whether a text of the account's last claim may still be recorded."""
    claimed_at = account.claimed_at
    return (
        Channel.TEXT.value in (account.claim_channels or ())
        and claimed_at is not None
        and now - claimed_at < CLAIM_SETTLES_AFTER
    )


def _was_of(record: AlertRecord, account: AccountRecord, reference: str) -> bool:
    """Whether an alert was this text, and nothing else that counts."""
    alert: Alert = record.to_domain(account.practice_id, account.patient_id)
    if alert.previous_on is None or Channel.TEXT not in alert.channels:
        return False
    others = [result for channel, result in alert.channels.items() if channel is not Channel.TEXT]
    counts = any(each.status in _COUNTS for each in others)
    return alert.channels[Channel.TEXT].message_id == reference and not counts
