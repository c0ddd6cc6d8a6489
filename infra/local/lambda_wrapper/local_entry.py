"""Entry point of every function in the local stack; never part of the deployed artifact.

It puts the shifted clock in at the composition root, copies metrics (dated by that clock) and what
came from a queue to the run's journal, and then behaves as the real handler, which the environment
names.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from typing import Any, TextIO

_CLOCK_FILE = os.environ["LOCAL_CLOCK_FILE"]
_JOURNAL_FILE = os.environ["LOCAL_JOURNAL_FILE"]
_FUNCTION = os.environ["LOCAL_FUNCTION"]
_WARM_UP = {"local_warm_up": True}


class ShiftedClock:
    """Real time plus the offset in the clock file, read again when that file changes."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._offset = timedelta(0)

    def __call__(self) -> datetime:
        """Return the local stack's time (aware, UTC)."""
        status = os.stat(self._path)
        seen = (status.st_mtime_ns, status.st_ino)
        if seen != self._seen:
            with open(self._path, encoding="ascii") as file:
                self._offset = timedelta(microseconds=int(file.read()))
            self._seen = seen
        return datetime.now(UTC) + self._offset


class MetricsTee:
    """Standard output that also copies metric lines (embedded metric format) to the journal."""

    def __init__(self, stream: TextIO, clock: ShiftedClock) -> None:
        self._stream = stream
        self._clock = clock

    def write(self, text: str) -> int:
        """Pass the text on; copy it if it is a line of metrics."""
        if '"_aws"' in text:
            line = json.loads(text)
            line["_aws"]["Timestamp"] = int(self._clock().timestamp() * 1000)
            write_journal(json.dumps(line))
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def write_journal(line: str) -> None:
    """Append one line; a single write of this size is never mixed with another worker's."""
    descriptor = os.open(_JOURNAL_FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, line.encode() + b"\n")
    finally:
        os.close(descriptor)


def handler(event: Any, context: Any) -> Any:
    """Run the real handler and note in the journal how the call ended."""
    # A call that writes nothing costs 50 ms: the emulator waits that long for its output.
    sys.stderr.write("\n")
    sys.stderr.flush()
    if event == _WARM_UP:
        return None
    for record in event.get("Records", ()):
        if "body" in record:
            write_journal(json.dumps({"queued": record["body"]}))
    succeeded = False
    try:
        result = _real_handler(event, context)
        succeeded = True
        return result
    finally:
        write_journal(json.dumps({"ended": _FUNCTION, "ok": succeeded}))


def _load() -> Any:
    """Install the clock and the tee, then import the real handler."""
    shifted = ShiftedClock(_CLOCK_FILE)
    sys.stdout = MetricsTee(sys.stdout, shifted)
    clock: Any = importlib.import_module("balance_alerts.wiring.clock")
    clock.system_clock = shifted
    module, _, name = os.environ["LOCAL_HANDLER"].rpartition(".")
    return getattr(importlib.import_module(module), name)


_real_handler = _load()
