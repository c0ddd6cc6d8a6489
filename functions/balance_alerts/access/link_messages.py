"""The messages that bring a fresh link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from balance_alerts.channels import wording
from balance_alerts.channels.email import EmailChannel
from balance_alerts.channels.sms import TextChannel
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.delivery import Delivery
from balance_alerts.domain.practice import Practice
from balance_alerts.store.account_record import AccountRecord


@dataclass(frozen=True, slots=True)
class LinkMessages:
    """Writes and sends them, in the patient's language; no amount in any of them."""

    text_channel: Callable[[], TextChannel]
    email_channel: Callable[[], EmailChannel]
    public_url: str

    def send(
        self,
        account: AccountRecord,
        practice: Practice,
        *,
        channel: Channel,
        token: str,
        shared: bool,
    ) -> Delivery:
        """Hand a fresh link to the contact on file; a shared contact is told whose it is."""
        initial = str(account.first_name)[:1].upper() if shared else None
        link = f"{self.public_url}/a/{token}"
        if channel is Channel.TEXT:
            body = wording.text_fresh_link(
                short_name=practice.short_name,
                phone=practice.phone,
                link=link,
                language=account.language,
                initial=initial,
            )
            return self.text_channel().send(str(account.mobile), body)
        content = wording.email_alert(
            display_name=practice.display_name,
            phone=practice.phone,
            link=link,
            unsubscribe_link=f"{self.public_url}/u/{token}",
            language=account.language,
            initial=initial,
            fresh_link=True,
        )
        return self.email_channel().send(
            to=str(account.email),
            from_name=practice.display_name,
            content=content,
            alert_id=uuid4().hex,
            practice_code=practice.code,
            reply_to=practice.reply_to,
        )
