"""Which seed notices which mutation: `python -m tests.simulation.caught NAME... [SEED...]`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence

from tests.simulation.mutations.known import MUTATIONS, TOGETHER, all_but
from tests.simulation.plan import Plan
from tests.simulation.run import plan_of, process, run, with_fixed_hashes
from tests.simulation.stories import STORIES

MOST_SEEDS = 200
DEFECT = "0 "
"""What a violation begins with where something broke, as a mutation that does not fit would."""

CAUGHT_BY = {
    "claims_ask_for_no_version": 1194,
    "the_sender_does_not_decide_again": 1420,
    "a_decision_lasts_for_minutes": 1577,
    "provider_clients_try_again": 1479,
    "a_timeout_counts_as_not_sent": 3,
    "a_click_may_become_two_alerts": 895,
    "the_due_index_is_not_kept": 361,
    "a_closed_window_stays_closed": 1243,
    "the_daily_limit_is_not_counted": 92,
    "the_brake_is_not_asked": 1288,
    "claims_without_an_answer_are_not_read_back": 101,
    "what_a_killed_worker_did_not_record_is_not_kept": 559,
    "whoever_is_not_in_the_pilot_is_sent_to": 120,
    "fresh_links_are_sent_as_often_as_wanted": 1533,
    "help_is_answered_each_time": 816,
    "receipts_are_sent_by_whoever_comes": 17,
    "what_is_told_of_a_contact_is_lost": 1013,
    "contacts_are_neither_followed_nor_asked": 352,
    "any_date_of_birth_signs_in": 361,
    "tries_are_counted_and_not_limited": 276,
    "links_lead_in_for_ever": 296,
    "revoked_links_lead_in": 1497,
    "sessions_last_for_ever": 631,
    "a_job_is_done_again": 52,
    "accounts_are_written_whatever_their_version": 843,
    "entry_ids_are_put_over_others": 1479,
    "a_payment_may_begin_beside_another": 338,
    "a_click_may_become_two_payments": 1653,
    "a_charge_without_an_answer_has_failed": 296,
    "attempts_move_on_wherever_they_stand": 1212,
    "what_the_gateway_told_before_is_posted_again": 211,
    "two_clicks_of_one_key_begin_at_once": 8,
    "money_goes_back_twice": 1497,
}


def caught(name: str, plans: Iterable[Plan]) -> bool:
    """Run plans with a guard taken away until one notices; whether one did, and proves it.

    Of guards that stand behind each other each is then restored by itself: the plan must pass.
    """
    for plan in plans:
        with MUTATIONS[name]():
            failure = run(plan)
        if failure is None:
            continue
        how = "its story" if plan is STORIES.get(name) else f"seed {plan.seed}"
        print(f"{name}: caught by {how}: {failure.violation}")
        if failure.violation.startswith(DEFECT):
            print("this is the mutation's own fault, and proves nothing")
            return False
        return all(_is_enough(name, guard, plan) for guard in TOGETHER.get(name, ()))
    print(f"{name}: not caught")
    return False


def _is_enough(name: str, guard: str, plan: Plan) -> bool:
    with all_but(name, guard):
        failure = run(plan)
    if failure is not None:
        print(f"{guard} alone is not enough: {failure.violation}")
    return failure is None


def _plans(name: str) -> Iterator[Plan]:
    """The story or the seed that notices it, then others: whoever changes plans needs a new one."""
    if name in STORIES:
        yield STORIES[name]
    if name in CAUGHT_BY:
        yield plan_of(CAUGHT_BY[name])
    yield from map(plan_of, range(1, MOST_SEEDS + 1))


def main(names: Sequence[str]) -> int:
    """Look whether these mutations are caught, each by its own seed first; 1 if one is not.

    Numbers among the names are seeds to try instead.
    """
    process()
    seeds = [int(each) for each in names if each.isdecimal()]
    results = []
    for name in (each for each in names if not each.isdecimal()):
        results.append(caught(name, map(plan_of, seeds) if seeds else _plans(name)))
    return 0 if all(results) else 1


if __name__ == "__main__":
    with_fixed_hashes("tests.simulation.caught")
    sys.exit(main(sys.argv[1:]))
