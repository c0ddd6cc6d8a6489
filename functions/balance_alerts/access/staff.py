"""Who a member of staff is, by the token that the API has checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from balance_alerts.domain.audit import Who
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.ids import ID
from balance_alerts.domain.permissions import Level


class Forbidden(RuleError):
    """The token is good, but not for this."""

    def __init__(self, message: str) -> None:
        super().__init__("forbidden", message)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """A signed-in member of staff: of one practice, at one level."""

    staff_id: str
    practice_id: str
    level: Level
    name: str = field(repr=False)

    @property
    def who(self) -> Who:
        """As the audit trail names them."""
        return Who(self.staff_id, self.name, self.level.value)

    def must_reach(self, least: Level) -> None:
        """Refuse who has less than these rights.

        Raises:
            Forbidden: naming the level it takes.
        """
        if not self.level.reaches(least):
            raise Forbidden(f"This takes the level {least} or above; yours is {self.level}.")


def staff_member(claims: Mapping[str, str]) -> StaffMember:
    """The member of staff that a checked token names.

    Only ID tokens tell the practice; an access token of the same pool passes the API's check as
    well. Groups arrive as one text, `[front_desk]`.

    Raises:
        Forbidden: another kind of token, no practice, or not exactly one level.
    """
    if claims.get("token_use") != "id":
        raise Forbidden("Send the ID token, not the access token.")
    practice_id = claims.get("custom:practice_id", "")
    if not ID.fullmatch(practice_id):
        raise Forbidden("This account belongs to no practice.")
    groups = claims.get("cognito:groups", "").removeprefix("[").removesuffix("]").split()
    levels = [Level(group) for group in groups if group in set(Level)]
    if len(levels) != 1 or len(groups) != 1:
        raise Forbidden("This account must have exactly one level.")
    return StaffMember(
        staff_id=claims.get("sub", ""),
        practice_id=practice_id,
        level=levels[0],
        name=claims.get("name") or claims.get("email", ""),
    )
