"""What a soak tells: a line a minute, and a table in the end."""

from __future__ import annotations

import time
from collections import Counter

from tests.soak.answers import Tally
from tests.soak.memory import EMULATOR, JUDGED_FROM_SECONDS, MAY_GROW, OURSELVES, Life, Memory
from tests.soak.secrecy import Logs
from tests.soak.world import Soak

SHOWN = 40
"""How many of the things that are broken are shown; of one kind, a few."""
OF_ONE_KIND = 5
JUDGES_FROM_SECONDS = 1_200.0
"""How long a soak is that must have judged somebody's memory."""


def progress(said: str) -> None:
    """One line, now."""
    print(f"{time.strftime('%H:%M:%S')}  {said}", flush=True)


def tell(seconds: float, soak: Soak, memory: Memory, logs: Logs) -> int:
    """Print the table; 1 if anything is broken."""
    check_memory(seconds, soak, memory.workers())
    print(f"\n{'':28}" + "".join(f"{outcome:>12}" for outcome in Tally.OUTCOMES))
    for kind, counts in soak.tally.counts().items():
        print(f"{kind:28}" + "".join(f"{counts[outcome]:>12,}" for outcome in Tally.OUTCOMES))
    print("\nrefused: " + ", ".join(f"{code} {n:,}" for code, n in soak.tally.refusals()))
    outbox = Counter(message.channel for message in soak.stack.outbox.messages())
    charges = soak.stack.gateway.charges()
    print(
        f"\n{seconds / 60:g} minutes of load to {soak.stack.now():%Y-%m-%d}; "
        f"{soak.outages.count} times AWS was away; {len(soak.cast.people)} patients; "
        f"{outbox['text']:,} texts, {outbox['email']:,} emails, {len(charges):,} charges; "
        f"{logs.lines:,} lines of log"
    )
    answers = soak.answers
    print(
        f"answered and found again: {len(answers.entries):,} entries, {len(answers.clicks):,} "
        f"answers to payments, {len(answers.alerts):,} alerts by click, {len(answers.reports):,} "
        f"reports, {len(answers.imports):,} files, {len(answers.patients):,} patients, "
        f"{len(answers.questions):,} questions, {len(answers.links):,} links"
    )
    _tell_memory(memory)
    return _tell_broken(soak)


def check_memory(seconds: float, soak: Soak, workers: list[Life]) -> None:
    """No worker grew; and of a soak that is long enough, some lived long enough to tell."""
    judged = [life for life in workers if life.is_judged]
    if not judged and seconds >= JUDGES_FROM_SECONDS:
        soak.fail("memory", f"no worker lived for {JUDGED_FROM_SECONDS:.0f} s: none was judged")
    for life in judged:
        if not life.is_flat:
            soak.fail("memory", f"a worker of {life.name} grew by {life.growth:.1%}")


def _tell_memory(memory: Memory) -> None:
    """Of each kind of process the one that grew most; of its life the quarters' medians."""
    print(
        f"\nmemory in MiB: of the processes that lived longest the one that grew most\n"
        f"(workers that lived {JUDGED_FROM_SECONDS:.0f} s are judged, and may grow by "
        f"{MAY_GROW:.0%} from the second quarter of their lives to the last)\n"
        f"{'':40}{'lived':>8}{'judged':>8}{'start':>8}{'middle':>8}{'end':>8}{'growth':>8}"
    )
    for name, lives in memory.by_name().items():
        shown = [life for life in lives if life.is_shown]
        judged = [life for life in shown if life.is_judged]
        if not shown:
            print(f"{name:40}{len(lives):>8}")
            continue
        worst = max(judged or shown, key=lambda life: life.growth)
        print(
            f"{name:40}{len(lives):>8}{len(judged):>8}{_quarters(worst)}{worst.growth:>8.1%}"
            f"{_note(name)}"
        )


def _quarters(life: Life) -> str:
    return "".join(f"{life.quarter(number) / 1024:>8.1f}" for number in (1, 2, 4))


def _note(name: str) -> str:
    if name == EMULATOR:
        return "  holds the table, the queues and the logs"
    return "  holds what was sent and charged" if name == OURSELVES else ""


def _tell_broken(soak: Soak) -> int:
    if not soak.broken:
        print("\nevery invariant held")
        return 0
    kinds = Counter(each.partition(":")[0] for each in soak.broken)
    print(f"\nBROKEN: {', '.join(f'{kind} ({count})' for kind, count in kinds.items())}")
    shown: Counter[str] = Counter()
    for each in soak.broken:
        kind = each.partition(":")[0]
        shown[kind] += 1
        if shown[kind] <= OF_ONE_KIND and shown.total() <= SHOWN:
            print(f"  {each}")
    return 1
