"""What a patient's request takes: the portal at a sign-in and at what is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from infra.bench import plain
from infra.bench.contest import Contest
from infra.bench.material import Material, Work
from infra.bench.table import Table, Value
from infra.bench.timing import apart
from infra.bench.wire import Wire

MOST_CALLS, MOST_DEEP = 2, 1
"""AWS calls of a balance, and how many of them wait for one another."""
_SECONDS = 0.02


def measure(material: Material) -> Table:
    """Ask the same over and over."""
    rows = apart(rows_of, material.visits)
    [balance] = (row for row in rows if row["asked for"] == "balance")
    missed = [
        f"a balance takes {balance[name]} {said}, more than {most}"
        for name, said, most in (
            ("calls", "calls", MOST_CALLS),
            ("deep", "calls one after the other", MOST_DEEP),
        )
        if int(balance[name]) > most
    ]
    about = (
        "Requests to the portal's handler, from API Gateway's event to its answer. *Deep* is how"
        " many of its calls to AWS wait for one another. Milliseconds of the processor a request;"
        " the floor makes the same calls by botocore alone, the plain way gets the session, gets"
        " the account and queries with boto3, with no request to read and no answer to write."
        f" Target: a balance in at most {MOST_CALLS} calls, {MOST_DEEP} deep."
    )
    return Table("The portal", about, rows, missed)


def rows_of(visits: Mapping[str, Work]) -> Sequence[Mapping[str, Value]]:
    """One row a request; in a process of its own."""
    wire = Wire()
    wire.take_over()
    rows: list[dict[str, Value]] = []
    for name, work in visits.items():
        asked = contest(wire, work)
        took = asked.timed(runs=30)
        _, deep = asked.waited(_SECONDS)
        ours, floor = took["ours"].processor, took["floor"].processor
        rows.append(
            {
                "asked for": name,
                "calls": len(work.calls),
                "deep": deep,
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
