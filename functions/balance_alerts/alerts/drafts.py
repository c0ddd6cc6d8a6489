"""From an account that is due to the messages of its alert."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from balance_alerts.access.links import new_link, new_token
from balance_alerts.alerts.courier import Message
from balance_alerts.channels import wording
from balance_alerts.channels.email import EmailChannel
from balance_alerts.channels.sms import TextChannel
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.practice import Practice
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.links import Link


@dataclass(frozen=True, slots=True)
class Draft:
    """An alert about to be sent: to whom, on which channels, with which links.

    `shared` are the channels whose contact also serves other patients of the practice.
    """

    alert_id: str
    account: AccountRecord
    channels: tuple[Channel, ...]
    shared: frozenset[Channel]
    tokens: Mapping[Channel, str]

    def links(self, now: datetime) -> list[Link]:
        """The links in its messages, as they must be stored before they are sent."""
        return [
            new_link(self.account, channel, token=token, now=now)
            for channel, token in self.tokens.items()
        ]

    def initial(self, channel: Channel) -> str | None:
        """The patient's initial, where the contact alone does not tell whom it is about."""
        return str(self.account.first_name)[:1].upper() if channel in self.shared else None


def draft(
    account: AccountRecord,
    practice: Practice,
    *,
    channels: tuple[Channel, ...],
    shared: Iterable[Channel],
) -> Draft:
    """An alert for one account, with a fresh link a channel."""
    tokens = {channel: new_token(practice.code) for channel in channels}
    return Draft(uuid4().hex, account, channels, frozenset(shared), tokens)


@dataclass(frozen=True, slots=True)
class MessageWriter:
    """Writes the messages of alerts.

    The channels come as functions, so that a worker that sends no email builds no SES client.
    """

    text_channel: Callable[[], TextChannel]
    email_channel: Callable[[], EmailChannel]
    public_url: str

    def message(self, draft: Draft, channel: Channel, practice: Practice) -> Message:
        """The message of an alert on one channel, ready to be handed to its provider."""
        if channel is Channel.TEXT:
            return self._text(draft, practice)
        return self._email(draft, practice)

    def _text(self, draft: Draft, practice: Practice) -> Message:
        number = str(draft.account.mobile)
        body = wording.text_alert(
            short_name=practice.short_name,
            phone=practice.phone,
            link=self._link(draft, Channel.TEXT),
            language=draft.account.language,
            initial=draft.initial(Channel.TEXT),
            amount_cents=_amount(draft, practice),
        )
        channel = self.text_channel()
        return Message(Channel.TEXT, lambda: channel.send(number, body))

    def _email(self, draft: Draft, practice: Practice) -> Message:
        address = str(draft.account.email)
        content = wording.email_alert(
            display_name=practice.display_name,
            phone=practice.phone,
            link=self._link(draft, Channel.EMAIL),
            unsubscribe_link=f"{self.public_url}/u/{draft.tokens[Channel.EMAIL]}",
            language=draft.account.language,
            initial=draft.initial(Channel.EMAIL),
            amount_cents=_amount(draft, practice),
        )
        channel = self.email_channel()
        return Message(
            Channel.EMAIL,
            lambda: channel.send(
                to=address,
                from_name=practice.display_name,
                content=content,
                alert_id=draft.alert_id,
                reply_to=practice.reply_to,
            ),
        )

    def _link(self, draft: Draft, channel: Channel) -> str:
        return f"{self.public_url}/a/{draft.tokens[channel]}"


def _amount(draft: Draft, practice: Practice) -> int | None:
    return int(draft.account.balance_cents) if practice.alerts.include_amount else None
