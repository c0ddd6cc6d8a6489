"""Ways in, misused: dates of birth that are guessed, sessions that are kept and used again."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.simulation.actors import patients
from tests.simulation.simulation import Simulation


def guess(simulation: Simulation, which: int, times: int, knows: bool) -> None:
    """Somebody has a link and tries dates, one after the other; whoever `knows` comes last."""
    left = times

    def go_on() -> None:
        nonlocal left
        left -= 1
        right = knows and left == 0
        patients.visit(simulation, which, "look", right, more=go_on if left else (lambda: None))

    go_on()


def come_back(simulation: Simulation, which: int) -> None:
    """A browser still holds a session, whatever happened to its link since."""
    kept = simulation.sessions
    if kept:
        held = kept[-1 - which % len(kept)]
        patients.look(
            simulation, held.person, held.token, over=patients.has_ended(simulation, held)
        )


def _guess(random: Random) -> dict[str, Any]:
    return {
        "which": random.randrange(8),
        "times": random.randint(4, 8),
        "knows": random.random() < 0.7,
    }


KINDS = {
    "guess": (2, _guess, guess),
    "come_back": (3, lambda r: {"which": r.randrange(4)}, come_back),
}
