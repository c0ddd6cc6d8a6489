"""The operator pauses the alerts of every practice at once, and lets go again.

One item does it, not a walk over the practices: it holds from the next decision on, is never half
done, and leaves each practice's own pause as it was. Its notes in the audit trail are the stack's
own, which every practice's staff see among theirs.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from balance_alerts.domain.audit import Who
from balance_alerts.domain.brake import Brake
from balance_alerts.store import brake as stored
from balance_alerts.store.audit import AuditRecord, audit_record

_SUBJECT = "all practices"


def pause_all(*, by: Who, note: str | None, now: datetime) -> tuple[Brake, bool]:
    """Pause all alerts; the brake that is on then, and whether that is new.

    Where they are paused already the pause goes on, with the note if one is given.
    """
    wanted = Brake(now, by.name, note)
    told = _note("all_alerts_paused", by, now, paused=True, note=note)
    while not stored.put_on(wanted, with_it=[told]):
        before = stored.brake_now()
        if before is None:
            continue
        if note is None or note == before.note:
            return before, False
        if stored.annotate(before, note, with_it=[told]):
            return replace(before, note=note), False
    return wanted, True


def resume_all(*, by: Who, note: str | None, now: datetime) -> Brake | None:
    """Let alerts go out again, each practice by its own settings; the brake that was on, if any.

    Everything that is due is caught up once, not once a missed period (Rule 7).
    """
    told = _note("all_alerts_resumed", by, now, paused=False, note=note)
    while (before := stored.brake_now()) is not None:
        if stored.take_off(before, with_it=[told]):
            return before
    return None


def _note(action: str, by: Who, now: datetime, *, paused: bool, note: str | None) -> AuditRecord:
    return audit_record(
        None,
        by,
        now,
        action=action,
        subject=_SUBJECT,
        before={"paused": not paused},
        after={"paused": paused},
        note=note,
    )
