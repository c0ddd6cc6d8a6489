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
import os
import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from balance_alerts.domain.practice import AlertSettings
    from balance_alerts.store.account_record import AccountRecord

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


class Stack(Protocol):
    """What loading asks of a stack. This process's store is connected to the stack's table."""

    sample_day: date | None

    def now(self) -> datetime:
        """The instant the functions see."""

    def create_practice(
        self,
        *,
        practice_id: str,
        display_name: str,
        phone: str,
        time_zone: str,
        hours: str,
        reply_to: str,
    ) -> object:
        """Add a practice that sends no alerts yet."""

    def connect_to_gateway(self, practice_id: str) -> object:
        """Let the practice take cards."""

    def import_file(self, practice_id: str, path: Path) -> object:
        """Take in a file, and come back once it is in."""


def load(stack: Stack) -> str:
    """Put the sample practice of the stack's present day into `stack`; returns its id."""
    from balance_alerts.store.practices import Practices

    with TemporaryDirectory() as folder:
        directory = Path(folder)
        stack.sample_day = local_day(stack.now())
        render(directory, stack.sample_day)
        profile = _read_json(directory / "practice.json")
        practice_id = str(profile["practice_id"])
        identity = ("practice_id", "display_name", "phone", "time_zone", "hours", "reply_to")
        stack.create_practice(**{name: profile[name] for name in identity})
        practices = Practices()
        practices.save_settings(
            practices.get(practice_id), alert_settings(profile["balance_alerts"])
        )
        stack.connect_to_gateway(practice_id)
        patients, *rest = IMPORTS
        stack.import_file(practice_id, directory / patients)
        # Before the remittances, which are parked for patients with other coverage.
        apply_staff(practice_id, _read_json(directory / "staff.json"), now=stack.now())
        for name in rest:
            stack.import_file(practice_id, directory / name)
    return practice_id


def alert_settings(values: dict[str, Any]) -> AlertSettings:
    """The settings in `practice.json`, which reads as the staff interface takes them."""
    from balance_alerts.domain.calendar import SendWindow, Weekday
    from balance_alerts.domain.practice import AlertSettings, Frequency

    window = values["send_window"]
    return AlertSettings(
        frequency=Frequency(values["frequency"]),
        paused=values["paused"],
        send_window=SendWindow(
            time.fromisoformat(window["opens"]), time.fromisoformat(window["closes"])
        ),
        send_days=frozenset(Weekday(day) for day in values["send_days"]),
        minimum_balance_cents=values["minimum_balance_cents"],
        first_alert_after_days=values["first_alert_after_days"],
        daily_limit=values["daily_limit"],
        include_amount=values["include_amount"],
        pilot_contacts=values["pilot_contacts"] and tuple(values["pilot_contacts"]),
    )


def apply_staff(practice_id: str, staff: dict[str, Any], *, now: datetime) -> None:
    """Do what no import does: other coverage, contacts that cannot be reached, holds."""
    from balance_alerts.domain.account import HoldReason
    from balance_alerts.domain.contact import Channel, ContactFact
    from balance_alerts.store.accounts import Accounts

    def covered_elsewhere(account: AccountRecord) -> None:
        account.other_coverage = True

    accounts = Accounts()
    for patient_id in staff["other_coverage"]:
        accounts.change(practice_id, patient_id, covered_elsewhere)
    for report in staff["contacts"]:
        channel = Channel(report["channel"])
        contact = accounts.get(practice_id, report["patient_id"]).contact(channel)
        if contact is not None:
            accounts.tell_of_contact(
                practice_id,
                channel,
                contact,
                ContactFact(report["state"]),
                source="sample",
                at=now,
            )
    for hold in staff["holds"]:
        until = hold["until"] and date.fromisoformat(hold["until"])
        accounts.set_hold(
            practice_id,
            hold["patient_id"],
            HoldReason(hold["reason"]),
            until=until,
            now=now,
        )


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
        type=_day,
        metavar="YYYY-MM-DD",
        help="the practice's local day to write them for (default: the one for which the local "
        "stack at $BALANCE_ALERTS_LOCAL loaded them, or its day; else today)",
    )
    options = parser.parse_args(arguments)
    today = options.today or _day_of_the_stack(parser) or local_day(datetime.now(UTC))
    try:
        render(options.directory, today)
    except OSError as error:
        parser.error(f"cannot write to {options.directory}: {error.strerror}")
    print(f"The sample practice as of {today}. Import in this order:")
    for name in IMPORTS:
        print(f"  {options.directory / name}")


def _day_of_the_stack(parser: argparse.ArgumentParser) -> date | None:
    """The day by which files are those that the local stack of this shell knows, if there is one.

    Its clock may have been stepped, and midnight have passed, since it loaded the sample.
    """
    address = os.environ.get("BALANCE_ALERTS_LOCAL")
    if not address:
        return None
    from infra.operator.stack import CommandError, local_now, local_sample_day

    try:
        return local_sample_day(address) or local_day(local_now(address))
    except CommandError as error:
        parser.error(str(error))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no date; write 2026-03-31") from None


def _read_json(path: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return values


def _template(name: str) -> str:
    return (SAMPLE / name).read_text(encoding="utf-8")


if __name__ == "__main__":
    main()
