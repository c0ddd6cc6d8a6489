"""Guards of refunds and chargebacks: money that went back, once."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from pynamodb.transactions import TransactWrite

from balance_alerts.domain.giving_back import TAKES_BACK
from balance_alerts.payments import returns
from balance_alerts.store.entries import PostedTransactionRecord
from tests.simulation.mutations.table import Patches, guard, together


@guard
def returns_are_posted_whoever_posted_them() -> Patches:
    """Their references are neither read, nor by the ledger, nor asked for with the write."""
    real, save = returns.read_for_return, TransactWrite.save

    def read_for_return(attempt: Any, back: Any) -> Any:
        own = returns.guard_key(attempt, back.ref)
        return {key: each for key, each in real(attempt, back).items() if key != own}

    def put(self: TransactWrite, model: Any, condition: Any = None, **named: Any) -> None:
        is_return = isinstance(model, PostedTransactionRecord) and model.kind is not None
        save(self, model, None if is_return else condition, **named)

    class Posting(returns.AccountPosting):
        def _is_posted_online(self, _: Any) -> bool:
            return False

    yield patch.object(returns, "read_for_return", read_for_return)
    yield patch.object(returns, "AccountPosting", Posting)
    yield patch.object(TransactWrite, "save", put)


@guard
def the_ledger_is_not_asked_what_went_back_before() -> Patches:
    """A return is posted whatever entries there are of it."""
    real = returns.give_back

    def give_back(*, ledger: Any, **named: Any) -> Any:
        return real(ledger=[entry for entry in ledger if entry.kind not in TAKES_BACK], **named)

    yield patch.object(returns, "give_back", give_back)


together(
    "money_goes_back_twice",
    returns_are_posted_whoever_posted_them,
    the_ledger_is_not_asked_what_went_back_before,
)
