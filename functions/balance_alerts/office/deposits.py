"""What the gateway paid out, settlement by settlement, beside what is in the ledgers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from balance_alerts.domain.calendar import zone
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.practice import Practice
from balance_alerts.gateway.authorize_net import AuthorizeNet, GatewayError
from balance_alerts.gateway.codes import ChargeState
from balance_alerts.gateway.reports import Batch, ListedTransaction
from balance_alerts.payments.connections import Connections
from balance_alerts.store import keys, table

_AT_ONCE = 8
"""Settlements that the gateway is asked about together; each takes it up to a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositView:
    """One settlement. ledger_cents is what of it is in the ledgers, net of refunds.

    difference_cents, net less ledger, is money of which the ledgers do not know, such as a charge
    made on the gateway's own pages.
    """

    batch_id: str
    settled_at: datetime
    count: int
    gross_cents: int
    refunds_cents: int
    net_cents: int
    ledger_cents: int
    difference_cents: int


@dataclass(frozen=True, slots=True)
class Deposits:
    """Reads the gateway's books of a practice."""

    connections: Connections

    def between(self, practice: Practice, first: date, last: date) -> list[DepositView]:
        """The settlements from one local day through another, oldest first.

        Raises:
            RuleError: `gateway_unreachable`.
        """
        if practice.gateway is None:
            return []
        local = zone(practice.time_zone)
        begins = datetime.combine(first, time(), local).astimezone(UTC)
        ends = datetime.combine(last + timedelta(days=1), time(), local).astimezone(UTC)
        try:
            merchant = self.connections.merchant_of(practice)
            batches = merchant.settled_batches(begins, ends)
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                found = list(
                    pool.map(partial(self._deposit, practice.practice_id, merchant), batches)
                )
        except GatewayError as error:
            raise RuleError(
                "gateway_unreachable", "Authorize.net does not answer properly; try again later."
            ) from error
        return sorted(found, key=lambda each: (each.settled_at, each.batch_id))

    def _deposit(self, practice_id: str, merchant: AuthorizeNet, batch: Batch) -> DepositView:
        lines = merchant.batch_transactions(batch.batch_id)
        wanted = {keys.posted_transaction(practice_id, line.trans_id): line for line in lines}
        known = [wanted[key] for key in table.read(wanted)]
        net, ledger = batch.charge_cents - batch.refund_cents, sum(map(_signed, known))
        return DepositView(
            batch_id=batch.batch_id,
            settled_at=batch.settled_at,
            count=batch.charge_count + batch.refund_count,
            gross_cents=batch.charge_cents,
            refunds_cents=batch.refund_cents,
            net_cents=net,
            ledger_cents=ledger,
            difference_cents=net - ledger,
        )


def _signed(line: ListedTransaction) -> int:
    """What a line of a settlement brought."""
    cents = line.amount_cents or 0
    if line.gives_back:
        return -cents
    return cents if line.state is ChargeState.TAKEN else 0
