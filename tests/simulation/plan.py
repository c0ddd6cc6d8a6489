"""A plan: what happens in one run, drawn from a seed, as a list that can be cut down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

EMPHASIS = (0.1, 1, 1, 2, 5)
"""Each seed does some things more than others, and so gets further with them."""
OVERLAPPING = 0.45
AT_ONCE = 0.6
OF_THE_HERO = 0.5
"""Much happens to one patient, so that it meets."""
SOON_DELIVERED = 0.7
A_NIGHT = 5 * 3_600.0
SCANNED_IN_THE_MORNING = 0.6
FAULT_RATES = (0.0, 0.02, 0.05, 0.12, 0.3)
WAITS = (
    (0.0, 30),
    (1.0, 12),
    (12.0, 6),
    (60.0, 8),
    (400.0, 12),
    (900.0, 12),
    (3_600.0, 7),
    (6 * 3_600.0, 5),
    (24 * 3_600.0, 10),
    (5 * 24 * 3_600.0, 4),
    (14 * 24 * 3_600.0, 4),
    (31 * 24 * 3_600.0, 1),
)


@dataclass(frozen=True)
class Action:
    """One thing that somebody does, or that happens.

    `wait` is how many seconds pass before. With `overlap` the next one begins before this one is
    done. Faults are drawn at `rate` from the action's own `seed`, or are those `given`, by the
    number of the invocation in the action and of the call in the invocation.
    """

    kind: str
    seed: int
    wait: float = 0.0
    overlap: bool = False
    rate: float = 0.0
    given: Mapping[tuple[int, int], str] | None = None
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """One run."""

    seed: int
    actions: tuple[Action, ...]


def drawn(seed: int, kinds: Mapping[str, tuple[int, Any]], most: int = 70) -> Plan:
    """The plan of a seed. `kinds` tells of each kind of action its weight, and how to draw it."""
    random = Random(seed)
    names = list(kinds)
    weights = [kinds[name][0] * random.choice(EMPHASIS) for name in names]
    rates = random.choices(FAULT_RATES, k=2)
    actions: list[Action] = []
    size = random.randint(most // 3, most)
    hero = random.randrange(8)

    def add(kind: str, wait: float) -> None:
        args = kinds[kind][1](random)
        if "who" in args and random.random() < OF_THE_HERO:
            args["who"] = hero
        actions.append(
            Action(
                kind=kind,
                seed=random.getrandbits(32),
                wait=wait,
                overlap=random.random() < OVERLAPPING,
                rate=random.choice(rates),
                args=args,
            )
        )

    while len(actions) < size:
        kind = random.choices(names, weights)[0]
        wait = random.choices(*zip(*WAITS, strict=True))[0] * random.uniform(0.9, 1.1)
        if actions and actions[-1].overlap and random.random() < AT_ONCE:
            wait = 0.0
        if wait > A_NIGHT and random.random() < SCANNED_IN_THE_MORNING:
            add("scan", wait)
            add("deliver", random.choice((0.0, 0.5, 3.0)))
            wait = random.choice((0.0, 1.0, 60.0, 600.0))
        add(kind, wait)
        if kind == "scan" and random.random() < SOON_DELIVERED:
            add("deliver", random.choice((0.0, 0.5, 3.0)))
    return Plan(seed, tuple(actions))
