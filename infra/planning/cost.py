"""The monthly bill of a customer, from counted work and prices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from infra.planning import compute, counted, prices
from infra.planning.counted import (
    GATEWAY_CALLS,
    LINES,
    LOGGED_BYTES,
    REQUESTS,
    SENT_BYTES,
    SLICE,
    WORK,
)
from infra.planning.customers import DAYS, HABITS, Customer, Habits
from infra.planning.month import OPEN_SCANS, RECONCILIATIONS, SCANS, Month
from infra.planning.prices import Price

GB = 1e9
PLATFORM_LOG_BYTES = 650
"""Lambda's own two lines a run, start and report, by the example in AWS's documentation."""

ACCESS_LOG_BYTES = 300
"""A line of the API's access log, by its format in template.yaml."""

TEXT_RECORD_BYTES = 450
"""A record of SNS's delivery log, by the example in its documentation."""

EMAIL_EVENTS = 1.05
"""Reports an email: delivered, and now and then something more."""

SECONDS_A_MESSAGE = 0.1
"""A worker's share of the rates: ten messages a second, for which it waits."""

ASSET_SECONDS = 0.008
HELD = 0.05
"""Of accounts that owe: what each scan looks at in vain, held or waiting."""

IDLE_POLLS = 3 * 5 * 86_400 / 20
"""Three queues, each asked by five pollers of Lambda for 20 seconds at a time."""

KEY_USES = 12 * 4 * 288
"""A day: twelve roles, four services, and a data key anew every five minutes."""

NUMBERS = {
    "one toll-free number": prices.TOLL_FREE_NUMBER,
    "one 10DLC campaign": prices.CAMPAIGN_AND_NUMBER,
    "one short code": prices.SHORT_CODE,
}
ENTRY_BYTES = 800
AGE_MONTHS = 12
"""How long the stack has run: that much is kept by then."""

BATCHES_A_SWEEP = 13
"""One a day: of the last two days, and of eleven days on which batches are read once more."""

GATEWAY_CALLS_A_SWEEP = sum(GATEWAY_CALLS.values()) - 1 + BATCHES_A_SWEEP


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the bill. `group` is what it is shown under."""

    group: str
    price: Price
    units: float

    @property
    def dollars(self) -> float:
        return self.price.of_units(self.units)


@dataclass(frozen=True)
class Bill:
    """The bill of a month."""

    month: Month

    @cached_property
    def lines(self) -> list[Line]:
        return [
            *_messages(self.month),
            *_table(self.month),
            *_functions(self.month),
            *_logs(self.month),
            *_rest(self.month),
        ]

    @property
    def total(self) -> float:
        return sum(line.dollars for line in self.lines)

    def of(self, *groups: str) -> float:
        return sum(line.dollars for line in self.lines if line.group in groups)

    @property
    def infrastructure(self) -> float:
        return self.total - self.of(TEXTS, EMAILS)

    @property
    def groups(self) -> list[str]:
        return list(dict.fromkeys(line.group for line in self.lines))


TEXTS, EMAILS = "Texts and their number", "Emails"
TABLE, FUNCTIONS, LOGS = "Table", "Functions", "Logs, metrics, alarms"
GATEWAYS, REST = "Secrets of card connections", "API, queues, keys, staff"


def _messages(month: Month) -> Iterator[Line]:
    yield Line(TEXTS, prices.TEXT, month.texts)
    yield Line(TEXTS, prices.CARRIER_FEE, month.texts)
    yield Line(TEXTS, NUMBERS[month.customer.number], 1)
    yield Line(EMAILS, prices.EMAIL, month.emails)


def _pieces(month: Month) -> dict[str, float]:
    """How often each counted piece of work is done; slices apart, which differ in size."""
    again = month.lines * month.habits.entries_again
    return {
        "report on a text": month.texts,
        "report on an email": month.emails * EMAIL_EVENTS,
        "sign in": month.sign_ins,
        "balance": month.sign_ins * 2,
        "activity": month.sign_ins * 0.3,
        "payment": month.payments,
        "nightly sweep with one payment": month.connected * DAYS,
        "import of 100 entries": month.lines / LINES,
        "import of 100 entries again": again / LINES,
        "import of 100 patients": month.customer.accounts * 0.02 / LINES,
    }


def _in_slices(month: Month, units: Callable[[str], float]) -> float:
    """What slices take of something: so much a slice, and so much an alert."""
    one, full = units("slice of one by text"), units("slice of 25 by text")
    both = units("slice of 25 by both")
    an_alert = (full - one) / (SLICE - 1)
    twice = month.alerts * (1 - month.habits.text_only - month.habits.email_only)
    return month.slices * (one - an_alert) + month.alerts * an_alert + twice * (both - full) / SLICE


def _table(month: Month) -> Iterator[Line]:
    pieces = _pieces(month)
    scans_of_practices = month.sending * OPEN_SCANS * DAYS
    index_bytes = (
        SCANS * DAYS * month.sending * counted.PRACTICE_ENTRY_BYTES
        + 1.5 * month.alerts * counted.DUE_ENTRY_BYTES
        + OPEN_SCANS
        * DAYS
        * month.customer.accounts
        * month.habits.owing
        * HELD
        * counted.DUE_ENTRY_BYTES
    )
    reads = (
        _in_slices(month, lambda name: WORK[name].read_units)
        + sum(number * WORK[name].read_units for name, number in pieces.items())
        + month.scans
        + scans_of_practices * 1.5  # each asked for its index; most read again after a hand-over
        + index_bytes / 8_192
        + RECONCILIATIONS * DAYS * (2 + 2 * month.connected)
    )
    writes = _in_slices(month, lambda name: WORK[name].write_units) + sum(
        number * WORK[name].write_units for name, number in pieces.items()
    )
    kept = counted.STORED_BYTES
    stored = (
        month.customer.accounts
        * (
            kept["account without a charge"] * (1 - month.habits.charged)
            + kept["account with a charge"] * month.habits.charged
            + ENTRY_BYTES * month.habits.new_entries * AGE_MONTHS
        )
        + month.alerts * AGE_MONTHS * kept["alert by text and email"]
    )
    yield Line(TABLE, prices.TABLE_READ, reads)
    yield Line(TABLE, prices.TABLE_WRITE, writes)
    yield Line(TABLE, prices.TABLE_STORAGE, stored / GB)
    yield Line(TABLE, prices.TABLE_RECOVERY, stored / GB)


def _functions(month: Month) -> Iterator[Line]:
    seconds = compute.USUAL.seconds
    pieces = {name: number for name, number in _pieces(month).items() if "import" not in name}
    imports = {name: number for name, number in _pieces(month).items() if "import" in name}
    requests = _requests(month)
    looked_up = RECONCILIATIONS * DAYS * (2 * month.connected / 100) * compute.BATCH_SECONDS
    sweeps = month.connected * DAYS * GATEWAY_CALLS_A_SWEEP * compute.GATEWAY_SECONDS / 4
    gigabyte_seconds = (
        _in_slices(month, seconds)
        + (month.texts + month.emails) * SECONDS_A_MESSAGE
        + sum(number * seconds(name) for name, number in pieces.items())
        + month.scans * seconds("scan of one practice, nobody due")
        + month.sending * OPEN_SCANS * DAYS * compute.TABLE_SECONDS / 8
        + 1.5 * month.alerts * compute.DUE_CPU_SECONDS * compute.SLOWER
        + RECONCILIATIONS * DAYS * seconds("reconciliation of one practice, nothing open")
        + looked_up
        + sweeps
        + month.payments * compute.CHARGE_SECONDS
        + requests * ASSET_SECONDS
    ) * compute.GIGABYTES + sum(
        number * seconds(name) for name, number in imports.items()
    ) * compute.IMPORT_GIGABYTES
    yield Line(FUNCTIONS, prices.COMPUTE, gigabyte_seconds)
    yield Line(FUNCTIONS, prices.INVOCATIONS, _runs(month))


def _requests(month: Month) -> float:
    return (
        month.links * REQUESTS["link opened"]
        + month.sign_ins * REQUESTS["signed in"]
        + month.payments * REQUESTS["paid"]
    )


def _runs(month: Month) -> float:
    """Runs of functions by what is not a request; each text's record is taken by itself."""
    reports = month.texts + month.emails * EMAIL_EVENTS
    return month.slices + reports + month.scans + (RECONCILIATIONS + 24) * DAYS + _requests(month)


