"""Why a patient is alerted or not, and what was sent: `explain`."""

from __future__ import annotations

import argparse
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from balance_alerts.alerts.history import alert_history
from balance_alerts.domain.account import Account
from balance_alerts.domain.calendar import local_date
from balance_alerts.domain.calendar import zone as calendar_zone
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.decide import Decision, Reason, decide, earliest_alert_on
from balance_alerts.domain.ledger import WINDOW_DAYS
from balance_alerts.domain.money import format_dollars
from balance_alerts.domain.practice import Practice
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.alerts import Alert
from infra.operator.practices import count_days, get_practice
from infra.operator.stack import Stack

if TYPE_CHECKING:
    from infra.operator.arguments import Commands

_WORDS = {
    Reason.PRACTICE_OFF: "the practice's alerts are paused or switched off",
    Reason.NOT_SUBSCRIBED: "the patient is subscribed neither to texts nor to emails",
    Reason.NO_REACHABLE_CONTACT: "no subscribed channel has a contact that can be reached",
    Reason.NOTHING_OWED: "nothing is owed over all cases",
    Reason.BELOW_MINIMUM: "the balance is below the practice's minimum",
    Reason.WINDOW_CLOSED: "the newest responsibility is 60 days old or older, or there is none",
    Reason.ON_HOLD: "a hold is active",
    Reason.PAYMENT_PENDING: "a payment is being made or confirmed",
    Reason.OUTSIDE_SEND_WINDOW: "it is outside the practice's hours or days for alerts",
}

PASSING = frozenset({Reason.ON_HOLD, Reason.TOO_SOON, Reason.OUTSIDE_SEND_WINDOW})
"""Reasons that time ends, unless the window closes first or the hold has no end."""


def add(commands: Commands) -> None:
    """Tell argparse about this command."""
    command = commands.add_parser("explain", help="why a patient is alerted or not, and since when")
    command.add_argument("practice", metavar="PRACTICE")
    command.add_argument("patient", metavar="PATIENT")
    command.set_defaults(run=_explain)


def _explain(stack: Stack, options: argparse.Namespace) -> int:
    practice = get_practice(stack, options.practice)
    account = stack.wiring.accounts.get(options.practice, options.patient)
    now = stack.wiring.now()
    known = account.to_domain()
    print(f"{account.patient_id}: {_decided(decide(known, practice, now), known, practice)}")
    for line in _facts(account, practice, now):
        print(f"  {line}")
    history = alert_history(stack.wiring.alerts, account, now)
    print("Alerts, newest first:" if history else "No alerts so far.")
    for alert in history:
        print(f"  {alert.sent_on} {_channels(alert)}")
    return 0


def _decided(decision: Decision, account: Account, practice: Practice) -> str:
    if decision.reason is None:
        return "due now"
    said = f"not due ({decision.reason}): {_words(decision.reason, account, practice)}"
    if decision.next_on is not None:
        opens = practice.alerts.send_window.opens
        return f"{said}; due on {decision.next_on} from {opens:%H:%M} if only time passes"
    if decision.reason in PASSING:
        return f"{said}; no such day comes before the window closes"
    return f"{said}; time alone will not change that"


def _words(reason: Reason, account: Account, practice: Practice) -> str:
    if reason is not Reason.TOO_SOON:
        return _WORDS[reason]
    period, last_on = practice.alerts.frequency.period, account.last_alert_on
    earliest_on = account.window and earliest_alert_on(account, practice, account.window)
    if period and last_on and last_on + period == earliest_on:
        return f"the last alert was on {last_on}, less than {count_days(period.days)} ago"
    wait = count_days(practice.alerts.first_alert_after_days)
    return f"the first alert goes out {wait} after responsibility was recorded"


def _facts(account: AccountRecord, practice: Practice, now: datetime) -> list[str]:
    zone = account.time_zone or practice.time_zone
    facts = [
        f"local time {now.astimezone(calendar_zone(zone)):%Y-%m-%d %H:%M} in {zone}",
        f"balance {format_dollars(int(account.balance_cents))}",
    ]
    for channel in Channel:
        subscribed = {True: "subscribed", False: "switched off", None: "never subscribed"}
        state = account.to_domain().subscription(channel).contact
        facts.append(
            f"{channel}: {subscribed[account.subscribed(channel)]}, "
            f"contact {state.value if state else 'none'}"
        )
    if account.window is not None:
        newest_on = local_date(account.window.newest_at, zone)
        facts.append(
            f"responsibility since {local_date(account.window.opened_at, zone)}, "
            f"newest {newest_on}, window through {newest_on + timedelta(days=WINDOW_DAYS - 1)}"
        )
    for reason, until in account.to_domain().holds.items():
        facts.append(f"hold for {reason}" + (f" through {until}" if until else " without end"))
    return facts


def _channels(alert: Alert) -> str:
    return ", ".join(
        f"{channel} {result.status}" + (f" ({result.detail})" if result.detail else "")
        for channel, result in alert.channels.items()
    )
