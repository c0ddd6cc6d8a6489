"""One-click unsubscribe from email (RFC 8058)."""

from __future__ import annotations

from dataclasses import dataclass

from balance_alerts.access.links import digest
from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.contact import Channel, ContactFact
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.links import Links

SOURCE = "one_click"


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Opts out the address that an email went to."""

    links: Links
    accounts: Accounts
    clock: Clock

    def opt_out(self, token: str) -> bool:
        """Opt out the address this token was sent to, however old; says whether there was one.

        The address's state changes, for every account of the practice that uses it;
        subscriptions stay as they are. Doing it twice changes nothing.
        """
        now = self.clock()
        link = self.links.find(digest(token), now)
        if link is None or link.channel is not Channel.EMAIL:
            return False
        self.accounts.tell_of_contact(
            link.practice_id,
            Channel.EMAIL,
            link.contact,
            ContactFact.OPTED_OUT,
            source=SOURCE,
            at=now,
        )
        return True
