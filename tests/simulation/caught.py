"""Which seed notices which mutation: `python -m tests.simulation.caught NAME... [SEED...]`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tests.simulation.mutations.known import MUTATIONS, TOGETHER, all_but
from tests.simulation.plan import Plan
from tests.simulation.run import plan_of, process, run, with_fixed_hashes
from tests.simulation.stories import STORIES

MOST_SEEDS = 200

CAUGHT_BY: Mapping[str, tuple[int, str]] = {
    "claims_ask_for_no_version": (1194, "1 period"),
    "the_sender_does_not_decide_again": (1420, "1 period"),
    "a_decision_lasts_for_minutes": (1577, "2 age"),
    "provider_clients_try_again": (1479, "1 twice"),
    "a_timeout_counts_as_not_sent": (3, "1 twice"),
    "a_click_may_become_two_alerts": (895, "1 click"),
    "the_due_index_is_not_kept": (361, "4 index"),
    "a_closed_window_stays_closed": (1243, "3 forgotten"),
    "the_daily_limit_is_not_counted": (92, "1 limit"),
    "the_brake_is_not_asked": (1288, "2 rules"),
    "claims_without_an_answer_are_not_read_back": (101, "3 claimed"),
    "what_a_killed_worker_did_not_record_is_not_kept": (559, "3 history"),
    "whoever_is_not_in_the_pilot_is_sent_to": (120, "2 pilot"),
    "fresh_links_are_sent_as_often_as_wanted": (1533, "1 fresh link"),
    "help_is_answered_each_time": (816, "1 answer"),
    "receipts_are_sent_by_whoever_comes": (17, "1 answer"),
    "what_is_told_of_a_contact_is_lost": (1013, "2 consent"),
    "contacts_are_neither_followed_nor_asked": (352, "2 contact"),
    "any_date_of_birth_signs_in": (361, "6 sign-in"),
    "tries_are_counted_and_not_limited": (276, "6 lock"),
    "links_lead_in_for_ever": (296, "6 link"),
    "revoked_links_lead_in": (1497, "6 link"),
    "sessions_last_for_ever": (631, "6 session"),
    "a_job_is_done_again": (52, "4 decided"),
    "accounts_are_written_whatever_their_version": (843, "5 second"),
    "entry_ids_are_put_over_others": (1479, "4 ids"),
    "a_payment_may_begin_beside_another": (338, "5 second"),
    "a_click_may_become_two_payments": (1653, "5 click"),
    "a_charge_without_an_answer_has_failed": (296, "5 answer"),
    "attempts_move_on_wherever_they_stand": (1212, "5 state"),
    "what_the_gateway_told_before_is_posted_again": (211, "5 posted"),
    "two_clicks_of_one_key_begin_at_once": (8, "5 click"),
    "money_goes_back_twice": (1497, "5 returned"),
    "what_was_given_up_is_over": (71999, "4 import"),
    "accounts_follow_their_contact_afterwards": (72177, "3 forgotten"),
}
"""By mutation the seed that notices it, and the invariant that it breaks."""
EXPECTED = {
    **{name: invariant for name, (_, invariant) in CAUGHT_BY.items()},
    **{name: invariant for name, (_, invariant) in STORIES.items()},
}


def caught(name: str, plans: Iterable[Plan]) -> bool:
    """Run plans with a guard taken away until one notices; whether one did, and proves it.

    It proves nothing where another invariant breaks than is expected, as where the mutation itself
    is at fault, nor where the plan fails with every guard in place. Of guards that stand behind
    each other each is then restored by itself: the plan must pass.
    """
    for plan in plans:
        with MUTATIONS[name]():
            failure = run(plan)
        if failure is None:
            continue
        how = "its story" if name in STORIES and plan is STORIES[name][0] else f"seed {plan.seed}"
        print(f"{name}: caught by {how}: {failure.violation}")
        if failure.violation.split(":")[0] != EXPECTED[name]:
            print(f"this proves nothing: {EXPECTED[name]} is expected to break")
            return False
        unharmed = run(plan)
        if unharmed is not None:
            print(f"this proves nothing: with every guard in place {unharmed.violation}")
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
        yield STORIES[name][0]
    if name in CAUGHT_BY:
        yield plan_of(CAUGHT_BY[name][0])
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
