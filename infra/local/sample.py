"""The sample practice: its templates made into importable files, and loaded into the local stack.

Alerts are a matter of days, so a sample with fixed dates would be silent two months later. The
files in `samples/harbor_point` therefore hold placeholders, which `render` fills in for one local
day of the practice:

    {today-12}              2026-11-11                  a date
    {at today-12 14:30}     2026-11-11T14:30:00-05:00   wall time in the practice's zone
    {yyyymmdd today-12}     20261111                    a date as X12 writes it
    {yymmdd today-12}       261111                      the same, as in ISA09

`python -m infra.local.sample DIR` writes the files, to try `balance-alerts import` by hand.
"""

from __future__ import annotations

import argparse
import json
import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "harbor_point"
IMPORTS = ("patients.csv", "entries.csv", "remittance-1.835", "remittance-2.835")
"""In the order in which they are taken in: a remittance finds accounts by what came before."""
TEMPLATES = ("practice.json", "staff.json", *IMPORTS)
FIRST_LOOK = time(15, 30)
"""A wall time at the practice at which the send window is open for every patient, wherever."""

_PLACEHOLDER = re.compile(
    r"\{(?:(?P<form>at|yyyymmdd|yymmdd) )?today(?P<days>[+-]\d+)?(?: (?P<wall>\d\d:\d\d))?\}"
)
_DATE_FORMS = {None: "%Y-%m-%d", "yyyymmdd": "%Y%m%d", "yymmdd": "%y%m%d"}


def practice_zone() -> ZoneInfo:
    """The time zone of the sample practice."""
    return ZoneInfo(json.loads(_template("practice.json"))["time_zone"])


def local_day(now: datetime) -> date:
    """The practice's calendar day at an instant."""
    return now.astimezone(practice_zone()).date()


def first_look(today: date) -> datetime:
    """The instant of `FIRST_LOOK` on a day: whoever is due then is due on the first day."""
    return datetime.combine(today, FIRST_LOOK, practice_zone()).astimezone(UTC)


def render(directory: Path, today: date) -> None:
    """Write the sample as plain files, as if exported on the practice's local day `today`."""
    zone = practice_zone()
    directory.mkdir(parents=True, exist_ok=True)
    for name in TEMPLATES:
        text = fill_in(_template(name), today=today, zone=zone)
        (directory / name).write_text(text, encoding="utf-8", newline="\n")


def fill_in(text: str, *, today: date, zone: ZoneInfo) -> str:
    """`text` with every placeholder replaced."""

    def value(match: re.Match[str]) -> str:
        day = today + timedelta(days=int(match["days"] or 0))
        if match["form"] != "at":
            return day.strftime(_DATE_FORMS[match["form"]])
        return datetime.combine(day, time.fromisoformat(match["wall"]), zone).isoformat()

    return _PLACEHOLDER.sub(value, text)


def main(arguments: list[str] | None = None) -> None:
    """Write the sample practice's files to a directory."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.sample", description=main.__doc__)
    parser.add_argument("directory", type=Path, metavar="DIR")
    parser.add_argument(
        "--today",
        type=date.fromisoformat,
        default=local_day(datetime.now(UTC)),
        metavar="YYYY-MM-DD",
        help="the practice's local day to write them for (default: today)",
    )
    options = parser.parse_args(arguments)
    render(options.directory, options.today)
    print(f"The sample practice as of {options.today}, in {options.directory}. Import in this order:")
    for name in IMPORTS:
        print(f"  {options.directory / name}")


def _template(name: str) -> str:
    return (SAMPLE / name).read_text(encoding="utf-8")


if __name__ == "__main__":
    main()
