"""What a patient's request takes: the portal at a sign-in and at what is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from infra.bench import plain
from infra.bench.contest import Contest
from infra.bench.material import Material, Work
from infra.bench.table import Table, Value
from infra.bench.timing import apart
from infra.bench.wire import Wire

MOST_CALLS, MOST_IN_A_ROW = 2, 1
"""AWS calls of a balance, and how many of them one after the other."""
_SECONDS = 0.02


def measure(material: Material) -> Table:
    """Ask the same over and over."""
    rows = apart(rows_of, material.visits)
    [balance] = (row for row in rows if row["asked for"] == "balance")
    missed = [
        f"a balance takes {balance[name]} {said}, more than {most}"
        for name, said, most in (
            ("calls", "calls", MOST_CALLS),
            ("in a row", "calls one after the other", MOST_IN_A_ROW),
        )
        if int(balance[name]) > most
    ]
    about = (
        "Requests to the portal's handler, from API Gateway's event to its answer. *In a row*"
        " is how many of its calls to AWS are made one after the other. Milliseconds of the"
        " processor a request; the floor makes the same calls by botocore as it comes. The plain"
        " way only reads: it gets the session, gets the account and queries with boto3, with no"
        " request to read, nothing to write and no answer to give."
        f" Target: a balance in at most {MOST_CALLS} calls, {MOST_IN_A_ROW} in a row."
    )
    return Table("The portal", about, rows, missed)


def rows_of(visits: Mapping[str, Work]) -> Sequence[Mapping[str, Value]]:
    """One row a request; in a process of its own."""
    wire = Wire()
    rows: list[dict[str, Value]] = []
    for name, work in visits.items():
        asked = contest(wire, work)
        took = asked.timed(runs=30)
        _, in_a_row = asked.waited(_SECONDS)
        ours, floor = took["ours"].processor, took["floor"].processor
        rows.append(
            {
                "asked for": name,
                "calls": len(work.calls),
                "in a row": in_a_row,
                "ms": ours,
                "floor ms": floor,
                "more than the floor": ours - floor,
                "plain ms": took["plain"].processor,
            }
        )
    return rows


def contest(wire: Wire, work: Work) -> Contest:
    """A request."""
    return Contest.of(wire, work, plain=plain.visit(), plain_answers=plain.answers(work))
