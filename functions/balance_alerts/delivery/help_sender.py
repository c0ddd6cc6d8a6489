"""Answering HELP: one text that says who writes, about what, whom to call and how to stop.

Whoever claims the number's day answers, once: where the other side answers by itself, the two must
not go on forever.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import uuid4

from balance_alerts.alerts.courier import Courier, Message
from balance_alerts.channels import wording
from balance_alerts.domain.calendar import Clock, local_date
from balance_alerts.domain.contact import Channel, ContactFact
from balance_alerts.domain.delivery import Delivery, SendOutcome
from balance_alerts.store import help_answers, keys, table
from balance_alerts.store.channel_stops import KEYS as CHANNEL_STOPS
from balance_alerts.store.channel_stops import stops_in

if TYPE_CHECKING:
    from balance_alerts.channels.sms import TextChannel
    from balance_alerts.domain.practice import Practice
    from balance_alerts.queues.alert_queue import HelpWanted
    from balance_alerts.store.account_record import AccountRecord
    from balance_alerts.store.accounts import Accounts

PATIENCE = timedelta(seconds=5)
"""For how long a throttled text is tried again, before the answer is left for later."""


class HelpOutcome(StrEnum):
    """What became of a wish for help.

    NUMBER_CHANGED: another number is on file than the one that asked, or none. TEXTS_REST: no text
    of the AWS account goes out at present. NOT_NOW: the number was answered today, or opted out.
    """

    SENT = "sent"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    NUMBER_CHANGED = "number_changed"
    TEXTS_REST = "texts_rest"
    NOT_NOW = "not_now"


_OUTCOMES = {
    SendOutcome.ACCEPTED: HelpOutcome.SENT,
    SendOutcome.UNKNOWN: HelpOutcome.UNKNOWN,
    SendOutcome.REFUSED: HelpOutcome.REFUSED,
}


class HelpNotSent(Exception):
    """The provider certainly took nothing; the wish may be tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpSender:
    """Answers HELP to the number that asked. `monotonic` counts seconds, for its patience."""

    accounts: Accounts
    courier: Courier
    text_channel: Callable[[], TextChannel]
    clock: Clock
    monotonic: Callable[[], float] = time.monotonic

    def send(self, wanted: HelpWanted) -> HelpOutcome:
        """Answer, unless the number was answered today, opted out, or is on file no more.

        Raises:
            HelpNotSent: nothing went out; the day was given back.
        """
        account_key = keys.account(wanted.practice_id, wanted.patient_id)
        practice_key = keys.practice(wanted.practice_id)
        found = table.read([account_key, practice_key, *CHANNEL_STOPS])
        account: AccountRecord | None = found.get(account_key)
        if account is None or account.mobile is None or _changed_since(wanted, account):
            return HelpOutcome.NUMBER_CHANGED
        now = self.clock()
        if any(stop.channel is Channel.TEXT for stop in stops_in(found, now)):
            return HelpOutcome.TEXTS_REST
        practice: Practice = found[practice_key].to_domain()
        message = self._written(account, practice)
        claim_id, today = uuid4().hex, local_date(now, account.time_zone or practice.time_zone)
        if not help_answers.claim_day(account.mobile, claim_id, today):
            return HelpOutcome.NOT_NOW
        until = self.monotonic() + PATIENCE.total_seconds()
        [delivery] = self.courier.deliver([message], until=until)
        if delivery.outcome not in _OUTCOMES:
            help_answers.give_day_back(account.mobile, claim_id)
            if delivery.outcome is SendOutcome.STOPPED:
                return HelpOutcome.TEXTS_REST
            raise HelpNotSent(delivery.detail)
        if delivery.outcome is SendOutcome.REFUSED:
            self._mark(account.mobile, delivery)
        return _OUTCOMES[delivery.outcome]

    def _written(self, account: AccountRecord, practice: Practice) -> Message:
        """The text, written before anything is claimed: writing may fail too."""
        number, channel = str(account.mobile), self.text_channel()
        body = wording.text_help(
            short_name=practice.short_name, phone=practice.phone, language=account.language
        )
        return Message(Channel.TEXT, lambda: channel.send(number, body))

    def _mark(self, number: str, delivery: Delivery) -> None:
        opted_out = delivery.detail == "opted_out"
        self.accounts.tell_of_number(
            number,
            ContactFact.OPTED_OUT if opted_out else ContactFact.INVALID,
            source="provider",
            at=self.clock(),
        )


def _changed_since(wanted: HelpWanted, account: AccountRecord) -> bool:
    """Whether another number may have taken the place of the one that asked.

    The message names no number; but where one is replaced, links sent to it are revoked.
    """
    revoked_at = account.links_revoked_at(Channel.TEXT)
    return revoked_at is not None and revoked_at >= wanted.asked_at
