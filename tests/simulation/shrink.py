"""Cuts a failing plan down to what it needs to fail: fewer actions, fewer faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.simulation.plan import Action, Plan

if TYPE_CHECKING:
    from tests.simulation.run import Failure

MOST_TRIES = 400


def shrunk(failure: Failure, run: Callable[[Plan], Failure | None]) -> Failure:
    """The smallest failure found of the same invariant."""
    tries = 0
    invariant = failure.violation.split(":")[0]

    def fails(actions: tuple[Action, ...]) -> Failure | None:
        nonlocal tries
        tries += 1
        if tries > MOST_TRIES:
            return None
        found = run(Plan(failure.plan.seed, actions))
        return found if found and found.violation.split(":")[0] == invariant else None

    failure = _fewer_actions(failure, fails)
    failure = _fewer_faults(failure, fails)
    return _fewer_actions(failure, fails)


Fails = Callable[[tuple[Action, ...]], "Failure | None"]


def _fewer_actions(failure: Failure, fails: Fails) -> Failure:
    size = max(1, len(failure.plan.actions) // 2)
    while size:
        start = 0
        while start < len(failure.plan.actions):
            actions = failure.plan.actions
            kept, left_out = actions[:start], actions[start : start + size]
            found = fails(kept + _later(left_out, actions[start + size :]))
            if found is None:
                start += size
            else:
                failure = found
        size //= 2
    return failure


def _later(left_out: tuple[Action, ...], rest: tuple[Action, ...]) -> tuple[Action, ...]:
    """What follows, at the time at which it was."""
    if not rest:
        return rest
    waited = sum(action.wait for action in left_out)
    return (replace(rest[0], wait=rest[0].wait + waited), *rest[1:])


def _fewer_faults(failure: Failure, fails: Fails) -> Failure:
    for number in range(len(failure.plan.actions)):
        if number >= len(failure.plan.actions):
            break
        action = failure.plan.actions[number]
        for fault in list(action.given or {}):
            action = failure.plan.actions[number]
            given = {place: kind for place, kind in (action.given or {}).items() if place != fault}
            actions = list(failure.plan.actions)
            actions[number] = replace(action, given=given)
            failure = fails(tuple(actions)) or failure
            if number >= len(failure.plan.actions):
                return failure
    return failure
