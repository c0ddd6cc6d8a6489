"""What a busy day needs of each limit, and what the limit allows: which binds first."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from infra.planning import compute
from infra.planning.cost import GATEWAY_CALLS_A_SWEEP
from infra.planning.counted import REQUESTS, WORK
from infra.planning.customers import HABITS, VENDOR
from infra.planning.simulation import MINUTE, Day, Setting

SOON, SOON_MINUTES, LATER_MINUTES = 0.5, 5.0, 180.0
"""Of those who open a link, half do so within minutes, the others within hours: mean times."""

OPTED_OUT = 0.03
NUMBERS_AN_ACCOUNT = 0.5
"""Of accounts with a number that was ever texted, and of such numbers on AWS's list."""

SECONDS_OF_RECONCILIATION = (300 - 45) * 4
"""A run's, while it may begin something: four practices at once."""

LISTED_A_RUN = 100 * (300 - 10) / (0.11 + 0.07)
"""Numbers that one run reads of AWS's list of opt-outs: a hundred a call, each waited for. The next
one goes on where it stopped."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit, what is allowed and what is needed of it, in the same unit."""

    name: str
    unit: str
    allowed: float
    needed: float
    whose: str
    """Who sets it, and where that is written."""

    @property
    def used(self) -> float:
        """Of 1; more than 1 does not hold."""
        return self.needed / self.allowed


def openings_a_second(day: Day) -> float:
    """Links opened in the busiest minute, by when alerts went out."""
    sent = Counter[int]()
    for (_, minute), number in day.sent_by_minute.items():
        sent[minute] += number
    busiest = soon = later = 0.0
    for minute in range(24 * 60):
        soon = soon * math.exp(-1 / SOON_MINUTES) + sent[minute] * SOON
        later = later * math.exp(-1 / LATER_MINUTES) + sent[minute] * (1 - SOON)
        busiest = max(busiest, soon / SOON_MINUTES + later / LATER_MINUTES)
    return HABITS.opened * busiest / MINUTE


def limits_of(day: Day, setting: Setting, *, assets_apart: float) -> Sequence[Limit]:
    """Every limit that the design meets. `assets_apart` is what template.yaml allows for those."""
    opened = openings_a_second(day)
    signed_in = opened * HABITS.signed_in
    paid = signed_in * HABITS.paid * HABITS.connected
    assets = opened * (REQUESTS["link opened"] - 1)
    requests = opened + signed_in * REQUESTS["signed in"] + paid * REQUESTS["paid"]
    slices = day.most_slices_a_second
    alerts = day.most_alerts_a_second
    largest = max(day.largest_by_minute.values(), default=0) / MINUTE
    text, slice_ = WORK["report on a text"], WORK["slice of 25 by text"]
    writes = alerts * (slice_.write_units / 25 + text.write_units * 1.15) + paid * 32
    connected = VENDOR.practices * HABITS.connected
    swept = connected * GATEWAY_CALLS_A_SWEEP * compute.GATEWAY_SECONDS
    concurrent = (
        setting.workers + VENDOR.practices / 200 + assets * 0.01 + requests * 0.06 + alerts * 0.1
    )
    return [
        Limit(
            "Texts a second (one short code)", "texts/s", 100, alerts * HABITS.texts_an_alert,
            "carriers; 100 parts a second, docs.aws.amazon.com/sms-voice, MPS limits",
        ),
        Limit(
            "Emails a second, as asked for", "emails/s", setting.emails_per_second,
            alerts * HABITS.emails_an_alert, "AWS, by request; a new account has about 14",
        ),
        Limit(
            "Files of the portal's page", "requests/s", assets_apart, assets,
            "template.yaml, route GET /assets/{file+}",
        ),
        Limit("Other requests of patients", "requests/s", 100, requests, "template.yaml"),
        Limit("Sign-ins", "requests/s", 20, signed_in, "template.yaml, POST /portal/session"),
        Limit("Functions at once", "runs", 1_000, concurrent, "AWS, by request"),
        Limit(
            "One key: brake and rests", "reads/s", 3_000, 3 * slices + requests + signed_in,
            "DynamoDB, a partition; each slice reads three items of it",
        ),
        Limit(
            "One key: index of the largest practice", "writes/s", 1_000, 2 * largest,
            "DynamoDB, a partition; each claim moves its account in it",
        ),
        Limit(
            "One key: a practice's count of the day", "writes/s", 1_000, 2 * slices,
            "DynamoDB, a partition, if all slices were of one practice",
        ),
        Limit(
            "One key: open payments", "writes/s", 1_000, paid * 8,
            "DynamoDB, a partition; those of all practices lie together",
        ),
        Limit("Table, all writes", "writes/s", 40_000, writes, "DynamoDB, by request"),
        Limit(
            "A scan's time", "s", 110, day.longest_scan, "template.yaml; the next scan goes on"
        ),
        Limit(
            "Card settlements gone through", "s a day", SECONDS_OF_RECONCILIATION * 288, swept,
            "template.yaml and PRACTICES_AT_ONCE; at night, so the first 5 hours are busy",
        ),
        Limit(
            "Opt-outs read in a day", "numbers", LISTED_A_RUN * 24,
            VENDOR.accounts * NUMBERS_AN_ACCOUNT * OPTED_OUT,
            "template.yaml; AWS hands out ten pages of a hundred a second",
        ),
    ]  # fmt: skip
