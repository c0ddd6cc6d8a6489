"""Emailing the receipt of a payment, once.

Whoever claims the receipt sends it. Where certainly nothing was sent, the claim is given back and
the receipt stays owed; where nobody can know, it is not sent again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import uuid4

from balance_alerts.alerts.courier import Courier, Message
from balance_alerts.channels import wording
from balance_alerts.domain.attempt import AttemptState
from balance_alerts.domain.calendar import Clock, local_date
from balance_alerts.domain.contact import TAKES_RECEIPTS, Channel, ContactFact
from balance_alerts.domain.delivery import Delivery, SendOutcome
from balance_alerts.store import contacts, keys, owed_receipts, table

if TYPE_CHECKING:
    from balance_alerts.channels.email import EmailChannel
    from balance_alerts.domain.practice import Practice
    from balance_alerts.queues.alert_queue import ReceiptWanted
    from balance_alerts.store.account_record import AccountRecord
    from balance_alerts.store.accounts import Accounts
    from balance_alerts.store.attempt_records import AttemptRecord
    from balance_alerts.store.contacts import ContactRecord
    from balance_alerts.store.owed_receipts import OwedReceiptRecord

logger = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=5)
"""For how long a throttled email is tried again, before its receipt is left for later."""


class ReceiptOutcome(StrEnum):
    """What became of a wish for a receipt.

    NOT_OWED: sent already, being sent, or never owed. NOT_SENT: stays owed. The others end it.
    """

    SENT = "sent"
    UNKNOWN = "unknown"
    NOT_SENT = "not_sent"
    REFUSED = "refused"
    NO_ADDRESS = "no_address"
    NOT_OWED = "not_owed"


_OUTCOMES = {
    SendOutcome.ACCEPTED: ReceiptOutcome.SENT,
    SendOutcome.UNKNOWN: ReceiptOutcome.UNKNOWN,
    SendOutcome.REFUSED: ReceiptOutcome.REFUSED,
    SendOutcome.NOT_SENT: ReceiptOutcome.NOT_SENT,
    SendOutcome.STOPPED: ReceiptOutcome.NOT_SENT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptSender:
    """Emails receipts to the address on file. `monotonic` counts seconds, for its patience."""

    accounts: Accounts
    courier: Courier
    email_channel: Callable[[], EmailChannel]
    clock: Clock
    monotonic: Callable[[], float] = time.monotonic

    def send(self, wanted: ReceiptWanted) -> ReceiptOutcome:
        """Email a receipt that is owed, unless another worker does, or no address takes it."""
        practice_id, patient_id = wanted.practice_id, wanted.patient_id
        owed_key = keys.owed_receipt(practice_id, wanted.attempt_id)
        attempt_key = keys.attempt(practice_id, patient_id, wanted.attempt_id)
        account_key = keys.account(practice_id, patient_id)
        practice_key = keys.practice(practice_id)
        found = table.read([owed_key, attempt_key, account_key, practice_key])
        owed: OwedReceiptRecord | None = found.get(owed_key)
        if owed is None or owed.claim_id is not None:
            return ReceiptOutcome.NOT_OWED
        attempt, account = found[attempt_key], found[account_key]
        if attempt.state != AttemptState.APPROVED:
            # Read while it was being posted: its receipt stays owed.
            return ReceiptOutcome.NOT_OWED
        contact = _contact_of(account)
        if contact is None or contact.state not in TAKES_RECEIPTS:
            owed_receipts.drop(owed)
            return ReceiptOutcome.NO_ADDRESS
        shared = len(contact.users_in(practice_id)) > 1
        message = self._written(attempt, account, found[practice_key].to_domain(), shared=shared)
        claim_id = uuid4().hex
        if not owed_receipts.claim(owed, claim_id, self.clock()):
            return ReceiptOutcome.NOT_OWED
        until = self.monotonic() + PATIENCE.total_seconds()
        [delivery] = self.courier.deliver([message], until=until)
        self._record(delivery, owed, account, claim_id)
        return _OUTCOMES[delivery.outcome]

    def _written(
        self, attempt: AttemptRecord, account: AccountRecord, practice: Practice, *, shared: bool
    ) -> Message:
        """The email, written before anything is claimed: writing may fail too."""
        address, channel = str(account.email), self.email_channel()
        content = wording.email_receipt(
            wording.PaidByCard(
                payment_id=attempt.attempt_id,
                amount_cents=int(attempt.amount_cents),
                paid_on=local_date(attempt.begun_at, practice.time_zone),
                card_type=attempt.card_type,
                last_four=attempt.last_four,
                auth_code=attempt.auth_code,
            ),
            display_name=practice.display_name,
            phone=practice.phone,
            hours=practice.hours,
            language=account.language,
            initial=str(account.first_name)[:1].upper() if shared else None,
        )

        def send() -> Delivery:
            return channel.send(
                to=address,
                from_name=practice.display_name,
                content=content,
                alert_id=attempt.attempt_id,
                practice_code=practice.code,
                reply_to=practice.reply_to,
            )

        return Message(Channel.EMAIL, send)

    def _record(
        self, delivery: Delivery, owed: OwedReceiptRecord, account: AccountRecord, claim_id: str
    ) -> None:
        """Write down what became of it."""
        if _OUTCOMES[delivery.outcome] is ReceiptOutcome.NOT_SENT:
            owed_receipts.give_back(owed, claim_id)
            return
        owed_receipts.settle(owed)
        if delivery.outcome is SendOutcome.REFUSED:
            self.accounts.tell_of_contact(
                account.practice_id,
                Channel.EMAIL,
                str(account.email),
                ContactFact.INVALID,
                source="provider",
                at=self.clock(),
            )


def _contact_of(account: AccountRecord) -> ContactRecord | None:
    """The email on file, as the contact itself stands."""
    if account.email is None:
        return None
    key = contacts.key_of(Channel.EMAIL, practice_id=account.practice_id, contact=account.email)
    return table.read([key]).get(key)
