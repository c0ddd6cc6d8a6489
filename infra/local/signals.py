"""Ending on Ctrl-C, SIGTERM and a closed terminal alike, never in the middle of tidying up."""

from __future__ import annotations

import signal
from types import FrameType
from typing import NoReturn

_ALL = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def interrupt_on_signals() -> None:
    """Raise `KeyboardInterrupt` on any of these signals.

    SIGINT has to be asked for: a shell starts background jobs with it ignored.
    """
    for number in _ALL:
        signal.signal(number, _interrupt)


def ignore_signals() -> None:
    """Let nothing keep us from ending what we started."""
    for number in _ALL:
        signal.signal(number, signal.SIG_IGN)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