def _logs(month: Month) -> Iterator[Line]:
    written = (
        month.slices * LOGGED_BYTES["slice"]
        + month.texts * (LOGGED_BYTES["report on a text"] + TEXT_RECORD_BYTES)
        + month.emails * EMAIL_EVENTS * LOGGED_BYTES["report on an email"]
        + month.scans * LOGGED_BYTES["scan"]
        + RECONCILIATIONS * DAYS * LOGGED_BYTES["reconciliation"]
        + _requests(month) * (LOGGED_BYTES["portal request"] + ACCESS_LOG_BYTES)
        + _runs(month) * PLATFORM_LOG_BYTES
    )
    yield Line(LOGS, prices.LOG_INGESTION, written / GB)
    yield Line(LOGS, prices.LOG_STORAGE, 3 * written / GB * 0.15)  # 90 days, compressed
    yield Line(LOGS, prices.METRICS, counted.CUSTOM_METRICS)
    yield Line(LOGS, prices.ALARMS, counted.ALARMS)
    yield Line(LOGS, prices.DASHBOARDS, counted.DASHBOARDS)


def _rest(month: Month) -> Iterator[Line]:
    sent = (
        month.links * SENT_BYTES["link opened"]
        + month.sign_ins * SENT_BYTES["signed in"]
        + month.payments * SENT_BYTES["paid"]
    )
    events = month.emails * EMAIL_EVENTS
    yield Line(GATEWAYS, prices.SECRET, month.connected)
    yield Line(GATEWAYS, prices.SECRET_USE, month.payments + month.connected * DAYS)
    yield Line(REST, prices.API, _requests(month))
    yield Line(REST, prices.TRANSFER, sent / GB)
    yield Line(REST, prices.QUEUE, 3 * month.slices + 3 * events + IDLE_POLLS * DAYS)
    yield Line(REST, prices.TOPIC, events)
    yield Line(REST, prices.SCHEDULER, (SCANS + RECONCILIATIONS + 24) * DAYS)
    yield Line(REST, prices.KEY, 1)
    yield Line(REST, prices.KEY_USE, KEY_USES * DAYS + month.connected * DAYS)
    yield Line(REST, prices.STAFF, max(0, month.customer.staff - 10_000))
    yield Line(REST, prices.FILES, month.lines * 160 / GB)


def bill(customer: Customer, habits: Habits = HABITS) -> Bill:
    """The bill of a customer's month."""
    return Bill(Month(customer, habits))
