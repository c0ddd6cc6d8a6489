"""Which seed notices which mutation: `python -m tests.simulation.caught NAME SEED...`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tests.simulation.mutations import MUTATIONS
from tests.simulation.run import plan_of, process, run, with_fixed_hashes

CAUGHT_BY = {
    "claims_ask_for_no_version": 4,
    "the_sender_does_not_decide_again": 1,
    "a_decision_lasts_for_minutes": 23,
    "provider_clients_try_again": 24,
    "a_timeout_counts_as_not_sent": 60,
}


def main(name: str, seeds: Sequence[str]) -> int:
    """Run seeds with a guard taken away until one notices; 1 if none does."""
    process()
    with MUTATIONS[name]():
        for seed in map(int, seeds):
            failure = run(plan_of(seed))
            if failure is not None:
                print(f"{name}: caught by seed {seed}: {failure.violation}")
                return 0
    print(f"{name}: not caught by {len(seeds)} seeds")
    return 1


if __name__ == "__main__":
    with_fixed_hashes("tests.simulation.caught")
    sys.exit(main(sys.argv[1], sys.argv[2:]))
