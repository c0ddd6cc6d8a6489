"""Practice administrators invite, change and remove their colleagues' accounts.

The user pool and the table cannot be changed in one transaction. So the list and its note come
first, on condition that whoever does it still may, then the pool: nobody ever has rights that the
audit trail does not tell of. What breaks off in between is answered as an error, and doing it again
goes on where it stopped, since the pool is brought to what the list says whatever it says itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from balance_alerts.access.staff_pool import StaffPool, address_taken
from balance_alerts.channels.addresses import normalise_email
from balance_alerts.domain.audit import Who
from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.contact import mask_email
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.permissions import Level
from balance_alerts.domain.team import TeamMember, check_change, check_may_manage
from balance_alerts.store.audit import AuditRecord, audit_record
from balance_alerts.store.team import Team


@dataclass(frozen=True, slots=True)
class TeamDesk:
    """The staff accounts of a practice."""

    team: Team
    pool: StaffPool
    clock: Clock

    def invite(
        self, practice_id: str, *, name: str, email: str, level: Level, by: Who
    ) -> tuple[TeamMember, bool]:
        """Add a colleague and email them how to sign in; also whether they are new.

        Inviting somebody again who is on the list as told sends the email again.

        Raises:
            RuleError: `forbidden`, `staff_exists`, `invalid_value`, `changed_meanwhile`.
        """
        check_may_manage(by, level)
        email = _address(email)
        staff_id = self.pool.add(practice_id=practice_id, name=name, email=email)
        before = self.team.find(practice_id, staff_id)
        member = TeamMember(
            practice_id=practice_id,
            staff_id=staff_id,
            name=name,
            email=email,
            level=level,
            invited_at=self.clock() if before is None else before.invited_at,
        )
        if before is None:
            note = self._note("staff_invited", member, by, before={}, after=_told(member))
            self.team.save(member, before=None, by=by, with_it=[note])
        elif before != member:
            raise address_taken()
        self.pool.set_level(staff_id, level)
        self.pool.invite(email)
        return member, before is None

    def change(
        self, practice_id: str, staff_id: str, changes: Mapping[str, Any], *, by: Who
    ) -> TeamMember:
        """Change a colleague's name, address or level, or whether they may sign in.

        Raises:
            RuleError: `unknown_staff`, `forbidden`, `own_account`, `staff_exists`,
                `invalid_value`, `changed_meanwhile`.
        """
        before = self._known(practice_id, staff_id)
        wanted = dict(changes)
        if "email" in wanted:
            wanted["email"] = _address(wanted["email"])
        member = replace(before, **wanted)
        check_change(before, member, by=by)
        if member.email.casefold() != before.email.casefold() and self.pool.is_taken(member.email):
            raise address_taken()
        if member != before:
            # Whose it is, also where the name stays.
            after = {**_told(member), "colleague": before.name}
            note = self._note("staff_changed", member, by, before=_told(before), after=after)
            self.team.save(member, before=before, by=by, with_it=[note])
        # Also where nothing changed here: an earlier try may have stopped before it.
        self.pool.set_enabled(staff_id, not member.disabled)
        self.pool.set_level(staff_id, member.level)
        self.pool.rename(staff_id, name=member.name, email=member.email)
        return member

    def remove(self, practice_id: str, staff_id: str, *, by: Who) -> None:
        """Remove a colleague's account for good.

        Raises:
            RuleError: `unknown_staff`, `forbidden`, `own_account`, `changed_meanwhile`.
        """
        member = self._known(practice_id, staff_id)
        check_change(member, None, by=by)
        leaving = replace(member, disabled=True)
        note = self._note("staff_removed", member, by, before=_told(member), after={})
        self.team.save(leaving, before=member, by=by, with_it=[note])
        self.pool.remove(staff_id)
        self.team.forget(leaving)

    def _known(self, practice_id: str, staff_id: str) -> TeamMember:
        member = self.team.find(practice_id, staff_id)
        if member is None:
            raise RuleError("unknown_staff", "There is no such staff account at your practice.")
        return member

    def _note(
        self,
        action: str,
        member: TeamMember,
        by: Who,
        *,
        before: Mapping[str, object],
        after: Mapping[str, object],
    ) -> AuditRecord:
        return audit_record(
            member.practice_id,
            by,
            self.clock(),
            action=action,
            subject=f"staff {member.staff_id}",
            before=before,
            after=after,
        )


def _told(member: TeamMember) -> dict[str, object]:
    return {
        "name": member.name,
        "email": mask_email(member.email),
        "level": member.level.value,
        "disabled": member.disabled,
    }


def _address(text: str) -> str:
    try:
        return normalise_email(text)
    except RuleError as error:
        raise RuleError("invalid_value", f"email: {error.message}") from error
