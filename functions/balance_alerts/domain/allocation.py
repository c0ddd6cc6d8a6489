"""What a patient may pay, and which cases a payment goes to.

An account owes its balance, the sum over all cases. A case in credit lowers what is owed, yet the
credit stays on its case: nobody moves it by paying another one. So the cases that owe may together
owe more than the account does, and paying the whole balance may leave one of them open, balanced
by that credit. A payment of at most the balance therefore always finds room on cases that owe.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.ledger import LARGEST_ENTRY_CENTS

SMALLEST_PAYMENT_CENTS = 1_00
"""Less is taken only where the whole balance is less."""

MOST_ENTRIES = 31
"""Entries one payment may become. They are written in one transaction of at most 100 actions:
three an entry (the entry, its id, its case), at most seven for the rest of the payment."""

_NO_RESPONSIBILITY = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CaseDebt:
    """One case of an account: what it owes (negative: in credit) and how old that debt is.

    `first_responsibility_at` is None where nothing says how old, as after a balance was brought in
    by an adjustment; such a debt counts as younger than every dated one.
    """

    case_id: str
    balance_cents: int
    first_responsibility_at: datetime | None = None

    @property
    def owes(self) -> bool:
        return self.balance_cents > 0


@dataclass(frozen=True, slots=True)
class Share:
    """What one case gets of a payment, in cents above zero."""

    case_id: str
    amount_cents: int


def check_payment(
    *, amount_cents: int, cases: Sequence[CaseDebt], chosen_case_id: str | None = None
) -> None:
    """Refuse a payment that must not be asked of the gateway.

    The amount lies between 1 dollar, or the whole balance if that is less, and the balance; above
    100,000 dollars, which no ledger entry may exceed, it is paid in parts. The chosen case need
    not owe anything by now: then all of the payment goes to the other debts.

    Raises:
        RuleError: `amount_out_of_range` or `unknown_case`.
    """
    balance_cents = sum(case.balance_cents for case in cases)
    least = min(SMALLEST_PAYMENT_CENTS, balance_cents)
    most = min(LARGEST_ENTRY_CENTS, balance_cents)
    if amount_cents <= 0 or not least <= amount_cents <= most:
        raise RuleError(
            "amount_out_of_range",
            "Pay at least one dollar, or all of it if it is less, and no more than the balance.",
        )
    if chosen_case_id is not None and chosen_case_id not in {case.case_id for case in cases}:
        raise RuleError("unknown_case", "This account has no such case; choose one of its cases.")


def allocate(
    *, amount_cents: int, cases: Sequence[CaseDebt], chosen_case_id: str | None = None
) -> tuple[Share, ...]:
    """The shares of a payment: the chosen case first, then the oldest debts.

    Each case gets at most what it owes, and one share at most. It never refuses, since the card
    has been charged by then and the ledger must show it: if something else was paid meanwhile,
    what no debt is left for goes to the chosen case, else to the last one paid, else to the one
    with the oldest responsibility, and stands there as credit. Likewise the last of `MOST_ENTRIES`
    shares takes whatever further cases would have got. A chosen case that is not there counts as
    none.

    Raises:
        ValueError: nothing to allocate, or no case to allocate it to.
    """
    if amount_cents <= 0 or not cases:
        raise ValueError("a payment is above zero, and its account has a case")
    in_order = sorted(cases, key=lambda case: _turn(case, chosen_case_id))
    shares: dict[str, int] = {}
    left = amount_cents
    for case in in_order:
        if not left or len(shares) == MOST_ENTRIES:
            break
        if case.owes:
            shares[case.case_id] = min(left, case.balance_cents)
            left -= shares[case.case_id]
    if left:
        case_id = _takes_the_rest(shares, in_order, chosen_case_id)
        shares[case_id] = shares.get(case_id, 0) + left
    return tuple(Share(case_id, cents) for case_id, cents in shares.items())


def _turn(case: CaseDebt, chosen_case_id: str | None) -> tuple[bool, datetime, str]:
    """The chosen case, then by age; ids make the order the same however cases were read."""
    return (
        case.case_id != chosen_case_id,
        case.first_responsibility_at or _NO_RESPONSIBILITY,
        case.case_id,
    )


def _takes_the_rest(
    shares: dict[str, int], in_order: Sequence[CaseDebt], chosen_case_id: str | None
) -> str:
    """The case that is overpaid."""
    if len(shares) == MOST_ENTRIES:
        return list(shares)[-1]
    if in_order[0].case_id == chosen_case_id:
        return chosen_case_id
    return list(shares)[-1] if shares else in_order[0].case_id
