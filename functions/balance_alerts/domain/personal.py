"""Text that tells who somebody is, or lets somebody in: it never shows itself.

Equal to, hashed and written like the plain text, so that wording, keys and answers take it as it
is. Only `repr` differs: dataclasses, containers, key errors and tracebacks tell its kind alone, and
so does the log (see `telemetry`). What is cut from one or put together with one is plain text
again; whoever keeps that wraps it anew.
"""

from __future__ import annotations

from typing import Self


class Personal(str):
    """Any such text."""

    __slots__ = ()
    kind = "personal"

    def __repr__(self) -> str:
        return f"<{self.kind}>"

    def __str__(self) -> Self:
        return self


class Name(Personal):
    """Somebody's name, or part of it."""

    __slots__ = ()
    kind = "name"


class Contact(Personal):
    """A mobile number or an email address."""

    __slots__ = ()
    kind = "contact"


class MemberId(Personal):
    """What an insurer knows somebody by."""

    __slots__ = ()
    kind = "member id"


class Words(Personal):
    """What somebody wrote in their own words, which may tell anything."""

    __slots__ = ()
    kind = "words"


class Token(Personal):
    """Whoever has it may come in: a link, a session, a card form's answer."""

    __slots__ = ()
    kind = "token"
