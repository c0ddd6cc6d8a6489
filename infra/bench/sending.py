"""What an alert takes: the sender at slices of 25 due accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from balance_alerts.queues.alert_queue import SLICE_SIZE
from infra.bench import plain
from infra.bench.contest import Contest
from infra.bench.material import Material, Work
from infra.bench.table import Table, Value
from infra.bench.timing import apart
from infra.bench.wire import Wire

MOST_CALLS = 1.25
"""AWS calls a message."""
MOST_PROCESSOR = 1.5
"""Times the floor."""
BULK = 50
"""Emails that one call of SES's bulk sending takes."""
_UNPACED = {"TEXTS_PER_SECOND": "1e9", "EMAILS_PER_SECOND": "1e9"}
"""What the AWS account may send a second is not what is measured."""
_MESSAGES = {"Publish", "SendEmail"}


def measure(material: Material) -> Table:
    """Send slices of each kind over and over."""
    rows = apart(rows_of, material.slices)
    missed = [
        f"an alert by {row['by']} {said}"
        for row in rows
        for said, found, most in (
            ("makes too many calls a message", row["calls a message"], MOST_CALLS),
            ("takes too long beside the floor", row["ratio"], MOST_PROCESSOR),
        )
        if float(found) > most
    ]
    text = material.slices["text"].calls
    table_calls = len(text) - SLICE_SIZE
    in_bulk = (table_calls + 1) / SLICE_SIZE
    about = (
        f"A slice of {SLICE_SIZE} due accounts by the sender's handler, from the queue's message"
        " to the log. Milliseconds of the processor an alert; the floor makes the same calls by"
        " botocore alone, as it comes; the lean one is spared what our client of the table is: the"
        " long user agent, the checks of parameters, and botocore's walk through the answers of"
        " DynamoDB. The plain way gets, checks, sends and puts patient by patient with boto3."
        f" Targets: at most {MOST_CALLS} calls a message, and {MOST_PROCESSOR} times the floor. SES"
        f" could take the emails of a slice in one call (`SendBulkEmail`, {BULK} at most), which"
        f" would make {in_bulk:.2f} calls an email; it sends from templates kept in SES, and where"
        " its answer is lost nobody knows of any of them. SNS has no such call."
    )
    return Table("Sending", about, rows, missed)


def rows_of(slices: Mapping[str, Work]) -> Sequence[Mapping[str, Value]]:
    """One row a kind; in a process of its own."""
    wire = Wire()
    rows: list[dict[str, Value]] = []
    for kind, work in slices.items():
        took = contest(wire, kind, work).timed()
        ours, floor, lean, plain_way = (
            took[way].processor / SLICE_SIZE for way in ("ours", "floor", "lean floor", "plain")
        )
        messages = sum(call.operation in _MESSAGES for call in work.calls)
        rows.append(
            {
                "by": kind,
                "calls a message": len(work.calls) / messages,
                "ms an alert": ours,
                "floor ms": floor,
                "ratio": ours / floor,
                "to the lean floor": ours / lean,
                "plain ms": plain_way,
                "plain ratio": plain_way / floor,
            }
        )
    return rows


def contest(wire: Wire, kind: str, work: Work) -> Contest:
    """A slice, and as many patients one by one."""
    unpaced = replace(work, environment={**work.environment, **_UNPACED})
    ids = [f"p-{number}" for number in range(SLICE_SIZE)]
    one_by_one = plain.send(kind, ids)
    return Contest.of(wire, unpaced, plain=one_by_one, plain_answers=plain.answers(work))
