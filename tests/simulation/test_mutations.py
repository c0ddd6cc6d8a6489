"""The simulation can fail: each guard of the product that is taken away is missed by a seed.

Where another seed than the one told here is the first to notice, the test says which.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.simulation.caught import CAUGHT_BY
from tests.simulation.mutations import MUTATIONS

MOST_SEEDS = 200


def test_every_mutation_is_told_with_its_seed() -> None:
    assert set(CAUGHT_BY) == set(MUTATIONS)


@pytest.mark.parametrize("name", list(MUTATIONS))
def test_a_guard_taken_away_is_noticed(name: str) -> None:
    seed = CAUGHT_BY[name]
    tried = [seed, *(each for each in range(1, MOST_SEEDS + 1) if each != seed)]
    run = subprocess.run(
        [sys.executable, "-m", "tests.simulation.caught", name, *map(str, tried)],
        capture_output=True,
        text=True,
        check=False,
    )
    print(run.stdout)
    assert run.returncode == 0, run.stdout[-2_000:] + run.stderr[-2_000:]
