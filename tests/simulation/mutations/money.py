"""Guards of payments and of the ledger: a card charged once, a payment posted once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from pynamodb.transactions import TransactWrite

from balance_alerts.domain import looking_up
from balance_alerts.gateway.authorize_net import AuthorizeNet
from balance_alerts.gateway.codes import ChargeOutcome
from balance_alerts.office import attention_desk
from balance_alerts.payments import open_attempts, settle
from balance_alerts.payments.connections import Connections
from balance_alerts.store import beginnings, entries, keys
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.attempt_records import PaymentKeyRecord
from balance_alerts.store.practice_records import PracticeRecord
from tests.simulation.mutations.table import Patches, guard, mutation, together
from tests.simulation.mutations.versions import updated_whatever_their_version


@mutation
def accounts_are_written_whatever_their_version() -> Patches:
    """Two writers may both change what they read."""
    yield updated_whatever_their_version(AccountRecord)


@mutation
def entry_ids_are_put_over_others() -> Patches:
    """One id may be posted twice."""
    real = TransactWrite.save

    def save(self: TransactWrite, model: Any, condition: Any = None, **named: Any) -> None:
        kept = None if isinstance(model, entries.EntryIdRecord) else condition
        real(self, model, kept, **named)

    yield patch.object(TransactWrite, "save", save)


@mutation
def a_payment_may_begin_beside_another() -> Patches:
    """The lock on the account is not asked for."""
    real = beginnings.Beginning._check

    def check(self: Any, account: AccountRecord, now: Any) -> None:
        before, account.open_attempt = account.open_attempt, None
        real(self, account, now)
        account.open_attempt = before

    yield patch.object(beginnings.Beginning, "_check", check)


@mutation
def a_click_may_become_two_payments() -> Patches:
    """Its key is neither asked for nor put."""
    yield patch.object(beginnings, "A_KEY_LASTS", timedelta(0))


@mutation
def a_charge_without_an_answer_has_failed() -> Patches:
    """It may have been made."""

    def charged(self: Any, asked: Any) -> Any:
        answer = real(self, asked)
        if answer.outcome is ChargeOutcome.UNKNOWN:
            return replace(answer, outcome=ChargeOutcome.FAILED)
        return answer

    real = AuthorizeNet._charged
    yield patch.object(AuthorizeNet, "_charged", charged)


@guard
def transactions_are_not_asked_for() -> Patches:
    """Whether one is another payment is not read before."""
    real = settle._Settling.read

    def read(*given: Any) -> Any:
        settling = real(*given)
        own = [key for key in settling._found if key[0].startswith(_POSTED)]
        settling._found = {key: each for key, each in settling._found.items() if key not in own}
        return settling

    yield patch.object(settle._Settling, "read", read)


_POSTED = keys.posted_transaction("-", "-")[0].split("#")[0]
"""What the keys of those begin with that were posted."""


@guard
def transactions_are_put_over_others() -> Patches:
    """What else was posted of one is not asked for with the write."""
    real = TransactWrite.save

    def save(self: TransactWrite, model: Any, condition: Any = None, **named: Any) -> None:
        kept = None if isinstance(model, entries.PostedTransactionRecord) else condition
        real(self, model, kept, **named)

    yield patch.object(TransactWrite, "save", save)


together(
    "one_transaction_becomes_the_payments_of_two",
    transactions_are_not_asked_for,
    transactions_are_put_over_others,
)


@mutation
def attempts_move_on_wherever_they_stand() -> Patches:
    """An answer that comes late is written over what came of the payment."""
    yield patch.object(settle._Settling, "_unchanged", None)


@mutation
def one_look_proves_absence() -> Patches:
    """The gateway may list a charge hours later."""

    def absence_of(*given: Any) -> looking_up.Absence:
        found = looking_up.absence_of(*given)
        first = found is looking_up.Absence.SUSPECTED
        return looking_up.Absence.NOT_CHARGED if first else found

    yield patch.object(open_attempts, "absence_of", absence_of)


@mutation
def absence_is_proven_within_a_day() -> Patches:
    """Two looks are enough, however soon."""
    yield patch.object(looking_up, "LAST_PROOF_AFTER", timedelta(0))


@mutation
def payments_are_settled_by_hand_at_once() -> Patches:
    """The charge may still be on its way."""
    yield patch.object(attention_desk, "BY_HAND_AFTER", timedelta(0))


@mutation
def a_merchant_account_is_given_up_whatever_is_open() -> Patches:
    """Its books are where an open payment would be looked up."""
    yield patch.object(Connections, "_closed", lambda _, practice: practice)


@mutation
def payments_begin_by_an_account_that_was_given_up() -> Patches:
    """A director took it away between the reading and the writing."""
    yield patch.object(beginnings, "takes_cards_by", lambda _: PracticeRecord.pk.exists())


@guard
def keys_of_clicks_are_put_over_others() -> Patches:
    """What another click of the same key has begun is not asked for with the write."""
    real = TransactWrite.save

    def save(self: TransactWrite, model: Any, condition: Any = None, **named: Any) -> None:
        kept = None if isinstance(model, PaymentKeyRecord) else condition
        real(self, model, kept, **named)

    yield patch.object(TransactWrite, "save", save)


@guard
def payments_begin_whatever_the_version() -> Patches:
    """What else was written to the account is not asked for as a payment begins."""
    begin = beginnings.Beginning._write
    beginning: list[bool] = []

    def write(*given: Any) -> Any:
        beginning.append(True)
        try:
            return begin(*given)
        finally:
            beginning.pop()

    yield patch.object(beginnings.Beginning, "_write", write)
    yield updated_whatever_their_version(AccountRecord, where=lambda: beginning)


together(
    "two_clicks_of_one_key_begin_at_once",
    keys_of_clicks_are_put_over_others,
    payments_begin_whatever_the_version,
)
