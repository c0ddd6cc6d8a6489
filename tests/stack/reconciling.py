"""Reconciliation in this process, over a till's table and gateway."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from balance_alerts.domain.attempt import Attempt, AttemptState
from balance_alerts.domain.ledger import EntryKind
from balance_alerts.payments.gateway_books import GatewayBooks
from balance_alerts.payments.gateway_news import GatewayNews
from balance_alerts.payments.gateway_webhooks import GatewayWebhooks, Received
from balance_alerts.payments.reconcile import Reconciliation
from balance_alerts.payments.reconcile_report import ReconcileReport
from balance_alerts.payments.taking_in import Taken
from balance_alerts.store.attempts import Attempts
from balance_alerts.store.connected_practices import ConnectedPractices
from balance_alerts.store.gateway_sweeps import GatewaySweeps
from balance_alerts.store.orphan_charges import OrphanChargeRecord, OrphanCharges
from balance_alerts.store.settlements import Settlements
from tests.stack.paying import Till


@dataclass
class BackOffice:
    """What runs behind a till: look-ups, sweeps, webhooks."""

    till: Till

    @property
    def reconciliation(self) -> Reconciliation:
        return Reconciliation(
            practices=self.till.clinic.stack.wiring.practices,
            connected=ConnectedPractices(),
            connections=self.till.connections,
            attempts=Attempts(),
            news=self.news,
            sweeps=GatewaySweeps(),
            settlements=Settlements(),
            clock=self.till.clinic.stack.now,
        )

    @property
    def news(self) -> GatewayNews:
        return GatewayNews(
            attempts=Attempts(),
            orphans=OrphanCharges(),
            practice_ids=ConnectedPractices().all,
            want_receipt=lambda _: None,
            clock=self.till.clinic.stack.now,
        )

    def run(self, *, everything: bool = True, seconds: float = 300) -> ReconcileReport:
        return self.reconciliation.run(lambda: seconds, everything=everything)

    def take_in(self, trans_id: str) -> Taken:
        """What a webhook about a transaction leads to."""
        books = GatewayBooks(self.till.merchant, self.till.clinic.stack.now, lambda: True)
        return self.news.take_in(self.till.clinic.practice, trans_id, books.transaction)

    def receive(self, body: bytes, signature: str | None, practice_id: str = "") -> Received:
        webhooks = GatewayWebhooks(
            practices=self.till.clinic.stack.wiring.practices,
            connections=self.till.connections,
            news=self.news,
            clock=self.till.clinic.stack.now,
        )
        whose = practice_id or self.till.clinic.practice.practice_id
        return webhooks.receive(whose, body, signature, lambda: 60)

    def pass_time(self, **span: float) -> None:
        clock = self.till.clinic.stack.clock
        clock.set(clock.now() + timedelta(**span))

    def paid(self, patient_id: str, *, settled: bool = False, cents: int = 5_000) -> str:
        """A payment that went through; the id of its transaction."""
        attempt = self.till.pay(patient_id, self.till.asked(cents)).attempt
        assert attempt.state is AttemptState.APPROVED
        if settled:
            self.till.gateway.settle()
        return str(attempt.trans_id)

    def attempt(self, patient_id: str) -> Attempt:
        """The account's newest attempt."""
        return self.till.attempts(patient_id)[0]

    def orphans(self) -> dict[str, str]:
        """What is on staff's list, and why."""
        return {each.trans_id: each.reason for each in self.open_orphans()}

    def open_orphans(self) -> Iterable[OrphanChargeRecord]:
        return OrphanCharges().open(self.till.clinic.practice.practice_id)

    def awaited(self) -> list[str]:
        """The payments that were not seen settled yet."""
        found = Settlements().awaited(self.till.clinic.practice.practice_id)
        return [each.trans_id for each in found]

    def signed(self, patient_id: str) -> dict[str, list[int]]:
        """The account's entries since it was charged, by kind, as they change the balance."""
        kinds: dict[str, list[int]] = {}
        for entry in self.till.entries(patient_id):
            if entry.kind is not EntryKind.RESPONSIBILITY:
                kinds.setdefault(entry.kind.value, []).append(entry.signed_cents)
        return kinds
