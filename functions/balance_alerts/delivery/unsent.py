"""Texts that were taken and certainly not sent, as is known later: who did not get them is due."""

from __future__ import annotations

from dataclasses import dataclass

from balance_alerts.domain.contact import Channel
from balance_alerts.domain.delivery import ChannelStatus
from balance_alerts.domain.personal import Contact
from balance_alerts.store import keys, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.alerts import Alert, AlertRecord, claim_key
from balance_alerts.store.contacts import ContactRecord

_COUNTS = frozenset({ChannelStatus.ACCEPTED, ChannelStatus.UNKNOWN})
"""What a sender records of a message that counts for the rhythm."""


@dataclass(frozen=True, slots=True)
class UnsentTexts:
    """Takes back that an alert counts for the rhythm; its record stays, as not sent."""

    accounts: Accounts

    def give_back(self, number: Contact, reference: str) -> int:
        """Make due again whom this text was for; returns how many accounts that are.

        Only the last alert of an account, only where no other channel brought it, and once: a
        claim that is not on the account any more is left as it is.
        """
        key = keys.mobile(number)
        contact: ContactRecord | None = table.read([key]).get(key)
        if contact is None:
            return 0
        accounts = table.read(keys.account(*user) for user in contact.users())
        claims = {claimed: each for each in accounts.values() if (claimed := claim_key(each))}
        return sum(
            self._give_back(claims[claimed], record)
            for claimed, record in table.read(claims).items()
            if _was_of(record, claims[claimed], reference)
        )

    def _give_back(self, account: AccountRecord, record: AlertRecord) -> bool:
        given_back = False

        def undo(current: AccountRecord) -> None:
            nonlocal given_back
            given_back = current.claim_id == record.alert_id
            if given_back:
                current.last_alert_on = record.previous_on
                current.claim_id = current.claimed_at = current.claim_channels = None

        self.accounts.change(account.practice_id, account.patient_id, undo)
        return given_back


def _was_of(record: AlertRecord, account: AccountRecord, reference: str) -> bool:
    """Whether an alert was this text, and nothing else that counts."""
    alert: Alert = record.to_domain(account.practice_id, account.patient_id)
    if alert.previous_on is None or Channel.TEXT not in alert.channels:
        return False
    others = [result for channel, result in alert.channels.items() if channel is not Channel.TEXT]
    counts = any(each.status in _COUNTS for each in others)
    return alert.channels[Channel.TEXT].message_id == reference and not counts
