"""Taking in claims of an 835: find the account, judge, post the change or park the claim."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.claim_level import ParkReason
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.insurance_claim import Adjudication
from balance_alerts.domain.practice import Practice
from balance_alerts.imports.breakage import refuse_broken
from balance_alerts.imports.claim_accounts import ClaimAccounts
from balance_alerts.imports.claim_content import stored_adjudication
from balance_alerts.imports.claim_ledger import ClaimLedger, NotPosted, Posted
from balance_alerts.imports.claim_steps import ClaimStep
from balance_alerts.imports.problems import LineError, Refusal
from balance_alerts.imports.taking import Outcome, Source, Taken, count, refusal_of
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.parked import ParkedItems, ParkedKind, ParkedState, new_item

PARALLEL_ACCOUNTS = 8

Work = list[tuple[AccountRecord, Adjudication]]
Results = list[Outcome | Refusal]


class ClaimTaker:
    """Takes in claims, several accounts at a time; those of one account in their order."""

    def __init__(
        self,
        claims: ClaimLedger,
        parked: ParkedItems,
        clock: Clock,
        *,
        parallel_accounts: int = PARALLEL_ACCOUNTS,
    ) -> None:
        self._claims = claims
        self._parked = parked
        self._clock = clock
        self._parallel_accounts = parallel_accounts

    def take(self, practice: Practice, steps: Sequence[ClaimStep], source: Source) -> Taken:
        """Take in these claims."""
        changes = [s.content for s in steps if isinstance(s.content, Adjudication)]
        results: Results = [s.content for s in steps if isinstance(s.content, Refusal)]
        finder = ClaimAccounts(practice.practice_id, (change.claim for change in changes))
        by_patient: dict[str, Work] = {}
        for found in chain.from_iterable(_find(finder, change) for change in changes):
            if isinstance(found, Refusal):
                results.append(found)
            else:
                by_patient.setdefault(found[0].patient_id, []).append(found)

        def work(some: Work) -> Results:
            results: Results = []
            for account, change in some:
                try:
                    results += self._take(practice, account, change, source)
                except Exception as error:
                    lines = [claim.number for claim in (change.corrects, change.claim) if claim]
                    results += refuse_broken(error, practice, account.patient_id, lines)
            return results

        with ThreadPoolExecutor(self._parallel_accounts) as pool:
            for some in pool.map(work, by_patient.values()):
                results.extend(some)
        return count(results)

    def _take(
        self, practice: Practice, account: AccountRecord, change: Adjudication, source: Source
    ) -> Results:
        """What became of a claim, and before it of the reversal that it corrects."""
        result = self._post(practice, account, change, source)
        before: Results = []
        if change.corrects is not None:
            if isinstance(result, Outcome) or result is ParkReason.NOTHING_TO_REVERSE:
                before = [Outcome.UNCHANGED]  # its correction says it all
            else:
                # What the payer took back is certain, whatever is to become of the correction.
                before = self._take(practice, account, Adjudication(change.corrects), source)
                change = Adjudication(change.claim)
        if isinstance(result, ParkReason):
            result = self._park(practice, account, change, reason=result, source=source)
        return [*before, result]

    def _post(
        self, practice: Practice, account: AccountRecord, change: Adjudication, source: Source
    ) -> Outcome | Refusal | ParkReason:
        origin = source.origin(change.claim.number)
        try:
            result = self._claims.take(practice, account, change, origin=origin)
        except RuleError as error:
            return refusal_of(change.claim.number, error)
        match result:
            case ParkReason():
                return result
            case Posted():
                return Outcome.ADDED
            case NotPosted():
                # Read again after a worker was killed: it was this very line that posted it.
                ours = result.posted_before_by == origin
                return Outcome.ADDED if ours else Outcome.UNCHANGED

    def _park(
        self,
        practice: Practice,
        account: AccountRecord,
        change: Adjudication,
        *,
        reason: ParkReason,
        source: Source,
    ) -> Outcome:
        claim = change.claim
        kept = self._parked.park(
            new_item(
                practice.practice_id,
                claim.key,
                kind=ParkedKind.CLAIM,
                reason=reason.value,
                patient_id=account.patient_id,
                case_id=claim.case_id,
                amount_cents=claim.responsibility_cents,
                origin=(source.import_id, claim.number),
                content=stored_adjudication(change),
                now=self._clock(),
            )
        )
        ours = (kept.import_id, kept.line) == (source.import_id, claim.number)
        waiting = kept.state == ParkedState.OPEN.value
        return Outcome.PARKED if ours and waiting else Outcome.UNCHANGED


def _find(
    finder: ClaimAccounts, change: Adjudication
) -> Iterator[tuple[AccountRecord, Adjudication] | Refusal]:
    """A change with its account; where there is none, its reversal may still have one."""
    try:
        yield finder.find(change.claim), change
    except LineError as error:
        if change.corrects is not None:
            yield from _find(finder, Adjudication(change.corrects))
        yield error.at(change.claim.number)
