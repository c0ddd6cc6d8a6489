"""The simulation can fail: a seed or a story misses each guard of the product taken away.

Where another seed than the one told here is the first to notice, the test says which.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.simulation import caught
from tests.simulation.caught import CAUGHT_BY, EXPECTED
from tests.simulation.mutations.known import GUARDS, MUTATIONS, TOGETHER
from tests.simulation.plan import Plan
from tests.simulation.run import Failure
from tests.simulation.stories import STORIES

PARTS = 4


def test_every_mutation_is_told_with_its_seed_or_story() -> None:
    assert not set(CAUGHT_BY) & set(STORIES)
    assert set(CAUGHT_BY) | set(STORIES) == set(MUTATIONS)


def test_every_guard_that_others_stand_behind_is_taken_away_together_with_them() -> None:
    assert set(GUARDS) == {guard for guards in TOGETHER.values() for guard in guards}


@pytest.mark.parametrize("part", range(PARTS))
def test_a_guard_taken_away_is_noticed(part: int) -> None:
    """Of guards that stand behind each other, each alone is enough for the same seed."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.simulation.caught", *list(MUTATIONS)[part::PARTS]],
        capture_output=True,
        text=True,
        check=False,
    )
    print(run.stdout)
    assert run.returncode == 0, run.stdout[-4_000:] + run.stderr[-2_000:]


NAME = "one_look_proves_absence"
AS_EXPECTED = f"{EXPECTED[NAME]}: it was charged"


@pytest.mark.parametrize(
    ("mutated", "unharmed", "proves_it"),
    [
        (AS_EXPECTED, None, True),
        (None, None, False),
        ("0 defect: TypeError", None, False),
        ("5 absence: it was charged", None, False),
        (AS_EXPECTED, AS_EXPECTED, False),
    ],
    ids=["proof", "unnoticed", "broken mutation", "another invariant", "fails anyhow"],
)
def test_a_guard_is_missed_where_only_without_it_the_expected_breaks(
    monkeypatch: pytest.MonkeyPatch, mutated: str | None, unharmed: str | None, proves_it: bool
) -> None:
    violations = [mutated, unharmed]

    def run(plan: Plan) -> Failure | None:
        violation = violations.pop(0)
        return None if violation is None else Failure(plan, violation, ())

    monkeypatch.setattr(caught, "run", run)
    assert caught.caught(NAME, [STORIES[NAME][0]]) is proves_it
