"""Paying: one click, one attempt, at most one charge."""

from __future__ import annotations

import logging
import secrets
import time
from base64 import b32encode
from collections.abc import Callable
from dataclasses import replace

from balance_alerts.domain.attempt import AskedPayment, Attempt, AttemptState
from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.practice import Practice
from balance_alerts.gateway.answers import ChargeAnswer
from balance_alerts.gateway.codes import CREDENTIALS_REFUSED, ChargeOutcome
from balance_alerts.gateway.requests import Charge
from balance_alerts.payments.connections import Connections
from balance_alerts.payments.payment import Payment, receipt_of, unavailable
from balance_alerts.payments.settle import Settled, settle
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.attempts import Attempts
from balance_alerts.store.beginnings import Beginning
from balance_alerts.store.races import Contention
from balance_alerts.telemetry import failure

logger = logging.getLogger(__name__)

ATTEMPT_PREFIX = "ba"
"""Our charges begin with it at the gateway; the practice may make others that are not ours."""

_RANDOM_BYTES = 12
_RANDOM_LETTERS = 18
_DESCRIPTION = "Payment to your practice"

PAUSES = (0.1, 0.3, 1.0, 2.0)
"""Seconds between tries to write down what the gateway said; looked up later if none succeeds."""


class Checkout:
    """Where patients pay.

    Args:
        attempts: the attempts of the stack.
        accounts: the accounts of the stack.
        connections: the merchant accounts of practices.
        want_receipt: asks for the receipt of what was just posted, if one is owed; never fails.
        clock: tells when an attempt began.
        sleep: waits between tries to write down what the gateway said.
    """

    def __init__(
        self,
        *,
        attempts: Attempts,
        accounts: Accounts,
        connections: Connections,
        want_receipt: Callable[[Settled], None],
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._attempts = attempts
        self._accounts = accounts
        self._connections = connections
        self._want_receipt = want_receipt
        self._clock = clock
        self._sleep = sleep

    def pay(self, practice: Practice, patient_id: str, asked: AskedPayment) -> Payment:
        """Charge a card for a click, or tell what became of the click before.

        Raises:
            RuleError: what `Beginning.begin` raises, `gateway_unavailable` where others kept
                writing to the account; nothing was charged.
        """
        attempt_id = new_attempt_id()
        beginning = Beginning(
            practice=practice, patient_id=patient_id, asked=asked, attempt_id=attempt_id
        )
        try:
            begun = beginning.begin(self._clock)
        except Contention as error:
            raise unavailable() from error
        if not begun.is_new:
            return self._shown(practice, begun.attempt)
        answer = self._charge(
            practice,
            Charge(
                attempt_id=attempt_id,
                amount_cents=asked.amount_cents,
                data_descriptor=asked.data_descriptor,
                data_value=asked.data_value,
                description=_DESCRIPTION,
            ),
        )
        settled = self._settled(begun.attempt, answer)
        if answer.detail == CREDENTIALS_REFUSED:
            self._connections.suspend(practice)
        if settled is None:
            pending = replace(begun.attempt, state=AttemptState.UNKNOWN)
            return replace(self._shown(practice, pending), is_new=True)
        self._want_receipt(settled)
        return replace(self._payment(practice, settled), is_new=settled.moved)

    def payment(self, practice: Practice, patient_id: str, payment_id: str) -> Payment:
        """What became of an attempt.

        Raises:
            RuleError: `unknown_payment`, also where it is another patient's.
        """
        attempt = self._attempts.get(practice.practice_id, patient_id, payment_id)
        return self._shown(practice, attempt)

    def _charge(self, practice: Practice, charge: Charge) -> ChargeAnswer:
        """Charge the card, once, if the practice's credentials can be read."""
        try:
            merchant = self._connections.merchant_of(practice)
        except Exception as error:
            logger.error("credentials could not be read", extra=failure(error))
            return ChargeAnswer(outcome=ChargeOutcome.UNAVAILABLE, detail="credentials_unread")
        return merchant.charge(charge)

    def _settled(self, attempt: Attempt, answer: ChargeAnswer) -> Settled | None:
        """Write down what the gateway said, however busy the table is; None if it cannot be."""
        for pause in (*PAUSES, None):
            try:
                return settle(attempt, answer, self._clock)
            except Exception as error:
                # A card may be charged: whatever this is, the answer is "being confirmed".
                trouble = failure(error)
            if pause is not None:
                self._sleep(pause)
        logger.error(
            "what became of attempt %s is not written down: %s, transaction %s",
            attempt.attempt_id,
            answer.outcome,
            answer.trans_id,
            extra={"attempt_id": attempt.attempt_id, "trans_id": answer.trans_id, **trouble},
        )
        return None

    def _shown(self, practice: Practice, attempt: Attempt) -> Payment:
        account = self._accounts.get(attempt.practice_id, attempt.patient_id)
        return self._payment(practice, Settled(attempt, int(account.balance_cents)))

    def _payment(self, practice: Practice, settled: Settled) -> Payment:
        attempt = settled.attempt
        return Payment(
            attempt=attempt,
            state=attempt.state_at(self._clock()),
            balance_cents=settled.balance_cents,
            receipt=receipt_of(attempt, practice),
        )


def new_attempt_id() -> str:
    """An id that no attempt had before: 20 characters, 90 of its bits random."""
    letters = b32encode(secrets.token_bytes(_RANDOM_BYTES)).decode().lower()
    return ATTEMPT_PREFIX + letters[:_RANDOM_LETTERS]
