"""The staff accounts of a practice, beside the user pool that they sign in with.

The pool tells who somebody is when they sign in; it cannot list the people of one practice. Here
they lie together, and each change is written with its note in the audit trail.
"""

from __future__ import annotations

from collections.abc import Iterable

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import And, Condition, Or

from balance_alerts.domain.audit import Who
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.permissions import Level
from balance_alerts.domain.team import TeamMember
from balance_alerts.store import keys, races, table
from balance_alerts.store.attributes import ContactAttribute, InstantAttribute, NameAttribute
from balance_alerts.store.table import Record


class TeamMemberRecord(Record, discriminator="team_member"):
    """A staff account; `staff_id` is the `sub` of its tokens."""

    practice_id = UnicodeAttribute()
    staff_id = UnicodeAttribute()
    name = NameAttribute()
    email = ContactAttribute()
    level = UnicodeAttribute()
    disabled = BooleanAttribute(default=False)
    invited_at = InstantAttribute()

    def to_domain(self) -> TeamMember:
        """As the rules see it."""
        return TeamMember(
            practice_id=self.practice_id,
            staff_id=self.staff_id,
            name=self.name,
            email=self.email,
            level=Level(self.level),
            disabled=self.disabled,
            invited_at=self.invited_at,
        )

    @classmethod
    def of(cls, member: TeamMember) -> TeamMemberRecord:
        """As stored."""
        return cls(
            *keys.team_member(member.practice_id, member.staff_id),
            practice_id=member.practice_id,
            staff_id=member.staff_id,
            name=member.name,
            email=member.email,
            level=member.level.value,
            disabled=member.disabled,
            invited_at=member.invited_at,
        )


class Team:
    """The staff accounts of the stack's practices."""

    def page(
        self, practice_id: str, *, after: str | None, limit: int
    ) -> tuple[list[TeamMember], str | None]:
        """Some of a practice's staff, and the sort key to go on after."""
        pk, beginning = keys.team_member(practice_id, "")
        records = list(
            TeamMemberRecord.query(
                pk,
                TeamMemberRecord.sk.startswith(beginning),
                consistent_read=True,
                limit=limit + 1,
                last_evaluated_key=None if after is None else {"pk": {"S": pk}, "sk": {"S": after}},
            )
        )
        page = records[:limit]
        going_on = page[-1].sk if len(records) > limit else None
        return [record.to_domain() for record in page], going_on

    def find(self, practice_id: str, staff_id: str) -> TeamMember | None:
        """One of a practice's staff."""
        key = keys.team_member(practice_id, staff_id)
        record: TeamMemberRecord | None = table.read([key]).get(key)
        return None if record is None else record.to_domain()

    def remember(self, member: TeamMember) -> None:
        """Keep a staff account that was made by other means than by colleagues."""
        TeamMemberRecord.of(member).save()

    def save(
        self,
        member: TeamMember,
        *,
        before: TeamMember | None,
        by: Who,
        with_it: Iterable[Record],
    ) -> None:
        """Add or change a staff account, if it is as seen and whoever does it still may.

        Raises:
            RuleError: `changed_meanwhile`.
        """
        try:
            with table.transaction() as transaction:
                transaction.save(TeamMemberRecord.of(member), condition=_as_seen(before))
                for record in with_it:
                    transaction.save(record)
                if by.id != member.staff_id:
                    # Two who take away each other's rights at once: one of them comes first.
                    key = keys.team_member(member.practice_id, by.id)
                    transaction.condition_check(TeamMemberRecord, *key, condition=_still_may(by))
        except TransactWriteError as error:
            if not races.lost_a_race(error):
                raise
            raise RuleError(
                "changed_meanwhile", "Somebody changed a staff account meanwhile; look again."
            ) from error

    def forget(self, member: TeamMember) -> None:
        """Take an account off the list that is no more."""
        TeamMemberRecord.of(member).delete()


def _still_may(by: Who) -> Condition:
    """That who does it has the level of their token, if their account is on the list at all."""
    unlisted: Condition = TeamMemberRecord.pk.does_not_exist()
    same_level: Condition = TeamMemberRecord.level == by.level
    enabled: Condition = TeamMemberRecord.disabled == False  # noqa: E712  # a condition
    return Or(unlisted, And(same_level, enabled))


def _as_seen(member: TeamMember | None) -> Condition:
    if member is None:
        absent: Condition = TeamMemberRecord.pk.does_not_exist()
        return absent
    seen: Condition = (
        (TeamMemberRecord.name == member.name)
        & (TeamMemberRecord.email == member.email)
        & (TeamMemberRecord.level == member.level.value)
        & (TeamMemberRecord.disabled == member.disabled)
    )
    return seen
