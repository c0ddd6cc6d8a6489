"""Guards of the product, each taken away: what the simulation must notice.

A mutation is a name and what is put in a guard's place while it lasts. `test_mutations.py` tells
by which seed each one is caught.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from botocore.config import Config
from botocore.exceptions import ReadTimeoutError
from pynamodb.transactions import TransactWrite

from balance_alerts.access import sign_in
from balance_alerts.alerts import scan, send, send_now, still_due
from balance_alerts.channels import email, limits, provider_errors, sms
from balance_alerts.domain.delivery import Delivery, SendOutcome
from balance_alerts.gateway.authorize_net import AuthorizeNet
from balance_alerts.gateway.codes import ChargeOutcome
from balance_alerts.store import (
    account_dates,
    beginnings,
    brake,
    claims,
    contacts,
    entries,
    keys,
    practices,
    sent_now,
)
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.accounts import Accounts

Patches = Iterator[Any]
Mutation = Callable[[], "Patches"]
MUTATIONS: dict[str, Callable[[], Any]] = {}


def mutation(broken: Callable[[], Patches]) -> Callable[[], Patches]:
    """Enter a mutation into the table; what it yields are patches."""

    @contextmanager
    def applied() -> Iterator[None]:
        with ExitStack() as stack:
            for each in broken():
                stack.enter_context(each)
            yield

    MUTATIONS[broken.__name__] = applied
    return broken


@mutation
def claims_ask_for_no_version() -> Patches:
    """Two workers may claim one account."""
    real = claims._statement

    def statement(wanted: claims.Claim) -> Any:
        made = real(wanted)
        return {
            "Statement": made["Statement"].replace(" AND version=?", ""),
            "Parameters": list(made["Parameters"])[:-1],
        }

    yield patch.object(claims, "_statement", statement)


@mutation
def the_sender_does_not_decide_again() -> Patches:
    """What was due when it was queued is sent."""
    yield patch.object(still_due, "_is_due", lambda *_: True)


@mutation
def a_decision_lasts_for_minutes() -> Patches:
    """Balances may be paid meanwhile."""
    for module in (send, send_now, still_due):
        yield patch.object(module, "A_DECISION_LASTS", timedelta(minutes=5))


@mutation
def contacts_are_neither_followed_nor_asked() -> Patches:
    """The account's copy of a state lags behind, and the sender goes by the copy."""
    yield patch.object(Accounts, "follow_contact", lambda *_: None)
    real = still_due.reachable

    def reachable(due: Any, seen: Any) -> Any:
        found = {channel: seen.contact(due.account, channel) for channel in due.channels}
        return {
            channel: contact for channel, contact in found.items() if contact is not None
        } or real(due, seen)

    for module in (send, send_now):
        yield patch.object(module, "reachable", reachable)


@mutation
def provider_clients_try_again() -> Patches:
    """The SDK repeats a message whose answer was lost."""
    yield patch.object(limits, "client_config", lambda **_: Config(retries={"mode": "standard"}))


def _not_sent(error: Exception, refusal: Any) -> Delivery:
    if isinstance(error, ReadTimeoutError):
        return Delivery(SendOutcome.NOT_SENT, detail="timeout")
    return provider_errors.classify(error, refusal)


@mutation
def a_timeout_counts_as_not_sent() -> Patches:
    """It may have been sent."""
    for module in (sms, email):
        yield patch.object(module, "classify", _not_sent)


@mutation
def an_error_of_the_provider_counts_as_not_sent() -> Patches:
    """A 500 may have been sent, too."""

    def classify(error: Exception, refusal: Any) -> Delivery:
        found = provider_errors.classify(error, refusal)
        if found.detail == "http_500":
            return Delivery(SendOutcome.NOT_SENT, detail="http_500")
        return found

    for module in (sms, email):
        yield patch.object(module, "classify", classify)


@mutation
def accounts_are_written_whatever_their_version() -> Patches:
    """Two writers may both change what they read."""
    real = TransactWrite.update

    def update(self: TransactWrite, model: Any, actions: Any, **named: Any) -> None:
        if isinstance(model, AccountRecord):
            named["add_version_condition"] = False
        real(self, model, actions, **named)

    yield patch.object(TransactWrite, "update", update)


@mutation
def entry_ids_are_put_over_others() -> Patches:
    """One id may be posted twice."""
    real = TransactWrite.save

    def save(self: TransactWrite, model: Any, condition: Any = None, **named: Any) -> None:
        kept = None if isinstance(model, entries.EntryIdRecord) else condition
        real(self, model, kept, **named)

    yield patch.object(TransactWrite, "save", save)


@mutation
def a_click_may_become_two_alerts() -> Patches:
    """Its key is not asked for, neither before nor with the claim."""
    yield patch.object(claims, "is_free", lambda _: None)
    yield patch.object(sent_now, "alert_of", lambda *_: None)


@mutation
def the_due_index_is_not_kept() -> Patches:
    """Accounts stay in it, or out of it, as they were."""
    yield patch.object(AccountRecord, "refresh_due_index", lambda _: None)


@mutation
def a_closed_window_stays_closed() -> Patches:
    """New responsibility does not bring an account back."""
    real = account_dates._set_window

    def set_window(account: AccountRecord, *given: Any) -> None:
        before = account.window_seen_closed
        real(account, *given)
        account.window_seen_closed = before or account.window_seen_closed

    yield patch.object(account_dates, "_set_window", set_window)


@mutation
def the_daily_limit_is_not_counted() -> Patches:
    """As many go out as are due."""

    def reserve(self: Any, practice: Any, *, wanted: int, **_: Any) -> int:
        return wanted

    yield patch.object(practices.Practices, "reserve_alerts", reserve)


@mutation
def the_brake_is_not_asked() -> Patches:
    """The operator paused all alerts."""
    real = brake.practice_in

    def practice_in(found: Any, practice_id: str) -> Any:
        return real({key: item for key, item in found.items() if key != keys.brake()}, practice_id)

    for module in (still_due, practices):
        yield patch.object(module, "practice_in", practice_in)
    conditions = scan._conditions
    yield patch.object(scan, "_conditions", lambda now: (False, conditions(now)[1]))


@mutation
def what_is_told_of_a_contact_is_lost() -> Patches:
    """Opt-outs, bounces, complaints."""
    yield patch.object(contacts, "tell", lambda *_, **__: [])


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


@mutation
def any_date_of_birth_signs_in() -> Patches:
    """Whoever has the link gets in."""
    yield patch.object(sign_in, "_same_date", lambda *_: True)
