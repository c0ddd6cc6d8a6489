"""What a decision is made from, a line each, for who asks why a patient got no alert."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from balance_alerts.alerts.history import CLAIM_SETTLES_AFTER
from balance_alerts.domain.calendar import local_date
from balance_alerts.domain.contact import WITHDRAWN, Channel, mask_email, mask_mobile
from balance_alerts.domain.ledger import WINDOW_DAYS
from balance_alerts.domain.money import format_dollars
from balance_alerts.office.patient_file import PatientFile
from balance_alerts.office.patient_view import HoldView, holds_view
from balance_alerts.store import table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.alerts import claim_key
from balance_alerts.store.consents import ConsentRecord, latest_consents
from balance_alerts.store.contacts import ContactRecord, contacts_on_file
from balance_alerts.wiring import Wiring
from infra.operator.words import local_time


def facts(wiring: Wiring, file: PatientFile) -> Iterator[str]:
    """What is known of a patient that counts for alerts; contacts are masked."""
    account, practice = file.account, file.practice
    zone = account.time_zone or practice.time_zone
    yield f"local time {local_time(file.now, zone)} in {zone}"
    balance = f"balance {format_dollars(int(account.balance_cents))}"
    least = practice.alerts.minimum_balance_cents
    yield balance if least == 1 else f"{balance}; alerts from {format_dollars(least)} on"
    known = contacts_on_file(account)
    consents = latest_consents(file.practice_id, file.patient_id)
    for channel in Channel:
        yield _channel(file, channel, known.get(channel), consents.get(channel))
    if account.window is not None:
        newest_on = local_date(account.window.newest_at, zone)
        yield (
            f"responsibility since {local_date(account.window.opened_at, zone)}, "
            f"newest {newest_on}, window through {newest_on + timedelta(days=WINDOW_DAYS - 1)}"
        )
    for hold in holds_view(file):
        yield _hold(hold, zone)
    if account.open_attempt is not None:
        yield _payment(wiring, file, account.open_attempt)
    yield from _limits(wiring, file)
    if is_going_out(account) and file.now - account.claimed_at < CLAIM_SETTLES_AFTER:
        yield (
            f"an alert is going out since {local_time(account.claimed_at, zone)}; if its worker "
            "is lost, it shows as unknown after 15 minutes"
        )


def is_going_out(account: AccountRecord) -> bool:
    """Whether the account was claimed for an alert of which nothing is written down yet."""
    key = claim_key(account)
    return key is not None and key not in table.read([key])


def _channel(
    file: PatientFile,
    channel: Channel,
    contact: ContactRecord | None,
    consent: ConsentRecord | None,
) -> str:
    account, zone = file.account, file.practice.time_zone
    state = account.contact_state(channel) if contact is None else contact.state
    subscribed = {True: "subscribed", False: "switched off", None: "never subscribed"}
    said = f"{channel}: {subscribed[account.subscribed(channel)]}"
    if account.subscribed(channel) and state in WITHDRAWN:
        said = f"{channel}: nothing goes out by it, as the contact's owner wishes"
    if consent is not None:
        what = "withdrawn" if consent.withdrawn else "consent"
        who = consent.recorded_by_name or consent.recorded_by
        at = local_time(consent.given_at, zone)
        said += f" ({what} of {at}, {consent.source}, recorded by {who})"
    on_file = account.contact(channel)
    if on_file is None:
        return f"{said}, contact none"
    masked = mask_mobile(on_file) if channel is Channel.TEXT else mask_email(on_file)
    said += f", contact {masked} {str(state).replace('_', ' ')}"
    if contact is not None and contact.changed_at is not None:
        said += f" since {local_time(contact.changed_at, zone)} ({contact.source})"
    if not file.practice.alerts.may_send_to(on_file):
        said += ", not among the contacts that alerts are tried out on"
    return said


def _hold(hold: HoldView, zone: str) -> str:
    said = f"hold for {hold.reason}"
    said += f" through {hold.until}" if hold.until else " without end"
    if not hold.active:
        said += ", over"
    if hold.set_by is not None:
        said += f", set by {hold.set_by}"
    if hold.set_at is not None:
        said += f" at {local_time(hold.set_at, zone)}"
    return f"{said}: {hold.note}" if hold.note else said


def _payment(wiring: Wiring, file: PatientFile, attempt_id: str) -> str:
    attempt = wiring.attempts.get(file.practice_id, file.patient_id, attempt_id)
    begun = local_time(attempt.begun_at, file.practice.time_zone)
    amount = format_dollars(attempt.amount_cents)
    return f"payment {attempt_id} of {amount} is {attempt.state_at(file.now)}, begun at {begun}"


def _limits(wiring: Wiring, file: PatientFile) -> Iterator[str]:
    alerts = file.practice.alerts
    if alerts.daily_limit is not None:
        today = local_date(file.now, file.practice.time_zone)
        sent = wiring.practices.alerts_sent(file.practice_id, today)
        yield f"daily limit: {sent} of {alerts.daily_limit} alerts used today"
    if alerts.pilot_contacts is not None:
        yield f"alerts are tried out on {len(alerts.pilot_contacts)} contacts; nobody else gets any"
