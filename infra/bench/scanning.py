"""What a due account takes: the scan at a practice with very many of them."""

from __future__ import annotations

from collections.abc import Mapping

from infra.bench import plain
from infra.bench.contest import Contest
from infra.bench.floor import replay
from infra.bench.material import A_PAGE, LongScan, Material, Work
from infra.bench.table import Table, Value
from infra.bench.timing import apart, peak_megabytes, run
from infra.bench.wire import Wire

LEAST_RATE = 0.7
"""Of the floor's."""
LEAST_OF_LEAN = 0.2
"""Of the lean floor's, which is all that shows what our own work takes."""
MOST_PROCESSOR = 1.5
"""Times the floor."""
MANY = 1_000_000
_PAGES = 4
_FEW = 20 * A_PAGE
_MOST_GROWTH_MB = 8


def measure(material: Material) -> Table:
    """Compare at some pages of the index, then go through a million accounts."""
    compared = apart(compare, material.scan)
    few, _ = apart(go_through, material.scan, _FEW)
    many, rate = apart(go_through, material.scan, MANY)
    floor, lean = (apart(floor_of, material.scan, MANY, lean) for lean in (False, True))
    rows: list[Mapping[str, Value]] = [
        {"accounts": f"{_PAGES * A_PAGE:,}", **compared, "peak MB": round(few)},
        {
            "accounts": f"{MANY:,}",
            "a second": round(rate),
            "floor": round(floor),
            "share": rate / floor,
            "of the lean floor's": rate / lean,
            "plain": "",
            "ratio of processor time": "",
            "peak MB": round(many),
        },
    ]
    missed = [
        f"{row['accounts']} accounts are scanned at {row['share']:.0%} of the floor's rate"
        for row in rows
        if float(row["share"]) < LEAST_RATE
    ]
    for row in rows:
        of_lean = float(row["of the lean floor's"])
        if of_lean < LEAST_OF_LEAN:
            missed.append(f"{row['accounts']} accounts: {of_lean:.0%} of the lean floor's rate")
    if float(compared["ratio of processor time"]) > MOST_PROCESSOR:
        missed.append("a due account takes too long beside the floor")
    if many - few > _MOST_GROWTH_MB:
        missed.append(f"memory grew by {many - few:.0f} MB from {_FEW:,} to {MANY:,} accounts")
    about = (
        f"Due accounts a second of one practice, read from the index by pages of {A_PAGE:,} and"
        " queued in slices of 25, ten a call; answers come at once. The floors make the same calls"
        " by botocore alone, and are those of *Sending*: most of what it does is to walk through"
        " the answers, which our client of the table, and so the lean floor, is spared. The plain"
        " way scans a table, checks, and queues one by one with boto3. Targets: at least"
        f" {LEAST_RATE:.0%} of the floor's rate and {LEAST_OF_LEAN:.0%} of the lean one's, at most"
        f" {MOST_PROCESSOR} times the floor's processor time,"
        f" and memory that stays the same from {_FEW:,} accounts (whose peak the"
        f" first row tells) to {MANY:,}, each in a process of its own."
    )
    return Table("Scanning", about, rows, missed)


def compare(scan: Work) -> dict[str, Value]:
    """Rates side by side, at a few pages."""
    wire = Wire()
    took = contest(wire, scan, _PAGES).timed(rounds=9, runs=1)
    ours, floor, lean, plain_way = (
        _PAGES * A_PAGE / took[way].wall * 1_000 for way in ("ours", "floor", "lean floor", "plain")
    )
    return {
        "a second": round(ours),
        "floor": round(floor),
        "share": ours / floor,
        "of the lean floor's": ours / lean,
        "plain": round(plain_way),
        "ratio of processor time": took["ours"].processor / took["floor"].processor,
    }


def contest(wire: Wire, scan: Work, pages: int) -> Contest:
    """So many pages of due accounts."""
    work = LongScan.of(scan, pages)
    return Contest.of(wire, work, plain=plain.scan(pages), plain_answers=plain.answers(work))


def go_through(scan: Work, accounts: int) -> tuple[float, float]:
    """Peak megabytes of a process that scans so many accounts, and accounts a second."""
    wire = Wire()
    work = LongScan.of(scan, accounts // A_PAGE)
    worker, wire.answers = work.worker(), work.answers()
    took = run(lambda: worker(work.event))
    return peak_megabytes(), accounts / took.wall * 1_000


def floor_of(scan: Work, accounts: int, lean: bool) -> float:
    """Accounts a second of a floor."""
    wire = Wire()
    work = LongScan.of(scan, accounts // A_PAGE)
    again, wire.answers = replay(work.calls, lean=lean), work.answers()
    return accounts / run(again).wall * 1_000
