"""Why a patient is alerted or not, and what was sent: `explain`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from balance_alerts.alerts.history import alert_history
from balance_alerts.alerts.scan import allowed_by
from balance_alerts.domain.account import Account
from balance_alerts.domain.calendar import local_date
from balance_alerts.domain.contact import Channel, ContactState
from balance_alerts.domain.decide import Decision, Reason, decide, earliest_alert_on
from balance_alerts.domain.delivery import ChannelStatus
from balance_alerts.domain.practice import Frequency, Practice
from balance_alerts.office.patient_file import PatientFile, open_file
from balance_alerts.store.alerts import Alert
from balance_alerts.store.contacts import contacts_on_file
from balance_alerts.wiring import Wiring
from infra.operator.explain_facts import facts
from infra.operator.known_practice import get_practice
from infra.operator.stack import Stack
from infra.operator.words import brake_told, count_days, local_time

if TYPE_CHECKING:
    from infra.operator.arguments import Commands

_WORDS = {
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

_STATUSES = {
    ChannelStatus.ACCEPTED: "accepted by the provider",
    ChannelStatus.CARRIER_BLOCKED: "blocked by the carrier",
    ChannelStatus.NOT_SENT: "not sent",
    ChannelStatus.UNKNOWN: "unknown whether it went out, never repeated in this period",
}


def add(commands: Commands) -> None:
    """Tell argparse about this command."""
    command = commands.add_parser(
        "explain",
        help="why a patient is alerted or not, and what was sent",
        description="The decision of now, what it is made from, and the alerts so far. What "
        "certainly was not sent leaves no alert here: the patient stays due for the next run.",
    )
    command.add_argument("practice", metavar="PRACTICE")
    command.add_argument("patient", metavar="PATIENT")
    command.set_defaults(run=_explain)


def _explain(stack: Stack, options: argparse.Namespace) -> int:
    get_practice(stack, options.practice)
    file = open_file(options.practice, options.patient, stack.wiring.now())
    for line in explained(stack.wiring, file):
        print(line)
    return 0


def explained(wiring: Wiring, file: PatientFile) -> Iterator[str]:
    """The decision of now in words, what it is made from, and the alerts so far."""
    yield f"{file.patient_id}: {_decided(wiring, file)}"
    for fact in facts(wiring, file):
        yield f"  {fact}"
    history = alert_history(wiring.alerts, file.account, file.now)
    yield "Alerts, newest first:" if history else "No alerts so far."
    for alert in history:
        yield f"  {alert.sent_on} {_channels(alert)}, at {_at(alert.claimed_at, file)}"


def _decided(wiring: Wiring, file: PatientFile) -> str:
    account = file.account.to_domain()
    decision = decide(account, file.practice, file.now)
    if decision.reason is not None:
        return _not_due(decision, account, file.practice)
    kept_back = _kept_back(wiring, file)
    if kept_back is not None:
        return f"due now, but kept back {kept_back}"
    return "due now; it goes out with the next run, within 15 minutes"


def _not_due(decision: Decision, account: Account, practice: Practice) -> str:
    assert decision.reason is not None
    said = f"not due ({decision.reason}): {_words(decision.reason, account, practice)}"
    if decision.next_on is not None:
        opens = practice.alerts.send_window.opens
        return f"{said}; due on {decision.next_on} from {opens:%H:%M} if only time passes"
    if decision.reason in PASSING:
        return f"{said}; no such day comes before the window closes"
    return f"{said}; time alone will not change that"


def _words(reason: Reason, account: Account, practice: Practice) -> str:
    if reason is Reason.PRACTICE_OFF:
        return _practice_off(practice)
    if reason is not Reason.TOO_SOON:
        return _WORDS[reason]
    period, last_on = practice.alerts.frequency.period, account.last_alert_on
    earliest_on = account.window and earliest_alert_on(account, practice, account.window)
    if period and last_on and last_on + period == earliest_on:
        return f"the last alert was on {last_on}, less than {count_days(period.days)} ago"
    wait = count_days(practice.alerts.first_alert_after_days)
    return f"the first alert goes out {wait} after responsibility was recorded"


def _practice_off(practice: Practice) -> str:
    """Everything that keeps the practice's alerts off, for taking off one may not be enough."""
    reasons = []
    if practice.brake is not None:
        reasons.append(brake_told(practice.brake, practice.time_zone))
    if practice.alerts.paused:
        reasons.append("the practice's alerts are paused")
    if practice.alerts.frequency is Frequency.DONT_SEND:
        reasons.append("the practice's frequency is dont_send")
    return "; and ".join(reasons)


def _kept_back(wiring: Wiring, file: PatientFile) -> str | None:
    """Why nothing goes out to an account for which the rules say that it is due."""
    practice, account = file.practice, file.account
    contacts = contacts_on_file(account)
    reached = [
        channel
        for channel in account.to_domain().active_channels
        if channel in contacts and contacts[channel].state == ContactState.REACHABLE
    ]
    if not reached:
        return f"({Reason.NO_REACHABLE_CONTACT}): {_WORDS[Reason.NO_REACHABLE_CONTACT]}"
    if not any(practice.alerts.may_send_to(account.contact(each) or "") for each in reached):
        return "(not_in_pilot): the practice tries its alerts out on other contacts"
    limit = practice.alerts.daily_limit
    if limit is None:
        return None
    today = local_date(file.now, practice.time_zone)
    sent = wiring.practices.alerts_sent(practice.practice_id, today)
    if sent >= limit:
        return "(daily_limit): as many alerts as the practice allows went out today"
    if sent >= allowed_by(practice, file.now):
        return "(daily_limit): the day's alerts are spread over its hours; more follow later today"
    return None


def _channels(alert: Alert) -> str:
    return ", ".join(
        f"{channel} {_STATUSES.get(result.status, result.status.replace('_', ' '))}"
        + (f" ({result.detail})" if result.detail else "")
        for channel in Channel
        if (result := alert.channels.get(channel)) is not None
    )


def _at(instant: datetime, file: PatientFile) -> str:
    return local_time(instant, file.account.time_zone or file.practice.time_zone)
