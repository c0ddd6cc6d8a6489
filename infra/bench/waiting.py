"""What one worker gets done where each call to AWS takes its time, beside the ideal overlap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from balance_alerts.queues.alert_queue import SLICE_SIZE
from infra.bench import importing, scanning, sending, visiting
from infra.bench.contest import Contest
from infra.bench.material import A_PAGE, LINES, Material
from infra.bench.table import Table, Value
from infra.bench.timing import apart
from infra.bench.wire import Wire

SECONDS_A_CALL = (0.01, 0.05)
MOST_CALL_TIMES = 6
"""Of a slice, where a call takes 50 ms."""
_PAGES = 4
_OF_A_SLICE = 5
_OF_A_LINE = {"patients": 3, "entries": 1}
"""Calls for one line; those beside them move the import on."""


def measure(material: Material) -> Table:
    """Let calls take 10 and 50 ms."""
    rows = apart(rows_of, material)
    missed = [
        f"{row['work']} takes {row['call times']:.1f} call times at 50 ms"
        for row in rows
        if row["ms a call"] == 50
        and str(row["work"]) in (_slice("text"), _slice("email"))
        and float(row["call times"]) > MOST_CALL_TIMES
    ]
    about = (
        "Each call takes 10 or 50 ms, as over a network; one worker on one processor's worth of"
        " Python. *Call times* is how many calls' time the work took, *in a row* how many calls"
        " were made one after the other. *Must wait* is how many have to, since each needs the"
        " answer of the one before: of a slice the accounts, their contacts, the claims, the"
        " messages, the records; of a scan its pages; of a file what belongs to one line. *Ideal*"
        " is what would get done a second if nothing but those took time. The plain way makes one"
        " call after the other (reckoned from its time without waiting). Target: a slice of"
        f" {SLICE_SIZE} alerts at 50 ms within {MOST_CALL_TIMES} call times."
    )
    return Table("Waiting for AWS", about, rows, missed)


def rows_of(material: Material) -> Sequence[Mapping[str, Value]]:
    """Two rows a piece of work; in a process of its own."""
    wire = Wire()
    rows: list[dict[str, Value]] = []
    for name, number, must_wait, contest in _contests(wire, material):
        for seconds in SECONDS_A_CALL:
            took, in_a_row = contest.waited(seconds)
            rows.append(
                {
                    "work": name,
                    "ms a call": round(seconds * 1_000),
                    "call times": took / seconds,
                    "in a row": in_a_row,
                    "must wait": must_wait,
                    "a second": number / took,
                    "ideal": number / (must_wait * seconds),
                    "plain": number / contest.waited_plainly(seconds),
                }
            )
    return rows


def _contests(wire: Wire, material: Material) -> Iterator[tuple[str, int, int, Contest]]:
    """Each piece of work, how many of its kind it gets done, and calls that must wait."""
    for kind, work in material.slices.items():
        yield _slice(kind), SLICE_SIZE, _OF_A_SLICE, sending.contest(wire, kind, work)
    pages = scanning.contest(wire, material.scan, _PAGES)
    # The brake and the practice before them, what the last one leads to after them.
    yield f"scan of {_PAGES * A_PAGE:,}", _PAGES * A_PAGE, _PAGES + 3, pages
    for kind, work in material.imports.items():
        of_a_line = _OF_A_LINE[kind]
        beside_lines = len(work.calls) - LINES * of_a_line
        contest = importing.contest(wire, kind, work)
        yield f"{LINES} {kind}", LINES, beside_lines + of_a_line, contest
    yield "balance", 1, 1, visiting.contest(wire, material.visits["balance"])


def _slice(kind: str) -> str:
    return f"{SLICE_SIZE} alerts by {kind}"
