"""What a line of a file takes: the import at files of patients and of entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from infra.bench import plain
from infra.bench.contest import Contest
from infra.bench.material import LINES, Material, Work
from infra.bench.table import Table, Value
from infra.bench.timing import apart
from infra.bench.wire import Wire

LEAST_RATE = 0.7
"""Of the floor's."""


def measure(material: Material) -> Table:
    """Take the same files in over and over."""
    rows = apart(rows_of, material.imports)
    missed = [
        f"{row['lines']} are taken in at {row['share']:.0%} of the floor's rate"
        for row in rows
        if float(row["share"]) < LEAST_RATE
    ]
    about = (
        f"Lines a second of a file of {LINES}, each of a patient of its own, by the import's"
        " handler; answers come at once. The floors are those of *Sending*; the"
        " plain way gets the account and puts the line, and for an entry updates the balance, one"
        " after the other with boto3: it notices no duplicate and no conflict, keeps no contact,"
        f" name or consent, and counts twice what comes twice. Target: {LEAST_RATE:.0%} of the"
        " floor's rate."
    )
    return Table("Importing", about, rows, missed)


def rows_of(imports: Mapping[str, Work]) -> Sequence[Mapping[str, Value]]:
    """One row a kind of file; in a process of its own."""
    wire = Wire()
    rows: list[dict[str, Value]] = []
    for kind, work in imports.items():
        took = contest(wire, kind, work).timed(runs=2)
        ours, floor, lean, plain_way = (
            LINES / took[way].wall * 1_000 for way in ("ours", "floor", "lean floor", "plain")
        )
        rows.append(
            {
                "lines": kind,
                "calls a line": len(work.calls) / LINES,
                "a second": round(ours),
                "floor": round(floor),
                "share": ours / floor,
                "of the lean floor's": ours / lean,
                "plain": round(plain_way),
            }
        )
    return rows


def contest(wire: Wire, kind: str, work: Work) -> Contest:
    """A file, and its lines one by one."""
    ids = [f"p-{number}" for number in range(LINES)]
    plain_way = plain.import_file(kind, ids)
    return Contest.of(wire, work, plain=plain_way, plain_answers=plain.answers(work))
