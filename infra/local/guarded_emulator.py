"""Runs the emulator for as long as the process that started it lives.

Started by `infra.local.emulator` with a pipe as standard input. When the other end closes, even
because the parent was killed outright, the emulator and its Lambda workers go too.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

TAKES_SAM = "EMULATOR_TAKES_SAM"
"""The variable that is set if the SAM command is to deploy to it."""


def _end_with_parent() -> None:
    """Block until the parent closes the pipe, then end this process group at once."""
    # Not by `sys.stdin`, which an interpreter that ends may not close under a thread that reads.
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)


def main() -> None:
    """Start the watch, then hand the main thread to the emulator."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if journal := os.environ.get("PERMISSION_JOURNAL"):
        from infra.local.permission_journal import keep_journal

        keep_journal(Path(journal))
    if TAKES_SAM in os.environ:
        from infra.local.emulator_gaps import fill_gaps

        fill_gaps()
    from ministack.app import main as run_emulator

    run_emulator()


if __name__ == "__main__":
    main()
