"""From an account that is due to the messages of its alert, and the links in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from balance_alerts.access.links import new_link, new_token
from balance_alerts.alerts.courier import Message
from balance_alerts.alerts.still_due import DueAccount, SeenSlice
from balance_alerts.channels import wording
from balance_alerts.channels.email import EmailChannel
from balance_alerts.channels.sms import TextChannel
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.personal import Token
from balance_alerts.domain.practice import Practice
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.contacts import ContactRecord
from balance_alerts.store.links import Link


@dataclass(frozen=True, slots=True)
class NewLinks:
    """Links made for an alert, by channel; they must be stored before it is sent."""

    tokens: Mapping[Channel, Token]
    links: tuple[Link, ...]

    @classmethod
    def to(cls, due: DueAccount, practice: Practice, now: datetime) -> NewLinks:
        """A link for each channel on which an account may be alerted."""
        tokens = {channel: new_token(practice.code) for channel in due.channels}
        links = (
            new_link(due.account, channel, token=token, now=now)
            for channel, token in tokens.items()
        )
        return cls(tokens, tuple(links))


@dataclass(frozen=True, slots=True)
class Draft:
    """An alert ready to be sent."""

    alert_id: str
    account: AccountRecord
    messages: tuple[Message, ...]

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels that this alert is meant for."""
        return tuple(message.channel for message in self.messages)


@dataclass(frozen=True, slots=True)
class MessageWriter:
    """Writes alerts.

    The channels come as functions, so that a worker that sends no email builds no SES client.
    """

    text_channel: Callable[[], TextChannel]
    email_channel: Callable[[], EmailChannel]
    public_url: str

    def draft(
        self,
        account: AccountRecord,
        contacts: Mapping[Channel, ContactRecord],
        tokens: Mapping[Channel, Token],
        seen: SeenSlice,
    ) -> Draft:
        """Write an alert to these contacts of an account, each with the link of its channel."""
        alert_id, practice = uuid4().hex, seen.practice
        amount = int(account.balance_cents) if practice.alerts.include_amount else None
        messages = []
        for channel, contact in contacts.items():
            # One contact of several patients: the initial tells whom it is about.
            initial = str(account.first_name)[:1].upper() if seen.is_shared(contact) else None
            write = self._text if channel is Channel.TEXT else self._email
            words = _Words(alert_id, tokens[channel], initial, amount)
            messages.append(write(account, practice, words))
        return Draft(alert_id, account, tuple(messages))

    def _text(self, account: AccountRecord, practice: Practice, words: _Words) -> Message:
        number, channel = str(account.mobile), self.text_channel()
        body = wording.text_alert(
            short_name=practice.short_name,
            phone=practice.phone,
            link=f"{self.public_url}/a/{words.token}",
            language=account.language,
            initial=words.initial,
            amount_cents=words.amount_cents,
        )
        return Message(Channel.TEXT, lambda: channel.send(number, body))

    def _email(self, account: AccountRecord, practice: Practice, words: _Words) -> Message:
        address, channel = str(account.email), self.email_channel()
        content = wording.email_alert(
            display_name=practice.display_name,
            phone=practice.phone,
            link=f"{self.public_url}/a/{words.token}",
            unsubscribe_link=f"{self.public_url}/u/{words.token}",
            language=account.language,
            initial=words.initial,
            amount_cents=words.amount_cents,
        )
        return Message(
            Channel.EMAIL,
            lambda: channel.send(
                to=address,
                from_name=practice.display_name,
                content=content,
                alert_id=words.alert_id,
                practice_code=practice.code,
                reply_to=practice.reply_to,
            ),
        )


@dataclass(frozen=True, slots=True)
class _Words:
    """What differs from one message of a practice to the next; no amount unless it asks for it."""

    alert_id: str
    token: str
    initial: str | None
    amount_cents: int | None
