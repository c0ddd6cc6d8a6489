"""A patient of the practice as staff open them: account, practice and the decision of today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from balance_alerts.domain.calendar import local_date
from balance_alerts.domain.decide import Reason, decide
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.practice import Practice
from balance_alerts.store import keys, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.brake import keys_to_decide_by, practice_in


@dataclass(frozen=True, slots=True)
class DecisionView:
    """Whether an alert is due, the first rule against it, and when it would be due."""

    due: bool
    reason: Reason | None
    next_on: date | None


@dataclass(frozen=True, slots=True)
class PatientFile:
    """An account and its practice, read together at one instant."""

    account: AccountRecord
    practice: Practice
    now: datetime

    @property
    def practice_id(self) -> str:
        """The practice's id."""
        return self.practice.practice_id

    @property
    def patient_id(self) -> str:
        """The account's id."""
        patient_id: str = self.account.patient_id
        return patient_id

    @property
    def today(self) -> date:
        """The patient's local date."""
        return local_date(self.now, self.account.time_zone or self.practice.time_zone)

    @property
    def decision(self) -> DecisionView:
        """What the rules say now."""
        return decision_of(self.account, self.practice, self.now)


def open_file(practice_id: str, patient_id: str, now: datetime) -> PatientFile:
    """A patient of this practice.

    Raises:
        RuleError: `unknown_patient`, also where it is another practice's; `unknown_practice`.
    """
    account_key = keys.account(practice_id, patient_id)
    found = table.read([*keys_to_decide_by(practice_id), account_key])
    practice = practice_in(found, practice_id)
    if account_key not in found:
        raise RuleError("unknown_patient", "There is no patient with this id.")
    return PatientFile(found[account_key], practice, now)


def decision_of(account: AccountRecord, practice: Practice, now: datetime) -> DecisionView:
    """What the rules say of an account at an instant."""
    decision = decide(account.to_domain(), practice, now)
    return DecisionView(decision.due, decision.reason, decision.next_on)
