"""Patients' replies to texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from balance_alerts.channels.reply_words import Reply, reply_of
from balance_alerts.channels.text_opt_outs import TextOptOuts
from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.contact import WITHDRAWING, Channel, ContactFact, Facts
from balance_alerts.domain.errors import RuleError
from balance_alerts.queues.alert_queue import AlertQueue, HelpWanted
from balance_alerts.store import keys, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.contacts import ContactRecord

SOURCE = "text_reply"
FRESH = timedelta(minutes=15)
"""A START that is tried again is younger than this, unless somebody put it back by hand."""
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ReplyDesk:
    """Does what replies ask for; what they say otherwise is neither kept nor logged.

    Texts are the sender's to send, so the queue takes a wish for help to it.
    """

    accounts: Accounts
    opt_outs: TextOptOuts
    queue: AlertQueue
    clock: Clock

    def take(self, number: str, text: str, *, at: datetime) -> Reply | None:
        """Take a reply that came from a number at an instant; returns what it asked for."""
        asked = reply_of(text)
        if asked is Reply.STOP:
            self._tell(number, ContactFact.OPTED_OUT, at)
        elif asked is Reply.START:
            self._start(number, at)
        elif asked is Reply.HELP:
            self._help(number, at)
        return asked

    def _start(self, number: str, at: datetime) -> None:
        """Opt in, also at the provider where it has not done so by itself.

        Where it refuses, nothing is claimed that is not so: the number stays as it was. So it does
        after a reply that came twice, or that others have overtaken: of a number that is still
        listed long after its START, a later STOP may not have reached us yet. A START that is known
        is told once more: accounts may not follow the number yet, where the first try broke off.
        """
        known = _known(number)
        if _is_overtaken(known, at):
            return
        if _is_known(known, at):
            self._tell(number, ContactFact.OPTED_IN, at)
            return
        if self.clock() - at < FRESH:
            try:
                self.opt_outs.take_off(number)
            except RuleError:
                return
        elif self.opt_outs.lists(number):
            return
        self._tell(number, ContactFact.OPTED_IN, at)

    def _help(self, number: str, at: datetime) -> None:
        """Have the practice answer whose text it was; a number on no account gets no answer."""
        contact = _contact(number)
        users = contact.users() if contact else []
        accounts = table.read(keys.account(*user) for user in users).values()
        if accounts:
            texted = max(accounts, key=_texted_at)
            self.queue.put_one(HelpWanted(texted.practice_id, texted.patient_id, at))

    def _tell(self, number: str, fact: ContactFact, at: datetime) -> None:
        self.accounts.tell_of_number(number, fact, source=SOURCE, at=at)


def _contact(number: str) -> ContactRecord | None:
    key = keys.mobile(number)
    contact: ContactRecord | None = table.read([key]).get(key)
    return contact


def _known(number: str) -> Facts:
    contact = _contact(number)
    return contact.known() if contact else {}


def _is_overtaken(known: Facts, at: datetime) -> bool:
    """Whether the owner has withdrawn since, or a later START is known."""
    opted_in = known.get(ContactFact.OPTED_IN)
    return any(known[fact].at >= at for fact in WITHDRAWING & known.keys()) or (
        opted_in is not None and opted_in.at > at
    )


def _is_known(known: Facts, at: datetime) -> bool:
    """Whether this very START was taken before."""
    opted_in = known.get(ContactFact.OPTED_IN)
    return opted_in is not None and opted_in.at == at


def _texted_at(account: AccountRecord) -> tuple[bool, datetime]:
    """What puts the account first that was alerted last, by text if any was."""
    by_text = Channel.TEXT.value in (account.claim_channels or ())
    return by_text, _NEVER if account.claimed_at is None else account.claimed_at
