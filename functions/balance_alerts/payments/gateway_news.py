"""What one transaction of the gateway means for us: the look-up, the sweep and webhooks end here.

Nothing is taken from anybody's word but the gateway's own books. The same transaction may be taken
in any number of times, at once and in any order.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.practice import Practice
from balance_alerts.gateway.codes import BANKS_WORD
from balance_alerts.gateway.reports import TransactionDetails
from balance_alerts.payments.settle import Settled
from balance_alerts.payments.taking_in import LookUp, Taken, TakingIn
from balance_alerts.store.attempts import Attempts
from balance_alerts.store.orphan_charges import OrphanCharges, OrphanReason

logger = logging.getLogger(__name__)


class GatewayNews:
    """Takes transactions in.

    Args:
        attempts: the attempts of the stack.
        orphans: staff's list.
        practice_ids: the practices that have a merchant account.
        want_receipt: asks for the receipt of what was just posted; never fails.
        clock: tells when something is posted.
    """

    def __init__(
        self,
        *,
        attempts: Attempts,
        orphans: OrphanCharges,
        practice_ids: Callable[[], Iterable[str]],
        want_receipt: Callable[[Settled], None],
        clock: Clock,
    ) -> None:
        self.attempts = attempts
        self.orphans = orphans
        self.practice_ids = practice_ids
        self.want_receipt = want_receipt
        self.clock = clock

    def take_in(self, practice: Practice, trans_id: str, look_up: LookUp) -> Taken:
        """Look one transaction of a practice up and do what it asks for.

        Raises:
            GatewayError: it could not be looked up; nothing is known.
            Contention: it is to be tried again.
        """
        found = look_up(trans_id)
        return Taken() if found is None else self.take(practice, found, look_up)

    def take(self, practice: Practice, found: TransactionDetails, look_up: LookUp) -> Taken:
        """Do what a transaction asks for that was just looked up.

        Raises:
            GatewayError, Contention: as `take_in`.
        """
        taking = TakingIn(self, practice, look_up)
        if found.is_refund or (found.ref_trans_id and found.state in BANKS_WORD):
            taking.take_return(found)
        else:
            taking.take_charge(found)
        return taking.taken

    def raise_orphan(
        self,
        practice_id: str,
        trans_id: str,
        reason: OrphanReason,
        *,
        invoice_number: str | None = None,
        amount_cents: int | None = None,
        patient_id: str | None = None,
    ) -> Taken:
        """Put a transaction on staff's list, once."""
        new = self.orphans.raise_once(
            practice_id,
            trans_id,
            reason,
            invoice_number=invoice_number,
            amount_cents=amount_cents,
            patient_id=patient_id,
            now=self.clock(),
        )
        if new:
            ids = {"practice_id": practice_id, "trans_id": trans_id, "reason": reason.value}
            logger.error("transaction %s is for staff to look into", trans_id, extra=ids)
        return Taken(orphans=int(new))
