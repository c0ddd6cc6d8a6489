"""The audit trail of a practice: who changed what, when, from what, to what. Only ever added to.

What was changed for all practices at once is in a trail of the stack, and is read with each.
A change and its note are written in one transaction, so that neither is there without the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from secrets import token_hex

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from balance_alerts.domain.audit import Change, Who
from balance_alerts.store import keys
from balance_alerts.store.attributes import InstantAttribute, NameAttribute
from balance_alerts.store.table import Record

_ID_BYTES = 6


class AuditRecord(Record, discriminator="audit"):
    """One change. `before` and `after` hold what differs; contacts in them are masked."""

    practice_id = UnicodeAttribute(null=True)
    at = InstantAttribute()
    by_id = UnicodeAttribute()
    by_name = NameAttribute()
    by_level = UnicodeAttribute(null=True)
    action = UnicodeAttribute()
    subject = UnicodeAttribute()
    before = JSONAttribute()
    after = JSONAttribute()
    note = UnicodeAttribute(null=True)

    def to_domain(self) -> Change:
        """As staff read it."""
        level = self.by_level
        return Change(
            at=self.at,
            by=Who(self.by_id, self.by_name, level),
            action=self.action,
            subject=self.subject,
            before=dict(self.before),
            after=dict(self.after),
            note=self.note,
        )


def audit_record(
    practice_id: str | None,
    by: Who,
    at: datetime,
    *,
    action: str,
    subject: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
    note: str | None = None,
) -> AuditRecord:
    """The note of a change, to be written with it; what did not change is left out of it.

    It is of a practice, or where `practice_id` is None of all practices at once.
    """
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return AuditRecord(
        *keys.audit(practice_id, at, token_hex(_ID_BYTES)),
        practice_id=practice_id,
        at=at,
        by_id=by.id,
        by_name=by.name,
        by_level=by.level,
        action=action,
        subject=subject,
        before={name: before.get(name) for name in names},
        after={name: after.get(name) for name in names},
        note=note,
    )


def changes_of(
    practice_id: str, *, after: str | None, limit: int
) -> tuple[list[Change], str | None]:
    """A page of a practice's audit trail, newest first, and the sort key to go on after.

    What was changed for all practices at once is among it.
    """
    records = [
        record
        for pk in (keys.audit_trail(practice_id), keys.audit_trail(None))
        for record in _newest(pk, after=after, limit=limit + 1)
    ]
    records.sort(key=lambda record: record.sk, reverse=True)
    page = records[:limit]
    return [record.to_domain() for record in page], page[-1].sk if len(records) > limit else None


def _newest(pk: str, *, after: str | None, limit: int) -> Iterator[AuditRecord]:
    return iter(
        AuditRecord.query(
            pk,
            consistent_read=True,
            scan_index_forward=False,
            limit=limit,
            last_evaluated_key=None if after is None else {"pk": {"S": pk}, "sk": {"S": after}},
        )
    )
