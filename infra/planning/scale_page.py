"""What docs/scale.md shows: days simulated, and what they need of each limit."""

from __future__ import annotations

import math
from collections import Counter
from functools import cache

from infra.planning import charts
from infra.planning.charts import Axis
from infra.planning.compute import Latency
from infra.planning.limits import Limit, limits_of, openings_a_second
from infra.planning.population import (
    ZONES,
    all_at_once,
    monday,
    monday_of_four_times_as_many,
    monday_of_twice_as_many,
    practices,
    usual_day,
)
from infra.planning.simulation import Day, Setting, simulate
from infra.planning.tables import number, share, table, wall_time

ASKED_FOR = Setting()
DEFAULTS = Setting(texts_per_second=20, emails_per_second=14, workers=2)
"""What template.yaml has for who changes nothing."""

BROUGHT_BACK = Setting(day=all_at_once)
ASSETS_APART = 1_000
"""What template.yaml allows for the page's files."""

RATES = (3.0, 10.0, 20.0, 50.0, 100.0, 300.0)
DAYS = {"A usual day": usual_day, "A Monday": monday, "Everybody at once": all_at_once}
LEAST = {"A usual day": 3, "A Monday": 3, "Everybody at once": 50}
"""Texts a second below which a day is not worth simulating: it is not enough by far."""


@cache
def day(setting: Setting) -> Day:
    """A day, simulated once."""
    return simulate(setting)


def limits() -> list[Limit]:
    """What a Monday needs, the tightest first."""
    found = limits_of(day(ASKED_FOR), ASKED_FOR, assets_apart=ASSETS_APART)
    return sorted(found, key=lambda each: -each.used)


def blocks() -> dict[str, str]:
    """The computed parts of the page, by name."""
    return {
        "answer": _answer(),
        "zones": _zones(),
        "limits": _limits(),
        "settings": _settings(),
        "practices": _practices(),
    }


def drawings() -> dict[str, str]:
    """The charts, by file name."""
    return {
        "scale-day.svg": _a_day(),
        "scale-rates.svg": _by_rate(),
        "scale-limits.svg": _used(),
    }


def _zone_lasts(found: Day) -> float:
    return max(found.longest_wait.values())


def _exceeded(limit: Limit) -> str:
    name = f"{limit.name[0].lower()}{limit.name[1:]}"
    return f"{name} ({number(limit.needed)} {limit.unit}, {number(limit.allowed)} fit)"


def _answer() -> str:
    usual, defaults = day(ASKED_FOR), day(DEFAULTS)
    back = day(BROUGHT_BACK)
    over = [each for each in limits() if each.used > 1]
    tight = [each for each in limits() if each.used <= 1]
    return "\n".join(
        [
            f"- **On a Monday** {number(usual.due)} patients are due. With 100 texts a second the "
            f"last of them in Eastern time is alerted at "
            f"{wall_time(usual.last_at['Eastern'])}, and nobody anywhere waits longer than "
            f"{_zone_lasts(usual) / 60:.0f} minutes from when their practice's window opens.",
            f"- **With the defaults** (20 texts, 14 emails a second, two workers) it is "
            f"{_zone_lasts(defaults) / 60:.0f} minutes; the last in Eastern time at "
            f"{wall_time(defaults.last_at['Eastern'])}.",
            f"- **Everybody at once**, {number(back.due)} alerts after a brake of a whole period, "
            f"takes until {wall_time(back.last_at['Eastern'])} in Eastern time at 100 texts a "
            f"second; {'all go' if not back.left else 'not all go'} out that day.",
            f"- **What binds first** when sending is the rate of texts: "
            f"{share(tight[0].used if tight[0].unit == 'texts/s' else limits()[1].used)} of a "
            f"short code's 100 a second. No key of the table is above "
            f"{share(max(each.used for each in limits() if each.name.startswith('One key')))} "
            "of what a partition takes.",
            "- **What does not hold**: "
            + ("; ".join(map(_exceeded, over)) or "nothing; all limits are kept")
            + ". See [what broke first](#what-breaks-and-what-we-did).",
        ]
    )


def _zones() -> str:
    settings = {"100 texts/s": ASKED_FOR, "20 texts/s, the defaults": DEFAULTS}
    rows = []
    for zone, (_, behind) in ZONES.items():
        row = [zone, number(day(ASKED_FOR).sent[zone])]
        for setting in settings.values():
            found = day(setting)
            local = found.last_at[zone] - behind * 3600
            row.append(f"{wall_time(local)}, {found.longest_wait[zone] / 60:.0f} min")
        rows.append(row)
    return table(["zone", "alerts", *settings], rows)


