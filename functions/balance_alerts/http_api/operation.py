"""An operation of an API, declared once: served by the handler, told by its OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_QUERY = ("unknown_field",)
_BODY = ("too_large", "invalid_json", "missing_field", "unknown_field", "invalid_value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method on one path.

    `answers` maps a status to the shape of its JSON body, to a content type, or to None where
    there is no body. Where there is a `query`, no other names are taken in it. `needs` are the
    codes with which whoever may not ask at all is refused; without any the operation is open to
    everyone.
    """

    name: str
    method: str
    path: str
    summary: str
    answers: Mapping[int, Any]
    body: type[Any] | None = None
    takes: tuple[str, ...] = ()
    """Content types of a body that is no JSON."""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def all_problems(self) -> tuple[str, ...]:
        """Every code this operation may be refused with."""
        query, body = _QUERY if self.query else (), _BODY if self.body else ()
        return (*self.needs, *self.problems, *query, *body, "internal_error")

    @property
    def pattern(self) -> str:
        """The path as a regular expression, its parameters as named groups."""
        rest_of_path = re.sub(r"\{(\w+)\+\}", r"(?P<\1>.+)", self.path)
        return re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", rest_of_path)

    @property
    def rule(self) -> str:
        """The path as the resolver takes it.

        Its own placeholders know no path with a slash, an emoji or a control character.
        """
        return re.sub(r"\{\w+\}", "[^/]+", re.sub(r"\{\w+\+\}", ".+", self.path))
