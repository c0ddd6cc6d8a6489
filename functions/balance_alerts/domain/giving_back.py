"""Which cases a refund or a chargeback takes from: those of the payment, the last part first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from balance_alerts.domain.allocation import MOST_ENTRIES, Share
from balance_alerts.domain.ledger import EntryKind, LedgerEntry, parts_of_payment, standing

TAKES_BACK = frozenset({EntryKind.REFUND, EntryKind.CHARGEBACK})


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A return, a share a case, and what no part of the payment is left for, in cents."""

    shares: tuple[Share, ...]
    too_much_cents: int


def give_back(
    *,
    amount_cents: int | None,
    trans_id: str,
    returned_refs: Collection[str],
    told: tuple[EntryKind, str],
    ledger: Sequence[LedgerEntry],
) -> GivenBack:
    """The shares of one return of a payment, over the payment's own cases.

    Never more than the payment left on its cases: what was returned before, and what staff
    reversed, is gone already. What the practice's own system has told of this very return is in
    the ledger and not posted again.

    Args:
        amount_cents: what is returned; None where it is all that is left.
        trans_id: the payment's transaction.
        returned_refs: the references of the payment's returns so far.
        told: the kind and reference under which the practice's system would tell this return.
        ledger: the account's whole ledger.
    """
    stands = standing(ledger)
    kind, reference = told
    refs = {*returned_refs, reference}
    paid = _by_case(_payment(ledger, trans_id))
    returned = _by_case(e for e in stands if e.kind in TAKES_BACK and e.external_ref in refs)
    told_cents = sum(
        e.amount_cents for e in stands if e.kind is kind and e.external_ref == reference
    )
    left = max(0, sum(paid.values()) - sum(returned.values()))
    wanted = left if amount_cents is None else max(0, amount_cents - told_cents)
    posted = min(wanted, left)
    parts = [Share(case, max(0, cents - returned.get(case, 0))) for case, cents in paid.items()]
    return GivenBack(_spread(posted, parts[::-1]), wanted - posted)


def _payment(ledger: Sequence[LedgerEntry], trans_id: str) -> list[LedgerEntry]:
    """The payment's entries in the order of its parts: `id`, `id.2` and so on to `id.10`."""
    parts = parts_of_payment(ledger, trans_id)
    return sorted(parts, key=lambda entry: (entry.recorded_at, _number(entry.entry_id)))


def _number(entry_id: str) -> int:
    last = entry_id.rpartition(".")[2]
    return int(last) if last.isdecimal() else 1


def _by_case(entries: Iterable[LedgerEntry]) -> dict[str, int]:
    by_case: dict[str, int] = {}
    for entry in entries:
        by_case[entry.case_id] = by_case.get(entry.case_id, 0) + entry.amount_cents
    return by_case


def _spread(amount_cents: int, parts: Sequence[Share]) -> tuple[Share, ...]:
    """The amount over the parts as they come; the last of `MOST_ENTRIES` takes what is left."""
    shares: list[Share] = []
    for part in parts:
        cents = min(amount_cents, part.amount_cents)
        if cents:
            last = len(shares) == MOST_ENTRIES - 1
            shares.append(Share(part.case_id, amount_cents if last else cents))
            amount_cents -= shares[-1].amount_cents
    return tuple(shares)
