"""What a check found, and what becomes of one that could not look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from botocore.exceptions import ClientError

from infra.operator.complaints import FORESEEN, NOT_ALLOWED, in_one_line
from infra.operator.stack import Stack


class Verdict(StrEnum):
    """How bad it is."""

    OK = "ok"
    ATTENTION = "attention"
    BROKEN = "broken"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line on what was found, and one on what to do, where something is to be done."""

    verdict: Verdict
    found: str
    to_do: str | None = None


Check = Callable[[Stack], Iterable[Finding]]


def ok(found: str) -> Finding:
    """All is well."""
    return Finding(Verdict.OK, found)


def attention(found: str, to_do: str) -> Finding:
    """It works, and somebody should know or do something."""
    return Finding(Verdict.ATTENTION, found, to_do)


def broken(found: str, to_do: str) -> Finding:
    """Patients or practices notice, or would."""
    return Finding(Verdict.BROKEN, found, to_do)


def unchecked(why: str, to_do: str | None = None) -> Finding:
    """Nobody knows, from here."""
    return Finding(Verdict.UNCHECKED, f"cannot be checked here: {why}", to_do)


_NOT_THERE = frozenset({"InvalidAction", "NotImplemented", "UnknownOperationException", "400"})
"""What the emulator says of calls that it does not know, and (400) of services."""


def examined(check: Check, stack: Stack) -> Iterator[Finding]:
    """What a check finds. One that cannot look says so, and keeps no other from looking."""
    try:
        yield from check(stack)
    except FORESEEN as error:
        yield _of(error)


def _of(error: Exception) -> Finding:
    code = error.response["Error"].get("Code") if isinstance(error, ClientError) else None
    if code in _NOT_THERE:
        return unchecked("what answers in place of AWS does not know this call")
    if code in NOT_ALLOWED:
        return unchecked("these credentials may not look", "ask for the right to, then try again")
    return broken(f"could not look: {in_one_line(error)}", "mend that, then try again")
