"""How often a date of birth was tried on a link, and whether that locks it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from tests.simulation.world.functions import Invocation
from tests.simulation.world.world import World

WRONG_TRIES = 5
A_LOCK = 900.0


@dataclass
class _OfLink:
    """Wrong tries since the last right one, and when the last of them was answered."""

    wrong: int = 0
    last_at: float = 0.0


class Tries:
    """Counts the tries that were answered as wrong; those under way count for nothing yet."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._tries: dict[str, _OfLink] = defaultdict(_OfLink)

    def is_locked(self, token: str) -> bool:
        """Whether five wrong ones in a row were answered less than 15 minutes ago."""
        known = self._tries[token]
        recent = self._world.clock.seconds - known.last_at < A_LOCK - 60
        return known.wrong >= WRONG_TRIES and recent

    def tried(self, token: str, ended: Invocation, *, right: bool) -> None:
        """Count a try by how it was answered; a right one ends a row, as does no answer."""
        known = self._tries[token]
        status = ended.result["statusCode"] if ended.outcome == "done" else None
        if not right and status == 401:
            after_lock = self._world.clock.seconds - known.last_at >= A_LOCK - 60
            known.wrong = 1 if after_lock else known.wrong + 1
            known.last_at = self._world.clock.seconds
        elif right and status != 429:
            known.wrong = 0
