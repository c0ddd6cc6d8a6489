"""Guards of alerts: who may send, when, and how often."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

from botocore.config import Config
from botocore.exceptions import ReadTimeoutError

from balance_alerts.access import fresh_links
from balance_alerts.alerts import recorder, scan, send, send_now, still_due
from balance_alerts.channels import email, limits, provider_errors, sms
from balance_alerts.domain.delivery import Delivery, SendOutcome
from balance_alerts.domain.practice import AlertSettings
from balance_alerts.store import (
    account_dates,
    brake,
    claims,
    help_answers,
    keys,
    owed_receipts,
    practices,
    sent_now,
)
from balance_alerts.store.account_record import AccountRecord
from tests.simulation.mutations.table import Patches, mutation


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
def claims_without_an_answer_are_not_read_back() -> Patches:
    """They hold, and nobody sends."""

    def given_up(unsure: Any, *, held: Any, trouble: Any) -> claims.Claimed:
        broken = [code for code in trouble if code not in claims._LOST_RACES]
        return claims.Claimed(held, broken, lost=len(trouble) - len(broken))

    yield patch.object(claims, "_read_back", given_up)


@mutation
def what_a_killed_worker_did_not_record_is_not_kept() -> Patches:
    """The next claim on the account forgets it."""
    yield patch.object(recorder.Recorder, "keep_lost", lambda *_: None)


@mutation
def whoever_is_not_in_the_pilot_is_sent_to() -> Patches:
    """The practice tries its alerts out on some contacts."""
    yield patch.object(AlertSettings, "may_send_to", lambda *_: True)


@mutation
def fresh_links_are_sent_as_often_as_wanted() -> Patches:
    """The day is not asked for."""
    yield patch.object(fresh_links, "claim_day", lambda *_: True)


@mutation
def help_is_answered_each_time() -> Patches:
    """The other side may answer by itself, too."""
    yield patch.object(help_answers, "claim_day", lambda *_: True)


@mutation
def receipts_are_sent_by_whoever_comes() -> Patches:
    """Nobody claims them."""
    yield patch.object(owed_receipts, "claim", lambda *_: True)


@mutation
def a_click_does_not_wait_for_what_is_going_out() -> Patches:
    """Staff may claim an account that a worker has claimed seconds before."""
    yield patch.object(send_now, "_is_going_out", lambda *_: False)
