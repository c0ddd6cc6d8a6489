"""Which seed notices which mutation: `python -m tests.simulation.caught NAME SEED...`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tests.simulation.mutations import MUTATIONS
from tests.simulation.run import plan_of, process, run, with_fixed_hashes

CAUGHT_BY = {
    "claims_ask_for_no_version": 16,
    "the_sender_does_not_decide_again": 4,
    "a_decision_lasts_for_minutes": 4,
    "contacts_are_neither_followed_nor_asked": 6,
    "provider_clients_try_again": 30,
    "a_timeout_counts_as_not_sent": 30,
    "an_error_of_the_provider_counts_as_not_sent": 53,
    "accounts_are_written_whatever_their_version": 18,
    "entry_ids_are_put_over_others": 4,
    "a_click_may_become_two_alerts": 19,
    "the_due_index_is_not_kept": 1,
    "a_closed_window_stays_closed": 20,
    "the_daily_limit_is_not_counted": 51,
    "the_brake_is_not_asked": 27,
    "what_is_told_of_a_contact_is_lost": 28,
    "a_payment_may_begin_beside_another": 59,
    "a_click_may_become_two_payments": 36,
    "a_charge_without_an_answer_has_failed": 115,
    "any_date_of_birth_signs_in": 8,
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
