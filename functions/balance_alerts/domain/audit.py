"""The audit trail: who changed what, when, from what, to what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who changes something: a member of staff at their level, or the operator."""

    id: str
    name: str = field(repr=False)
    level: str | None = None


OPERATOR = Who("operator", "Operator")
"""Whoever has the rights of the AWS account, by the operator's command."""

THE_PATIENT = Who("patient", "The patient")
"""Whose account it is, on their own page."""

THE_GATEWAY = Who("gateway", "Authorize.net")
"""What the gateway's own books say, whoever read them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change: `action` in stable words such as `hold_set`, and whose, such as `patient p-1`.

    `before` and `after` hold what differs, by name; contacts in them are masked.
    """

    at: datetime
    by: Who
    action: str
    subject: str
    before: Mapping[str, object] = field(default_factory=dict, repr=False)
    after: Mapping[str, object] = field(default_factory=dict, repr=False)
    note: str | None = field(default=None, repr=False)
