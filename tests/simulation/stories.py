"""Stories for guards that seeds seldom meet: told action by action, what goes wrong included.

Each begins with a seed's patients, two days on, who were alerted just now.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.simulation.plan import Action, Plan
from tests.simulation.world import faults

A_MINUTE, AN_HOUR, A_DAY = 60.0, 3_600.0, 86_400.0


def _act(
    kind: str,
    *,
    after: float = 0.0,
    drawn: int = 0,
    overlap: bool = False,
    given: Mapping[tuple[int, int], str] | None = None,
    **args: Any,
) -> Action:
    """One action; `given` are its faults by the number of the invocation and of the call."""
    return Action(kind, drawn, after, overlap, given=given or {}, args=args)


def _deliver(queue: str = "alerts", **told: Any) -> Action:
    return _act("deliver", **{"workers": 3, "again": False, **told}, queue=queue)


def _pay(which: int, cents: int, **told: Any) -> Action:
    wish = {"text": True, "email": True, "clicks": 1, "told_after": 0.0, "key": which}
    return _act("visit", **wish, which=which, does="pay", right=True, cents=cents, **told)


def _resolve(says: str, *, after: float, waits: bool) -> Action:
    return _act("resolve", after=after, which=0, says=says, waits=waits, meets_news=False)


THE_GATEWAY = (1, 5)
"""The call that charges: the sixth of the second request."""

_ALERTED = (
    _act("scan", after=2 * A_DAY, drawn=1, times=1),
    _deliver(),
    _deliver(after=1.0, drawn=1),
)
_UNANSWERED = (
    _act("list_late", seconds=20 * AN_HOUR),
    _pay(0, 0, after=A_MINUTE, given={THE_GATEWAY: faults.LOST_AFTER}),
    _act("reconcile", after=1_000.0, times=1),
)


def _story(*actions: Action, seed: int = 1) -> Plan:
    return Plan(seed, (*_ALERTED, *actions))


def _remittance(seed: int, *, anew: bool = False) -> Action:
    told = {"practice": 0, "seed": seed, "claims": 5, "twice": False, "anew": anew}
    return Action("upload_remittance", 0, given={}, args=told)


def _upload_payment(*, anew: bool = False) -> Action:
    """A file whose one line is a payment of a dollar, which p-2 just made online."""
    told = {"practice": 0, "kind": "entries", "seed": 74, "rows": 1, "twice": False, "anew": anew}
    return Action("upload", 0, given={}, args=told)


def _decide(clicks: int) -> Action:
    return _act("decide", practice=0, which=0, release=False, clicks=clicks)


_TAKEN_IN = (_remittance(0), _deliver("imports", workers=1, drawn=1))
_TWO_WEEKS_ON = _act("scan", after=14 * A_DAY, drawn=5, times=1)

STORIES: Mapping[str, tuple[Plan, str]] = {
    "an_error_of_the_provider_counts_as_not_sent": (
        _story(
            _TWO_WEEKS_ON,
            _deliver(after=1.0, workers=1, given={(0, 5): faults.BROKEN_AFTER}),
            seed=2,
        ),
        "1 twice",
    ),
    "a_click_does_not_wait_for_what_is_going_out": (
        _story(
            _TWO_WEEKS_ON,
            _deliver(
                after=1.0,
                workers=1,
                overlap=True,
                given={(0, call): faults.THROTTLED for call in range(5, 14)},
            ),
            _act("send_now", after=3.0, who=0, key=1, clicks=1),
            _act("scan", after=A_DAY, drawn=5, times=1),
            _deliver(after=1.0),
            seed=2,
        ),
        "1 period",
    ),
    "what_is_heard_last_counts": (
        _story(
            _act("reply", after=A_MINUTE, who=0, says="START", kept=False),
            _act("reply", after=30.0, who=0, says="STOP", kept=False),
            _act("report", after=5.0, many=90, again=False),
            _act("change_settings", after=1.0, practice=0, frequency="two_weeks"),
            _TWO_WEEKS_ON,
            _deliver(after=1.0),
        ),
        "2 consent",
    ),
    "one_look_proves_absence": (_story(*_UNANSWERED), "5 absent"),
    "absence_is_proven_within_a_day": (
        _story(*_UNANSWERED, _act("reconcile", after=AN_HOUR, times=1)),
        "5 absent",
    ),
    "payments_are_settled_by_hand_at_once": (
        _story(
            _pay(0, 0, after=A_MINUTE, overlap=True, given={THE_GATEWAY: faults.SLOW}),
            _resolve("truth", after=0.5, waits=False),
        ),
        "5 lock",
    ),
    "one_transaction_becomes_the_payments_of_two": (
        _story(
            _pay(0, 100, after=A_MINUTE, given={THE_GATEWAY: faults.LOST_BEFORE}),
            _pay(2, 100, after=A_MINUTE),
            _resolve("another", after=A_MINUTE, waits=True),
        ),
        "5 posted",
    ),
    "a_merchant_account_is_given_up_whatever_is_open": (
        _story(
            _pay(0, 0, after=A_MINUTE, overlap=True, given={THE_GATEWAY: faults.SLOW}),
            _act("connect", after=0.5, practice=0, on=False),
            _act("connect", practice=1, on=False),
        ),
        "5 connection",
    ),
    "payments_begin_by_an_account_that_was_given_up": (
        _story(
            _pay(0, 0, after=A_MINUTE, drawn=1, overlap=True, given={(1, 3): faults.SLOW}),
            _act("connect", after=0.5, practice=0, on=False),
            _act("connect", practice=1, on=False),
        ),
        "5 connection",
    ),
    "open_payments_are_not_shown": (
        _story(
            _pay(0, 0, after=A_MINUTE, given={THE_GATEWAY: faults.LOST_AFTER}),
            _act("visit", after=A_MINUTE, which=0, does="look", right=True),
        ),
        "6 open",
    ),
    "cases_are_read_once": (
        _story(
            _pay(0, 0, after=A_MINUTE, overlap=True, given={THE_GATEWAY: faults.SLOW}),
            _act(
                "visit",
                after=0.6,
                which=0,
                does="look",
                right=True,
                given={(1, call): faults.LOST_BEFORE for call in (0, 2)},
            ),
        ),
        "6 open",
    ),
    "sessions_outlive_their_links": (
        _story(
            _act("visit", after=A_MINUTE, which=0, does="look", right=True),
            *(
                _act("change_contact", who=who, mobile=place, email=place % 5, consent=True)
                for who in range(4)
                for place in (4, 5)
            ),
            _act("come_back", after=A_MINUTE, which=0),
        ),
        "6 session",
    ),
    "what_was_written_ahead_is_forgotten": (
        _story(
            _remittance(0),
            _deliver("imports", workers=1, drawn=1, given={(0, 10): faults.KILLED_AFTER}),
            _remittance(50),
            _remittance(60),
            _deliver("imports", workers=1, drawn=1),
            _deliver("imports", workers=2, drawn=2),
        ),
        "4 levels",
    ),
    "levels_of_claims_are_written_whatever_their_version": (
        _story(_remittance(2), _remittance(52), _remittance(92), _deliver("imports")),
        "4 levels",
    ),
    "parked_items_are_put_over_others": (
        _story(
            *_TAKEN_IN,
            *(_decide(1) for _ in range(3)),
            _remittance(0, anew=True),
            _deliver("imports", workers=1, drawn=1),
        ),
        "4 decided",
    ),
    "items_are_decided_whatever_their_version": (
        _story(*_TAKEN_IN, _decide(2), _decide(2)),
        "4 decided",
    ),
    "what_is_being_released_may_be_dismissed": (
        _story(
            _pay(0, 100, after=A_MINUTE),
            _upload_payment(),
            _deliver("imports", workers=1, drawn=1),
            _decide(2),
        ),
        "4 dismissed",
    ),
    "what_was_parked_is_forgotten": (
        _story(
            _pay(0, 100, after=A_MINUTE, given={THE_GATEWAY: faults.LOST_BEFORE}),
            _upload_payment(),
            _deliver("imports", workers=1, drawn=1),
            _decide(1),
            _act("reconcile", after=A_DAY + AN_HOUR, times=1),
            _act("reconcile", after=AN_HOUR, times=1),
            _upload_payment(anew=True),
            _deliver("imports", workers=1, drawn=1),
        ),
        "4 dismissed",
    ),
}
"""By the mutation that each one notices, with the invariant that breaks then."""
