"""Staff pause a patient's alerts, and end a pause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from balance_alerts.domain.account import HoldReason
from balance_alerts.domain.audit import Who
from balance_alerts.domain.calendar import Clock, local_date
from balance_alerts.domain.errors import RuleError
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.accounts import Accounts, hold
from balance_alerts.store.attributes import instant_text
from balance_alerts.store.audit import AuditRecord, audit_record
from balance_alerts.store.practices import Practices

_WITHOUT_END = "without end"


@dataclass(frozen=True, slots=True)
class HoldDesk:
    """Sets and releases holds, one a reason."""

    accounts: Accounts
    practices: Practices
    clock: Clock

    def put(
        self,
        practice_id: str,
        patient_id: str,
        reason: HoldReason,
        *,
        until: date | None,
        note: str | None,
        by: Who,
    ) -> AccountRecord:
        """Pause alerts through the local day `until`, or change such a pause.

        Raises:
            RuleError: `unknown_patient`, `hold_needs_end`, `hold_in_the_past`.
        """
        now = self.clock()
        practice = self.practices.get(practice_id)

        def change(account: AccountRecord) -> list[AuditRecord]:
            today = local_date(now, account.time_zone or practice.time_zone)
            if until is not None and until < today:
                raise RuleError("hold_in_the_past", "until is over already; choose a later day.")
            before = _told(account, reason)
            known = (account.hold_notes or {}).get(reason.value, {})
            if _until(account, reason) == (True, until) and known.get("note") == note:
                return []
            hold(account, reason, until, now)
            account.note_hold(reason, {"note": note, "by": by.name, "at": instant_text(now)})
            after = _told(account, reason)
            return [
                audit_record(
                    practice_id,
                    by,
                    now,
                    action="hold_set",
                    subject=f"patient {patient_id}",
                    before=before,
                    after=after,
                    note=note,
                )
            ]

        return self.accounts.change(practice_id, patient_id, change)

    def release(
        self, practice_id: str, patient_id: str, reason: HoldReason, *, by: Who
    ) -> AccountRecord:
        """End a pause; where there is none, nothing changes.

        Raises:
            RuleError: `unknown_patient`.
        """
        now = self.clock()

        def change(account: AccountRecord) -> list[AuditRecord]:
            before = _told(account, reason)
            account.release(reason)
            return [
                audit_record(
                    practice_id,
                    by,
                    now,
                    action="hold_released",
                    subject=f"patient {patient_id}",
                    before=before,
                    after={},
                )
            ]

        return self.accounts.change(practice_id, patient_id, change)


def _until(account: AccountRecord, reason: HoldReason) -> tuple[bool, date | None]:
    """Whether there is such a hold, and through which day."""
    holds = account.to_domain().holds
    return reason in holds, holds.get(reason)


def _told(account: AccountRecord, reason: HoldReason) -> dict[str, object]:
    """A hold as the audit trail tells it."""
    held, until = _until(account, reason)
    return {reason.value: until.isoformat() if until else _WITHOUT_END} if held else {}
