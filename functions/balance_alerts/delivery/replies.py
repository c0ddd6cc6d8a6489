"""Patients' replies to texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from balance_alerts.channels.reply_words import Reply, reply_of
from balance_alerts.channels.text_opt_outs import TextOptOuts
from balance_alerts.domain.contact import ContactFact
from balance_alerts.domain.errors import RuleError
from balance_alerts.store.accounts import Accounts

SOURCE = "text_reply"


@dataclass(frozen=True, slots=True)
class ReplyDesk:
    """Does what replies ask for; what they say otherwise is neither kept nor logged."""

    accounts: Accounts
    opt_outs: TextOptOuts

    def take(self, number: str, text: str, *, at: datetime) -> Reply | None:
        """Take a reply that came from a number at an instant; returns what it asked for."""
        asked = reply_of(text)
        if asked is Reply.STOP:
            self._tell(number, ContactFact.OPTED_OUT, at)
        elif asked is Reply.START:
            self._start(number, at)
        return asked

    def _start(self, number: str, at: datetime) -> None:
        """Opt in, also at the provider where it has not done so by itself.

        Where it refuses, nothing is claimed that is not so: the number stays as it was.
        """
        try:
            self.opt_outs.take_off(number)
        except RuleError:
            return
        self._tell(number, ContactFact.OPTED_IN, at)

    def _tell(self, number: str, fact: ContactFact, at: datetime) -> None:
        self.accounts.tell_of_number(number, fact, source=SOURCE, at=at)
