"""The balance of an account, case by case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from balance_alerts.access.sessions import Visit
from balance_alerts.store.entries import CaseRecord, cases_of
from balance_alerts.store.table import instant_text


@dataclass(frozen=True, slots=True)
class PracticeCard:
    """Whom to call, and when."""

    display_name: str
    phone: str
    hours: str


@dataclass(frozen=True, slots=True)
class CaseBalance:
    """What one episode of care adds to the balance, in cents; negative for a credit."""

    case_id: str
    label: str | None
    balance_cents: int


@dataclass(frozen=True, slots=True)
class OnlinePayments:
    """What the hosted card form needs."""

    api_login_id: str
    client_key: str
    script_url: str


@dataclass(frozen=True, slots=True)
class OpenPayment:
    """A payment that is under way."""

    payment_id: str
    amount_cents: int
    status: str


@dataclass(frozen=True, slots=True)
class Balance:
    """The balance over all cases, in cents, as of an instant.

    Without `online_payments` the patient is asked to call the practice.
    """

    practice: PracticeCard
    first_name: str
    balance_cents: int
    as_of: datetime
    cases: list[CaseBalance]
    online_payments: OnlinePayments | None
    open_payment: OpenPayment | None


def balance_of(visit: Visit) -> Balance:
    """The balance as it is now: one query, beside the call that the visit took.

    Cases come oldest debt first, as payments are allotted.
    """
    practice, account = visit.practice, visit.account
    cases = cases_of(visit.practice_id, visit.patient_id)
    cases.sort(key=_debt_age)
    return Balance(
        practice=PracticeCard(practice.display_name, practice.phone, practice.hours),
        first_name=account.first_name,
        balance_cents=int(account.balance_cents),
        as_of=visit.now,
        cases=[CaseBalance(case.case_id, case.label, int(case.balance_cents)) for case in cases],
        online_payments=None,
        open_payment=None,
    )


def _debt_age(case: CaseRecord) -> tuple[bool, str, str]:
    """Sorts the oldest debt first, and cases on which nothing was ever owed last."""
    first = case.first_responsibility_at
    return first is None, "" if first is None else instant_text(first), case.case_id
