"""The parts that bring what the gateway's books say into the ledgers."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from balance_alerts.wiring.paying import PaymentParts

if TYPE_CHECKING:
    from balance_alerts.payments.gateway_news import GatewayNews
    from balance_alerts.payments.gateway_webhooks import GatewayWebhooks
    from balance_alerts.payments.reconcile import Reconciliation
    from balance_alerts.store.connected_practices import ConnectedPractices


class ReconciliationParts(PaymentParts):
    """Look-ups by schedule, and by the gateway's messages."""

    @cached_property
    def reconciliation(self) -> Reconciliation:
        """The scheduled reconciliation."""
        from balance_alerts.payments.reconcile import Reconciliation
        from balance_alerts.store.gateway_sweeps import GatewaySweeps
        from balance_alerts.store.settlements import Settlements

        return Reconciliation(
            practices=self.practices,
            connected=self.connected_practices,
            connections=self.connections,
            attempts=self.attempts,
            news=self.gateway_news,
            sweeps=GatewaySweeps(),
            settlements=Settlements(),
            clock=self.now,
        )

    @cached_property
    def gateway_webhooks(self) -> GatewayWebhooks:
        """Where the gateway's messages arrive."""
        from balance_alerts.payments.gateway_webhooks import GatewayWebhooks

        return GatewayWebhooks(
            practices=self.practices,
            connections=self.connections,
            news=self.gateway_news,
            clock=self.now,
        )

    @cached_property
    def connected_practices(self) -> ConnectedPractices:
        """Which practices have a merchant account."""
        from balance_alerts.store.connected_practices import ConnectedPractices

        return ConnectedPractices()

    @cached_property
    def gateway_news(self) -> GatewayNews:
        """What takes transactions in."""
        from balance_alerts.payments.gateway_news import GatewayNews
        from balance_alerts.store.orphan_charges import OrphanCharges

        return GatewayNews(
            attempts=self.attempts,
            orphans=OrphanCharges(),
            practice_ids=self.connected_practices.all,
            want_receipt=lambda settled: self.receipts.want(settled),
            clock=self.now,
        )
