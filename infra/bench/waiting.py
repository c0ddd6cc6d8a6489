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
        " Python. *Call times* is how many calls' time the work took. *Deep* is how many calls"
        " wait for one another, so that no overlap could do with fewer; *ideal* is what would get"
        " done a second if nothing but those took time. The plain way makes one call after the"
        " other (reckoned from its time without waiting). Target: a slice of"
        f" {SLICE_SIZE} alerts at 50 ms within {MOST_CALL_TIMES} call times."
    )
    return Table("Waiting for AWS", about, rows, missed)


def rows_of(material: Material) -> Sequence[Mapping[str, Value]]:
    """Two rows a piece of work; in a process of its own."""
    wire = Wire()
    wire.take_over()
    rows: list[dict[str, Value]] = []
    for name, number, contest in _contests(wire, material):
        for seconds in SECONDS_A_CALL:
            took, deep = contest.waited(seconds)
            rows.append(
                {
                    "work": name,
                    "ms a call": round(seconds * 1_000),
                    "call times": took / seconds,
                    "deep": deep,
                    "a second": number / took,
                    "ideal": number / (deep * seconds),
                    "plain": number / contest.waited_plainly(seconds),
                }
            )
    return rows


def _contests(wire: Wire, material: Material) -> Iterator[tuple[str, int, Contest]]:
    """Each piece of work, and how many of its kind it gets done."""
    for kind, work in material.slices.items():
        yield _slice(kind), SLICE_SIZE, sending.contest(wire, kind, work)
    pages = scanning.contest(wire, material.scan, _PAGES)
    yield f"scan of {_PAGES * A_PAGE:,}", _PAGES * A_PAGE, pages
    for kind, work in material.imports.items():
        yield f"{LINES} {kind}", LINES, importing.contest(wire, kind, work)
    yield "balance", 1, visiting.contest(wire, material.visits["balance"])


def _slice(kind: str) -> str:
    return f"{SLICE_SIZE} alerts by {kind}"
