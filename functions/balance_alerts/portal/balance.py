"""The balance of an account, case by case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from balance_alerts.access.sessions import Visit
from balance_alerts.domain.account import keeps_out
from balance_alerts.domain.calendar import local_date
from balance_alerts.store.attempts import Attempts
from balance_alerts.store.attributes import instant_text
from balance_alerts.store.entries import CaseRecord, cases_of


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


def balance_of(
    visit: Visit, cases: Sequence[CaseRecord], *, attempts: Attempts, card_form_script: str
) -> Balance:
    """The balance as it is now, by the cases read at the same time as the visit.

    While a payment is open a call tells its state. Cases come oldest debt first, as payments are
    allotted. Where something was posted while all this was read, they are read once more: they are
    what adds up to the balance told, and nobody shall see what they owed before they paid.
    """
    practice, account = visit.practice, visit.account
    open_payment = _open_payment(visit, attempts)
    settled_since = account.open_attempt is not None and open_payment is None
    if settled_since or _sum(cases) != account.balance_cents:
        cases = cases_of(visit.practice_id, visit.patient_id)
    cases = sorted(cases, key=_debt_age)
    return Balance(
        practice=PracticeCard(practice.display_name, practice.phone, practice.hours),
        first_name=account.first_name,
        balance_cents=_sum(cases),
        as_of=visit.now,
        cases=[CaseBalance(case.case_id, case.label, int(case.balance_cents)) for case in cases],
        online_payments=_online_payments(visit, card_form_script),
        open_payment=open_payment,
    )


def _online_payments(visit: Visit, card_form_script: str) -> OnlinePayments | None:
    practice, today = visit.practice, local_date(visit.now, visit.time_zone)
    if practice.gateway is None or not practice.takes_cards:
        return None
    if keeps_out(visit.account.to_domain().holds, today):
        return None
    return OnlinePayments(
        practice.gateway.api_login_id, practice.gateway.client_key, card_form_script
    )


def _open_payment(visit: Visit, attempts: Attempts) -> OpenPayment | None:
    if visit.account.open_attempt is None:
        return None
    attempt = attempts.get(visit.practice_id, visit.patient_id, visit.account.open_attempt)
    state = attempt.state_at(visit.now)
    if not state.is_open:  # settled since the account was read
        return None
    return OpenPayment(attempt.attempt_id, attempt.amount_cents, state.value)


def _sum(cases: Sequence[CaseRecord]) -> int:
    return sum(int(case.balance_cents) for case in cases)


def _debt_age(case: CaseRecord) -> tuple[bool, str, str]:
    """Sorts the oldest debt first, and cases on which nothing was ever owed last."""
    first = case.first_responsibility_at
    return first is None, "" if first is None else instant_text(first), case.case_id
