"""A fresh link in place of an old one, sent only to where the old one went."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from balance_alerts.access.link_messages import LinkMessages
from balance_alerts.access.links import new_link, new_token, stands
from balance_alerts.domain.calendar import Clock, local_date
from balance_alerts.domain.contact import Channel, ContactState
from balance_alerts.domain.delivery import SendOutcome
from balance_alerts.store import channel_stops, contacts, keys, table
from balance_alerts.store.fresh_links import claim_day, give_day_back
from balance_alerts.store.links import Links

if TYPE_CHECKING:
    from balance_alerts.domain.practice import Practice
    from balance_alerts.store.account_record import AccountRecord


class FreshLinkOutcome(StrEnum):
    """What became of a wish for a fresh link.

    CHANNEL_STOPPED: the AWS account keeps everything from going out; the day is not used up.
    """

    SENT = "sent"
    UNKNOWN_LINK = "unknown_link"
    REVOKED = "revoked"
    NOT_REACHABLE = "not_reachable"
    SENT_TODAY = "sent_today"
    REFUSED = "refused"
    CHANNEL_STOPPED = "channel_stopped"


class NotSent(Exception):
    """The provider certainly took nothing; the wish may be tried again."""


@dataclass(frozen=True, slots=True)
class FreshLinks:
    """Sends fresh links, one an account, channel and local day."""

    links: Links
    messages: LinkMessages
    clock: Clock

    def send(self, digest: str) -> FreshLinkOutcome:
        """Send a fresh link for the token of this digest, if it is a link and may be renewed.

        An expired or locked link may; a revoked one, or one to a contact no longer on file or
        opted out, may not. The day is claimed before anything is sent.

        Raises:
            NotSent: nothing went out; the day was given back.
        """
        now = self.clock()
        old = self.links.find(digest, now)
        if old is None:
            return FreshLinkOutcome.UNKNOWN_LINK
        wanted = (
            keys.account(old.practice_id, old.patient_id),
            keys.practice(old.practice_id),
            contacts.key_of(old.channel, practice_id=old.practice_id, contact=old.contact),
        )
        found = table.read([*wanted, *channel_stops.KEYS])
        account, practice_record, contact = (found.get(key) for key in wanted)
        if account is None or practice_record is None:
            return FreshLinkOutcome.UNKNOWN_LINK
        if not stands(account, old.channel, contact=old.contact, created_at=old.created_at):
            return FreshLinkOutcome.REVOKED
        if contact is None or contact.state != ContactState.REACHABLE:
            return FreshLinkOutcome.NOT_REACHABLE
        if any(stop.channel is old.channel for stop in channel_stops.stops_in(found, now)):
            return FreshLinkOutcome.CHANNEL_STOPPED
        shared = len(contact.users_in(old.practice_id)) > 1
        return self._send(account, practice_record.to_domain(), old.channel, shared)

    def _send(
        self, account: AccountRecord, practice: Practice, channel: Channel, shared: bool
    ) -> FreshLinkOutcome:
        now = self.clock()
        today = local_date(now, account.time_zone or practice.time_zone)
        key = keys.fresh_link(practice.practice_id, account.patient_id, channel, today)
        if not claim_day(key, now):
            return FreshLinkOutcome.SENT_TODAY
        token = new_token(practice.code)
        link = new_link(account, channel, token=token, now=now)
        self.links.keep([link])
        delivery = self.messages.send(
            account, practice, channel=channel, token=token, shared=shared
        )
        if delivery.outcome in (SendOutcome.NOT_SENT, SendOutcome.STOPPED):
            give_day_back(key, now)
            if delivery.outcome is SendOutcome.STOPPED:
                # Trying again would only wear the wish out; the patient can ask again.
                return FreshLinkOutcome.CHANNEL_STOPPED
            raise NotSent(delivery.detail)
        if delivery.outcome is SendOutcome.REFUSED:
            return FreshLinkOutcome.REFUSED
        return FreshLinkOutcome.SENT
