"""The books of one merchant account as one run reads them: each list once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from balance_alerts.domain.calendar import Clock
from balance_alerts.gateway.reports import Batch, ListedTransaction, TransactionDetails

_CLOCKS_APART = timedelta(hours=1)
"""A charge may be settled, by the gateway's clock, that much before it was asked for by ours."""

_AHEAD = timedelta(days=7)
"""Batches are asked for that far past now: our clock may have been set back."""


class OutOfTime(Exception):
    """The worker has to stop; the next run goes on."""


class Merchant(Protocol):
    """A merchant account that can be asked; every call may raise GatewayError."""

    def transaction(self, trans_id: str) -> TransactionDetails | None:
        """One transaction."""

    def unsettled(self) -> list[ListedTransaction]:
        """Every transaction in no batch yet."""

    def settled_batches(self, first: datetime, last: datetime) -> list[Batch]:
        """The batches settled between two instants."""

    def batch_transactions(self, batch_id: str) -> list[ListedTransaction]:
        """Every transaction of one batch."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """A batch and its transactions."""

    batch: Batch
    lines: list[ListedTransaction]


class GatewayBooks:
    """A merchant account's books.

    The unsettled list is read before any list of batches: what settles in between is then seen
    twice rather than never. `read_at` is when reading began.

    Args:
        has_time: whether there is time for one more call.
    """

    def __init__(self, merchant: Merchant, clock: Clock, has_time: Callable[[], bool]) -> None:
        self._merchant = merchant
        self._clock = clock
        self._has_time = has_time
        self.read_at = clock()
        self._unsettled: list[ListedTransaction] | None = None
        self._batches: list[Batch] = []
        self._batches_since: datetime | None = None
        self._lines: dict[str, list[ListedTransaction]] = {}

    def transaction(self, trans_id: str) -> TransactionDetails | None:
        """One transaction in full, as it is now.

        Raises:
            GatewayError: it could not be found out.
            OutOfTime: it was not tried.
        """
        self._check_time()
        return self._merchant.transaction(trans_id)

    def unsettled(self) -> list[ListedTransaction]:
        """Every transaction in no batch yet; raises as `transaction`."""
        if self._unsettled is None:
            self._check_time()
            self._unsettled = self._merchant.unsettled()
        return self._unsettled

    def settlements(self, since: datetime, until: datetime | None = None) -> list[Settlement]:
        """What was settled since an instant, and before another if one is given, oldest first.

        Both are whole seconds, as the gateway tells times. Raises as `transaction`.
        """
        self.unsettled()
        if self._batches_since is None or since < self._batches_since:
            self._check_time()
            batches = self._merchant.settled_batches(since, self._clock() + _AHEAD)
            self._batches = sorted(batches, key=lambda batch: (batch.settled_at, batch.batch_id))
            self._batches_since = since
        first = since.replace(microsecond=0)
        end = None if until is None else until.replace(microsecond=0)
        return [
            Settlement(batch, self._lines_of(batch.batch_id))
            for batch in self._batches
            if batch.settled_at >= first and (end is None or batch.settled_at < end)
        ]

    def by_invoice(self, invoice_number: str, asked_at: datetime) -> list[ListedTransaction]:
        """Every transaction with this invoice number since it was asked for, unsettled or not.

        An empty list is a complete look-up that found nothing. Raises as `transaction`.
        """
        settled = self.settlements(asked_at - _CLOCKS_APART)
        lines = [*self.unsettled(), *(line for each in settled for line in each.lines)]
        return [line for line in lines if line.invoice_number == invoice_number]

    def _lines_of(self, batch_id: str) -> list[ListedTransaction]:
        if batch_id not in self._lines:
            self._check_time()
            self._lines[batch_id] = self._merchant.batch_transactions(batch_id)
        return self._lines[batch_id]

    def _check_time(self) -> None:
        if not self._has_time():
            raise OutOfTime
