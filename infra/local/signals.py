"""Ending on Ctrl-C and SIGTERM alike, and never in the middle of tidying up."""

from __future__ import annotations

import signal
from types import FrameType
from typing import NoReturn

_BOTH = (signal.SIGINT, signal.SIGTERM)


def interrupt_on_signals() -> None:
    """Raise `KeyboardInterrupt` on either signal.

    SIGINT has to be asked for: a shell starts background jobs with it ignored.
    """
    for number in _BOTH:
        signal.signal(number, _interrupt)


def ignore_signals() -> None:
    """Let nothing keep us from ending what we started."""
    for number in _BOTH:
        signal.signal(number, signal.SIG_IGN)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
