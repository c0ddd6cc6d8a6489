"""Bringing a claim's level into the ledger: once, whatever is killed half way or runs twice."""

from __future__ import annotations

from dataclasses import dataclass

from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.claim_level import ClaimError, Parked, ParkReason, Skipped, judge
from balance_alerts.domain.insurance_claim import Adjudication
from balance_alerts.domain.ledger import check_entry
from balance_alerts.domain.practice import Practice
from balance_alerts.store import keys, races, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.claim_levels import (
    ClaimLevelsRecord,
    read_levels,
    settle,
    write_ahead,
)
from balance_alerts.store.ledger import Ledger
from balance_alerts.store.posting import Posting, PostingOutcome


@dataclass(frozen=True, slots=True)
class Posted:
    """The claim changed what the patient owes."""


@dataclass(frozen=True, slots=True)
class NotPosted:
    """Nothing changed.

    `posted_before_by` is where the claim's entry came from, if it has one; `outdated` says that
    a newer adjudication was taken in.
    """

    posted_before_by: str | None = None
    outdated: bool = False


class ClaimLedger:
    """Posts differences of level."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def take(
        self,
        practice: Practice,
        account: AccountRecord,
        change: Adjudication,
        *,
        origin: str,
        released: bool = False,
    ) -> Posted | NotPosted | ParkReason:
        """Take in one adjudication, or say why staff must decide.

        The new level is written ahead of its entry, so that nobody reckons a difference from the
        old one once the entry may be there.

        Raises:
            RuleError: the claim cannot be true, or the ledger refuses its entry.
        """

        def attempt() -> Posted | NotPosted | ParkReason:
            patient_id = account.patient_id
            record = read_levels(practice.practice_id, patient_id, change.claim.case_id)
            self._settle(practice, patient_id, record)
            verdict = judge(
                change,
                record.levels_of_claims(),
                other_coverage=bool(account.other_coverage),
                time_zone=practice.time_zone,
                now=self._clock(),
                released=released,
            )
            if isinstance(verdict, Parked):
                return verdict.reason
            if isinstance(verdict, Skipped):
                posted_before_by = self._posted_before_by(practice.practice_id, change.claim.key)
                return NotPosted(posted_before_by, verdict.outdated)
            if verdict.entry is not None:
                check_entry(verdict.entry, self._clock())
            write_ahead(record, verdict.levels, verdict.entry, origin=origin)
            posting = self._settle(practice, patient_id, record)
            if posting is None:
                return NotPosted()
            if posting.outcome is PostingOutcome.REFUSED:
                raise ClaimError(posting.code, posting.message)
            return Posted()

        return races.retrying(attempt)

    def _settle(
        self, practice: Practice, patient_id: str, record: ClaimLevelsRecord
    ) -> Posting | None:
        """Post the entry that was written ahead, if there is one."""
        pending = record.pending_entry()
        if pending is None:
            return None
        entry, origin = pending
        postings = self._ledger.post_many(
            practice, {patient_id: [entry]}, origins={entry.entry_id: origin}
        )
        posting = postings[patient_id][0]
        settle(record, posted=posting.outcome is not PostingOutcome.REFUSED)
        return posting

    @staticmethod
    def _posted_before_by(practice_id: str, entry_id: str) -> str | None:
        key = keys.entry_id(practice_id, entry_id)
        found = table.read([key]).get(key)
        return found.origin if found is not None else None
