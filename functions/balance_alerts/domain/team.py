"""A staff account, and who may change it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from balance_alerts.domain.audit import Who
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.permissions import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMember:
    """Somebody who works at a practice; one that is disabled cannot sign in."""

    practice_id: str
    staff_id: str
    name: str = field(repr=False)
    email: str = field(repr=False)
    level: Level
    invited_at: datetime
    disabled: bool = False


def check_change(member: TeamMember, changed: TeamMember | None, *, by: Who) -> None:
    """Refuse what somebody may not do to a staff account; None stands for removing it.

    Nobody changes their own level, disables or removes themselves, so that whoever may manage
    staff accounts is never the last one to be able to.

    Raises:
        RuleError: `forbidden`, `own_account`.
    """
    check_may_manage(by, member.level)
    if changed is not None:
        check_may_manage(by, changed.level)
    stays = changed is not None and (changed.level, changed.disabled) == (
        member.level,
        member.disabled,
    )
    if member.staff_id == by.id and not stays:
        raise RuleError(
            "own_account",
            "Nobody changes their own level, disables or removes themselves; ask a colleague.",
        )


def check_may_manage(by: Who, level: Level) -> None:
    """Refuse who may not manage accounts of this level. The operator may manage all of them.

    Raises:
        RuleError: `forbidden`.
    """
    if by.level is not None and not Level(by.level).may_manage(level):
        raise RuleError(
            "forbidden", f"This takes another level than yours: the account is {level}."
        )
