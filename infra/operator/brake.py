"""Pausing alerts, of one practice or of all at once: `pause`, `resume`."""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING

from balance_alerts.domain.practice import Frequency
from balance_alerts.practices.brake import pause_all, resume_all
from infra.operator.known_practice import get_practice
from infra.operator.stack import CommandError, Stack
from infra.operator.who import operator
from infra.operator.words import brake_told, local_time

if TYPE_CHECKING:
    from infra.operator.arguments import Commands

_WHAT_GOES_ON = (
    "Fresh links that patients ask for and receipts of payments are no alerts and go on."
)


def add(commands: Commands) -> None:
    """Tell argparse about these commands."""
    pause = commands.add_parser(
        "pause",
        help="pause a practice's alerts, or those of all practices at once",
        description=f"Holds from the next decision on, within ten seconds. {_WHAT_GOES_ON}",
    )
    resume = commands.add_parser(
        "resume",
        help="let a practice's alerts go out again, or those of all practices",
        description="What became due meanwhile goes out once, not once a missed period. With --all "
        "each practice goes on by its own settings: one that was paused itself stays so.",
    )
    for command, paused in ((pause, True), (resume, False)):
        which = command.add_mutually_exclusive_group(required=True)
        which.add_argument("practice", metavar="PRACTICE", nargs="?")
        which.add_argument("--all", action="store_true", help="every practice of the stack")
        command.add_argument("--note", help="why, for every practice to read (with --all)")
        command.set_defaults(run=partial(_run, paused=paused))


def _run(stack: Stack, options: argparse.Namespace, *, paused: bool) -> int:
    if not options.all:
        if options.note is not None:
            raise CommandError("--note goes with --all")
        return _one(stack, options.practice, paused=paused)
    return (_pause_all if paused else _resume_all)(stack, _note(options.note))


def _one(stack: Stack, practice_id: str, *, paused: bool) -> int:
    get_practice(stack, practice_id)
    changes = stack.wiring.practice_changes
    practice = changes.alerts(practice_id, {"paused": paused}, by=operator())
    print(f"{practice.practice_id}: alerts are {'paused' if paused else 'not paused'}")
    if not paused and practice.alerts.frequency is Frequency.DONT_SEND:
        print("but none go out while the frequency is dont_send")
    if not paused and practice.brake is not None:
        said = brake_told(practice.brake, practice.time_zone)
        print(f"but {said}; let go with balance-alerts resume --all")
    return 0


def _pause_all(stack: Stack, note: str | None) -> int:
    brake, is_new = pause_all(by=operator(), note=note, now=stack.wiring.now())
    if is_new:
        print(f"all alerts are paused, at every practice. {_WHAT_GOES_ON}")
    else:
        why = f" ({brake.note})" if brake.note else ""
        since = local_time(brake.since, "UTC")
        print(f"all alerts are paused already, since {since}, by {brake.by}{why}")
    return 0


def _resume_all(stack: Stack, note: str | None) -> int:
    brake = resume_all(by=operator(), note=note, now=stack.wiring.now())
    if brake is None:
        print("all alerts were not paused; a practice may be: balance-alerts resume PRACTICE")
    else:
        since = local_time(brake.since, "UTC")
        print(f"alerts go out again; they were paused since {since}, by {brake.by}")
    return 0


def _note(text: str | None) -> str | None:
    """A note of one line; None where there is nothing in it."""
    note = " ".join((text or "").split())
    return note or None
