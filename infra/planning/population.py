"""Ten thousand practices with twenty million accounts: a seeded draw, the same each time."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from infra.planning.customers import HABITS, VENDOR, Habits

HOUR = 3_600.0

ZONES: Mapping[str, tuple[float, float]] = {
    "Eastern": (0.47, 0),
    "Central": (0.29, 1),
    "Mountain": (0.07, 2),
    "Pacific": (0.16, 3),
    "Hawaii": (0.01, 5),
}
"""Share of practices, and hours behind Eastern time."""

WINDOWS: Sequence[tuple[float, float, float]] = ((0.7, 9, 20), (0.2, 10, 18), (0.1, 9, 17))
"""Share of practices, and the local hours between which they send; the first is the default."""

WEEKDAYS_ONLY = 0.3
"""Of practices; on Monday they catch up with the weekend."""

TAIL, SMALLEST, LARGEST = 1.1, 250, 400_000
"""Sizes follow a Pareto distribution with this exponent, between these many accounts."""

SEED = 20_261_128


@dataclass(frozen=True, slots=True)
class PlannedPractice:
    """A practice that sends: window in seconds since midnight in Eastern time."""

    zone: str
    accounts: int
    opens: float
    closes: float
    period: int
    weekdays_only: bool


@cache
def practices(habits: Habits = HABITS) -> tuple[PlannedPractice, ...]:
    """All of them but those that send nothing."""
    draw = random.Random(SEED)
    raw = [min(SMALLEST * draw.paretovariate(TAIL), LARGEST) for _ in range(VENDOR.practices)]
    scale = VENDOR.accounts / sum(raw)
    sending = []
    for size in raw:
        zone = draw.choices(list(ZONES), [share for share, _ in ZONES.values()])[0]
        _, opens, closes = draw.choices(WINDOWS, [share for share, _, _ in WINDOWS])[0]
        behind = ZONES[zone][1]
        choice = draw.random()
        weekdays_only = draw.random() < WEEKDAYS_ONLY
        if choice < habits.two_weeks + habits.monthly:
            sending.append(
                PlannedPractice(
                    zone=zone,
                    accounts=round(size * scale),
                    opens=(opens + behind) * HOUR,
                    closes=(closes + behind) * HOUR,
                    period=14 if choice < habits.two_weeks else 30,
                    weekdays_only=weekdays_only,
                )
            )
    return tuple(sending)


def usual_day(practice: PlannedPractice, habits: Habits = HABITS) -> float:
    """How many of a practice's patients come due on a Tuesday."""
    return practice.accounts * habits.owing * habits.subscribed / practice.period


def monday(practice: PlannedPractice, habits: Habits = HABITS) -> float:
    """The same with the weekend's, where nothing is sent on weekends."""
    return usual_day(practice, habits) * (3 if practice.weekdays_only else 1)


def monday_of_twice_as_many(practice: PlannedPractice) -> float:
    """A Monday, if twice as many patients owe."""
    return 2 * monday(practice)


def monday_of_four_times_as_many(practice: PlannedPractice) -> float:
    """A Monday, if four times as many patients owe."""
    return 4 * monday(practice)


def all_at_once(practice: PlannedPractice, habits: Habits = HABITS) -> float:
    """Everybody who owes: after a brake of a whole period, or a first day without a pilot."""
    return practice.accounts * habits.owing * habits.subscribed


DayKind = Callable[[PlannedPractice], float]