def _limits() -> str:
    rows = [
        [
            each.name,
            f"{number(each.needed)} {each.unit}",
            number(each.allowed),
            f"**{share(each.used)}**" if each.used > 1 else share(each.used),
            each.whose,
        ]
        for each in limits()
    ]
    return table(["limit", "a Monday needs", "allowed", "used", "whose"], rows)


def _settings() -> str:
    varied = {
        "as asked for: 100 texts/s, 100 emails/s, 12 workers": ASKED_FOR,
        "2 workers": ASKED_FOR.but(workers=2),
        "6 workers": ASKED_FOR.but(workers=6),
        "24 workers": ASKED_FOR.but(workers=24),
        "60 workers": ASKED_FOR.but(workers=60),
        "14 emails/s": ASKED_FOR.but(emails_per_second=14),
        "75 texts/s (the best 10DLC campaign)": ASKED_FOR.but(texts_per_second=75),
        "3 texts/s, 2 workers (toll-free)": ASKED_FOR.but(texts_per_second=3, workers=2),
        "AWS answers twice as fast": ASKED_FOR.but(latency=Latency(0.5)),
        "AWS answers four times as slowly": ASKED_FOR.but(latency=Latency(4)),
        "twice as many are due": ASKED_FOR.but(day=monday_of_twice_as_many),
        "four times as many are due": ASKED_FOR.but(day=monday_of_four_times_as_many),
        "everybody at once": BROUGHT_BACK,
        "everybody at once, 300 texts/s, 30 workers": BROUGHT_BACK.but(
            texts_per_second=300, emails_per_second=150, workers=30
        ),
    }
    rows = []
    for name, setting in varied.items():
        found = day(setting)
        rows.append(
            [
                name,
                f"{_zone_lasts(found) / 60:.0f} min",
                number(found.left),
                f"{found.most_alerts_a_second:.0f}",
                number(found.in_vain),
                number(found.not_in_time),
            ]
        )
    head = ["setting", "longest wait", "not alerted that day", "alerts/s at most"]
    return table([*head, "slices taken in vain", "claimed, given back"], rows)


def _practices() -> str:
    sizes = sorted((each.accounts for each in practices()), reverse=True)
    return (
        f"{number(len(sizes))} practices send, with {number(sum(sizes))} accounts. Half of them "
        f"have fewer than {number(sizes[len(sizes) // 2])}, the largest "
        f"{number(sizes[0])}; the largest hundred hold "
        f"{share(sum(sizes[:100]) / sum(sizes))} of all accounts."
    )


def _a_day() -> str:
    found = day(ASKED_FOR)
    step = 5
    series = {}
    for zone in ZONES:
        counted = Counter[int]()
        for (where, minute), sent in found.sent_by_minute.items():
            if where == zone:
                counted[minute // step] += sent
        first, last = 8 * 60 // step, 16 * 60 // step
        series[zone] = [(each * step / 60, counted[each] / step) for each in range(first, last + 1)]
    hours = [(hour, f"{hour}:00") for hour in range(8, 17)]
    return charts.lines(
        "A Monday at 100 texts a second: when alerts go out",
        Axis("time of day, Eastern", hours),
        Axis("alerts a minute, by the practice's time zone",
             [(value, f"{value:,}") for value in range(0, 7_001, 1_000)]),
        series,
    )  # fmt: skip


def _by_rate() -> str:
    series = {
        name: [
            (math.log10(rate), min(11, _hours(rate, name)))
            for rate in RATES
            if rate >= LEAST[name]
        ]
        for name in DAYS
    }  # fmt: skip
    return charts.lines(
        "How long the last patient waits, by texts a second",
        Axis("texts a second (each step to the right is a factor)",
             [(math.log10(rate), f"{rate:.0f}") for rate in RATES]),
        Axis("hours from the opening of a practice's window; 11 is all of it",
             [(value, f"{value} h") for value in range(0, 12)]),
        series,
    )  # fmt: skip


def _hours(rate: float, name: str) -> float:
    workers = max(2, round(rate / 8))
    setting = Setting(rate, max(14, rate), workers, DAYS[name])
    return _zone_lasts(day(setting)) / 3600


def _used() -> str:
    ticks = [(power - 2, label) for power, label in enumerate(("1 %", "10 %", "100 %", "1000 %"))]
    rows = {each.name: [max(-1.99, math.log10(each.used))] for each in limits()}
    said = {each.name: share(each.used) for each in limits()}
    return charts.bars(
        "What a Monday at 100 texts a second needs of each limit",
        Axis("percent of what is allowed; beyond the red line it does not hold", ticks),
        rows,
        ["used"],
        said=said,
        limit=0,
    )


def opened_a_second() -> float:
    """Links opened in a Monday's busiest minute."""
    return openings_a_second(day(ASKED_FOR))
