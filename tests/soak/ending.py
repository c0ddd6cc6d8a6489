"""The end of a soak: no load, no faults, and all the time that things need to come right."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from balance_alerts.domain.contact import Channel
from balance_alerts.store.channel_stops import lift_stop
from infra.local.gateway.transactions import HELD
from infra.local.waiting import StackError
from tests.simulation.ending import LOOKS_AT
from tests.soak.actors.providers import Providers
from tests.soak.checks import check_all, check_forgotten
from tests.soak.report import progress
from tests.soak.secrecy import Logs
from tests.soak.world import DIRECTOR, Soak

QUEUES = ("AlertQueueUrl", "ImportQueueUrl", "DeliveryEventQueueUrl")
LOOK_UPS = (0.3, 25, 24, 16 * 24)
"""Hours before each of the last look-ups at the gateway. What is not found after a day was not
charged; what a bank took back is seen when a settlement is read again, every 15 days or sooner."""
MOST_SCANS = 30


def bring_to_rest(soak: Soak, providers: Providers, logs: Logs, random: Random) -> None:
    """Drain, look up, let two send windows pass, and check everything; what fails is noted."""
    try:
        _bring_to_rest(soak, providers, logs, random)
    except (StackError, BotoCoreError, ClientError) as error:
        soak.fail("0 rest", str(error))


def _bring_to_rest(soak: Soak, providers: Providers, logs: Logs, random: Random) -> None:
    stack = soak.stack
    stack.outbox.clear_faults()
    stack.gateway.set_mode("approve")
    progress("reports, then look-ups at the gateway")
    _settle(soak, providers, random)
    _settle_payments(soak)
    for office in soak.cast.offices:
        path, headers = "/practice/balance-alerts", soak.staff(office, DIRECTOR)
        soak.call("settings changed", "PUT", path, {"paused": False}, headers)
        soak.last_told.answered(("setting", office.practice_id, "paused"), False)
    for channel in Channel:
        lift_stop(channel, stack.now())
    progress("two send windows")
    for at in LOOKS_AT:
        today = stack.now().date() + timedelta(days=at == LOOKS_AT[0])
        stack.clock.set(datetime.combine(today, at, stack.now().tzinfo))
        for _ in range(MOST_SCANS):
            if not stack.scan().queued:
                break
        _settle(soak, providers, random)
        check_forgotten(soak)
    progress("checks")
    check_all(soak)
    _check_dead_letters(soak)
    progress("logs")
    logs.read()
    logs.take_queued(stack.journal.since(0).queued)
    for defect in sorted(logs.defects):
        soak.fail("0 defect", defect)
    for value in sorted(logs.personal(soak.cast, all_tokens(soak))):
        soak.fail("7 personal", f"{value} is in the logs, or in the body of a message")


def all_tokens(soak: Soak) -> set[str]:
    """Whatever let somebody in: links that were sent or handed out, sessions, staff's tokens."""
    sent = {each.link for each in soak.stack.outbox.messages() if each.link}
    in_links = {link.rpartition("/")[2] for link in sent}
    return in_links | soak.answers.tokens | set(soak.answers.links)


def _settle(soak: Soak, providers: Providers, random: Random) -> None:
    """Report everything, and wait until all of that is taken in."""
    for _ in range(2):  # a message that is swallowed leads to a report of its own
        providers.report_all(random)
        for output in QUEUES:
            soak.stack.wait_drained(output)
    soak.stack.gateway.webhooks.wait()


def _settle_payments(soak: Soak) -> None:
    """Let the gateway tell everything, and be asked for two days."""
    gateway = soak.stack.gateway
    for charge in gateway.charges():
        if charge["status"] == HELD:
            with suppress(ValueError):
                gateway.desk.release(charge["trans_id"])
    for hours in LOOK_UPS:
        soak.stack.clock.advance(hours=hours)
        soak.stack.reconcile()
        gateway.settle()


def _check_dead_letters(soak: Soak) -> None:
    """Nothing was given up."""
    stack = soak.stack
    for output, url in stack.outputs.items():
        if output.endswith("DeadLetterQueueUrl"):
            found: Any = stack.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
            for message in found.get("Messages", ()):
                soak.fail("0 dead letter", f"{output}: {message['Body'][:300]}")
