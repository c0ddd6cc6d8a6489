"""`make demo`: the main job from sample files to a paid balance, each step verified.

Starts a stack of its own, needs no input, and exits 0 only if every step did what it must.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from balance_alerts.domain.calendar import zone
from balance_alerts.domain.money import format_dollars
from infra.local import sample
from infra.local.demo_visit import PatientVisit
from infra.local.observer import Observer, import_counts, import_row, reached
from infra.local.outbox import Message
from infra.local.server import LocalServer
from infra.local.signals import ignore_signals, interrupt_on_signals
from infra.local.stack import LocalStack
from infra.local.transcript import Transcript, masked

_PRACTICE = "harbor-point"
_DESK_PAYER = "HP-1002"
_CARD_PAYER = "HP-1016"
_HANG_SECONDS = 1.0
_WHY = ("too_soon", "not_subscribed", "no_reachable_contact", "on_hold", "window_closed")


class Demo:
    """The steps, in order, on a running stack that is served at `url`."""

    def __init__(self, stack: LocalStack, url: str, folder: Path) -> None:
        self._stack = stack
        self._url = url
        self._folder = folder
        self._transcript = Transcript()
        self._seen = Observer(stack, _PRACTICE, url=url, folder=folder)
        expected = _read(sample.SAMPLE / "expected.json")
        self._patients: dict[str, dict[str, Any]] = expected["patients"]
        self._files: dict[str, dict[str, int]] = expected["imports"]

    def run(self) -> int:
        """Go through all steps and return the exit status."""
        self.set_up()
        for name in sample.IMPORTS:
            self.import_file(name)
        self.look_at_decisions()
        self.first_alerts()
        self.schedule_again()
        self.pay_by_card()
        self.two_weeks_later("second")
        self.pay_at_the_desk()
        self.two_weeks_later("third")
        self.explain()
        return self._transcript.end()

    def set_up(self) -> None:
        """Create the practice."""
        today = sample.local_day(self._stack.now())
        self._stack.clock.set(sample.first_look(today))
        sample.render(self._folder, today)
        profile = _read(self._folder / "practice.json")
        settings = profile["balance_alerts"]
        window = settings["send_window"]
        self._step("A practice that sends alerts every two weeks")
        self._command(
            *("create-practice", _PRACTICE, "--display-name", profile["display_name"]),
            *("--phone", profile["phone"], "--time-zone", profile["time_zone"]),
            *("--hours", profile["hours"], "--reply-to", profile["reply_to"]),
        )
        self._command(
            *("settings", _PRACTICE, "--frequency", settings["frequency"]),
            *("--window", f"{window['opens']}-{window['closes']}"),
            *("--minimum", f"{settings['minimum_balance_cents'] / 100:.2f}"),
        )
        self._stack.connect_to_gateway(_PRACTICE)
        practice = self._seen.practice()
        self._transcript.equal(
            practice.alerts, sample.alert_settings(settings), "its settings are the sample's"
        )
        self._transcript.verify(practice.takes_cards, "its patients can pay by card")

    def import_file(self, name: str) -> None:
        """Import a file of the sample."""
        self._step(f"Import {name}")
        output = self._command("import", _PRACTICE, str(self._folder / name))
        found = import_row(output, name)
        for column, count in import_counts(self._files[name]).items():
            self._transcript.equal(found.get(column), str(count), f"{column}: {count}")
        if name == sample.IMPORTS[0]:
            staff = _read(self._folder / "staff.json")
            sample.apply_staff(_PRACTICE, staff, now=self._stack.now())
            self._transcript.say("Staff note holds, other coverage, and contacts that opted out.")

    def look_at_decisions(self) -> None:
        """Hold every account against what the sample says of it."""
        self._step("What the rules say of each patient")
        reasons: Counter[str] = Counter()
        wrong = []
        for patient_id, expected in self._patients.items():
            reason = self._seen.decision(patient_id).reason
            balance = int(self._seen.account(patient_id).balance_cents)
            reasons[reason or "due"] += 1
            if (reason, balance) != (expected["reason"], expected["balance_cents"]):
                wrong.append(patient_id)
        self._transcript.say(f"{count:4} {reason}" for reason, count in reasons.most_common())
        self._transcript.equal(wrong, [], "balance and decision of every patient are as expected")

    def first_alerts(self) -> None:
        """Run the schedule: everybody who is due gets a message, nobody else does."""
        self._step("The schedule runs")
        due = [each for each, expected in self._patients.items() if expected["due"]]
        messages = self._scan(due)
        self._show(messages)
        channels = Counter(c for each in due for c in self._patients[each]["channels"])
        self._transcript.equal(
            Counter(message.channel for message in messages),
            channels,
            f"{channels['text']} texts and {channels['email']} emails, as expected",
        )
        longest = max(len(message.text) for message in messages if message.channel == "text")
        self._transcript.verify(longest <= 160, f"the longest text has {longest} characters")
        links = {message.link for message in messages}
        self._transcript.verify(None not in links, "every message has a link")
        self._transcript.verify(
            not any("$" in message.text for message in messages), "no message tells an amount"
        )

    def schedule_again(self) -> None:
        """Run the schedule once more at once."""
        self._step("The schedule runs again at once")
        self._scan([])

    def two_weeks_later(self, ordinal: str) -> None:
        """Step the clock and run the schedule."""
        self._stack.clock.advance(days=14)
        self._step("Two weeks later, the schedule runs")
        due = self._seen.due(self._patients)
        payers = (_DESK_PAYER, _CARD_PAYER)
        paid = {each for each in payers if self._seen.account(each).balance_cents == 0}
        before = {each: self._seen.alerted_on(each) for each in paid}
        self._scan(due)
        dates = {patient_id: self._seen.alerted_on(patient_id) for patient_id in due}
        again = {each: days for each, days in dates.items() if len(days) > 1}
        gaps = {(days[0] - days[1]).days for days in again.values()}
        self._transcript.equal(gaps, {14}, f"{len(again)} {ordinal} alerts, after 14 days exactly")
        for each, alerted_on in before.items():
            self._transcript.equal(
                self._seen.alerted_on(each), alerted_on, f"{each} has paid and hears nothing"
            )

    def pay_by_card(self) -> None:
        """Follow a patient through the portal."""
        visit = PatientVisit(
            _CARD_PAYER,
            url=self._url,
            outbox=self._stack.outbox,
            seen=self._seen,
            transcript=self._transcript,
            step=self._step,
        )
        visit.run()

    def pay_at_the_desk(self) -> None:
        """Import a payment of one patient."""
        balance = int(self._seen.account(_DESK_PAYER).balance_cents)
        self._step(f"{_DESK_PAYER} pays {format_dollars(balance)} at the front desk")
        path = self._folder / "payments.csv"
        path.write_text(self._seen.payment_file(_DESK_PAYER, balance), "utf-8")
        self._command("import", _PRACTICE, str(path))
        left = self._seen.account(_DESK_PAYER).balance_cents
        self._transcript.equal(left, 0, "the balance is zero")

    def explain(self) -> None:
        """Ask why some patients are alerted or not."""
        self._step("Why, and why not")
        chosen = {"nothing_owed": _DESK_PAYER}
        for patient_id in self._patients:
            decided = self._seen.decision(patient_id).reason
            if decided in _WHY:
                chosen.setdefault(str(decided), patient_id)
        for reason, patient_id in chosen.items():
            output = self._command("explain", _PRACTICE, patient_id)
            self._transcript.verify(f"({reason})" in output, f"{patient_id}: {reason}")
        self._transcript.equal(len(chosen), len(_WHY) + 1, f"{len(chosen)} reasons are shown")

    def _scan(self, due: list[str]) -> list[Message]:
        """Run the schedule and hold what went out against who was due; returns the messages."""
        wanted = self._seen.contacts(due)
        sent_before = len(self._stack.outbox.messages())
        counts = self._stack.scan()
        messages = self._stack.outbox.messages()[sent_before:]
        self._transcript.say(
            f"{counts.queued} queued, {counts.sent} sent, {counts.failed} failed,"
            f" {counts.skipped} skipped"
        )
        self._transcript.equal(
            (counts.queued, counts.sent, counts.failed),
            (len(due), len(due), 0),
            f"{len(due)} patients are due and alerted" if due else "nobody is due or alerted",
        )
        self._transcript.verify(
            reached(messages) == wanted,
            f"{wanted.total()} messages went out, each to a contact of somebody due",
        )
        return messages

    def _show(self, messages: list[Message]) -> None:
        """Show one message of each channel in full, and how many more there are."""
        for channel in ("text", "email"):
            first, *more = [message for message in messages if message.channel == channel]
            self._transcript.message(first)
            others = ", ".join(masked(message.to) for message in more[:4])
            self._transcript.say(f"and {len(more)} more, to {others} ...")

    def _command(self, *arguments: str) -> str:
        typed, result = self._seen.command(*arguments)
        self._transcript.say(typed)
        self._transcript.say(result.stdout + result.stderr)
        self._transcript.equal(result.returncode, 0, "the command succeeded")
        return result.stdout

    def _step(self, title: str) -> None:
        local = self._stack.now().astimezone(zone("America/New_York"))
        self._transcript.step(f"{title} ({local:%A %-d %B %Y, %H:%M})")


def _read(path: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return values


def main() -> int:
    """Run the demonstration on a stack of its own; returns 0 only if everything verified."""
    interrupt_on_signals()
    began = time.monotonic()
    server = LocalServer(port=0)
    stack = LocalStack(public_url=server.url, hang_seconds=_HANG_SECONDS)
    try:
        stack.start()
        server.serve_stack(stack)
        print(f"The stack of template.yaml is up, after {time.monotonic() - began:.1f} s.")
        stack.warm_up()
        with tempfile.TemporaryDirectory(prefix="balance-alerts-demo-") as folder:
            return Demo(stack, server.url, Path(folder)).run()
    except KeyboardInterrupt:
        return 1
    finally:
        ignore_signals()
        server.stop()
        stack.stop()


if __name__ == "__main__":
    sys.exit(main())
