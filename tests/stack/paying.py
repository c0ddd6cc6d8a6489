"""Patients at the checkout: in this process, over the stack's table, at the stand-in gateway."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from balance_alerts.domain.attempt import AskedPayment, Attempt
from balance_alerts.domain.ledger import EntryKind, LedgerEntry
from balance_alerts.gateway.answers import ChargeAnswer
from balance_alerts.gateway.authorize_net import AuthorizeNet
from balance_alerts.gateway.codes import ChargeOutcome
from balance_alerts.gateway.credential_vault import CredentialVault
from balance_alerts.gateway.requests import Credentials
from balance_alerts.gateway.transport import Transport
from balance_alerts.payments.connections import Connections
from balance_alerts.payments.found import answer_of, is_charge_of
from balance_alerts.payments.pay import Checkout
from balance_alerts.payments.payment import Payment
from balance_alerts.payments.settle import Settled, settle
from balance_alerts.store.attempts import Attempts
from balance_alerts.store.entries import cases_of, entries_of
from infra.local.gateway.gateway import Gateway
from tests.stack.due import Clinic

_keys = count(1)

NOT_CHARGED = ChargeAnswer(outcome=ChargeOutcome.FAILED, detail="not_charged")


@dataclass
class Till:
    """A clinic that takes cards."""

    clinic: Clinic
    gateway: Gateway
    want_receipt: Callable[[Settled], None] = lambda _: None

    @property
    def merchant(self) -> AuthorizeNet:
        """The clinic's merchant account."""
        return self.connections.merchant_of(self.clinic.practice)

    def connect(self, login: str | None = None) -> None:
        """Let the clinic's patients pay at the gateway."""
        practice_id = self.clinic.practice.practice_id
        credentials = Credentials(login or practice_id, "a key", "a signature key")
        self.clinic.practice = self.connections.connect(practice_id, credentials)

    def disconnect(self) -> None:
        """Let nobody pay any more."""
        self.clinic.practice = self.connections.disconnect(self.clinic.practice.practice_id)

    @property
    def checkout(self) -> Checkout:
        return Checkout(
            attempts=Attempts(),
            accounts=self.clinic.stack.wiring.accounts,
            connections=self.connections,
            want_receipt=self.want_receipt,
            clock=self.clinic.stack.now,
            sleep=lambda _: None,
        )

    @property
    def connections(self) -> Connections:
        """The clinic's connection, its credentials read from where they are kept."""
        return Connections(
            practices=self.clinic.stack.wiring.practices,
            attempts=Attempts(),
            vault=CredentialVault(self.clinic.stack.client("secretsmanager"), "tests/"),
            merchant=self._merchant,
            clock=self.clinic.stack.now,
        )

    def _merchant(self, credentials: Credentials) -> AuthorizeNet:
        """A merchant account; who uses it waits long but where a charge is to hang."""
        seconds = 1 if self.gateway.mode.startswith("timeout") else 20
        return AuthorizeNet(credentials, Transport(self.gateway.api_url, read_seconds=seconds))

    def asked(
        self, cents: int = 5_000, *, key: str | None = None, case_id: str | None = None
    ) -> AskedPayment:
        """A click, with a token of its own."""
        token = self.gateway.card_token()
        return AskedPayment(
            amount_cents=cents,
            data_descriptor=token.data_descriptor,
            data_value=token.data_value,
            idempotency_key=key or f"click {next(_keys)}",
            case_id=case_id,
        )

    def pay(self, patient_id: str, asked: AskedPayment | None = None) -> Payment:
        return self.checkout.pay(self.clinic.practice, patient_id, asked or self.asked())

    def attempts(self, patient_id: str) -> list[Attempt]:
        return Attempts().of_account(self.clinic.practice.practice_id, patient_id)

    def open_attempts(self) -> list[Attempt]:
        return list(Attempts().open(self.clinic.practice.practice_id))

    def settle(self, attempt: Attempt, answer: ChargeAnswer) -> Settled:
        return settle(attempt, answer, self.clinic.stack.now)

    def look_up(self, attempt: Attempt) -> ChargeAnswer:
        """What the gateway's own books say of an attempt."""
        for line in self.merchant.unsettled():
            if line.invoice_number == attempt.attempt_id:
                found = self.merchant.transaction(line.trans_id)
                assert found is not None
                assert is_charge_of(found, attempt)
                return answer_of(found, attempt)
        return NOT_CHARGED

    def reconcile(self) -> None:
        """Settle every open attempt from the gateway's own books."""
        for attempt in self.open_attempts():
            self.settle(attempt, self.look_up(attempt))

    def charged(self) -> list[int]:
        """What the gateway took, one amount a charge."""
        return [
            charge["amount_cents"]
            for charge in self.gateway.charges()
            if charge["status"] == "capturedPendingSettlement"
        ]

    def entries(self, patient_id: str) -> list[LedgerEntry]:
        return entries_of(self.clinic.practice.practice_id, patient_id)

    def paid(self, patient_id: str) -> dict[str, int]:
        """What is in the ledger as paid, by case."""
        return {
            entry.case_id: entry.amount_cents
            for entry in self.entries(patient_id)
            if entry.kind is EntryKind.PAYMENT
        }

    def balance(self, patient_id: str) -> int:
        """The balance, checked against the ledger and against the cases."""
        balance = int(self.clinic.account(patient_id).balance_cents)
        assert balance == sum(entry.signed_cents for entry in self.entries(patient_id))
        cases = cases_of(self.clinic.practice.practice_id, patient_id)
        assert balance == sum(int(case.balance_cents) for case in cases)
        return balance

    def locked(self, patient_id: str) -> bool:
        """Whether a payment is open, on the account and in the list alike."""
        locked = self.clinic.account(patient_id).open_attempt is not None
        assert locked == (patient_id in {each.patient_id for each in self.open_attempts()})
        return locked
