"""Open attempts of one practice, looked up in its gateway's books and brought to an end."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from balance_alerts.domain.attempt import Attempt
from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.looking_up import Absence, absence_of
from balance_alerts.domain.practice import Practice
from balance_alerts.gateway.answers import ChargeAnswer
from balance_alerts.gateway.authorize_net import GatewayError
from balance_alerts.gateway.codes import WAS_TAKEN, ChargeOutcome
from balance_alerts.gateway.reports import TransactionDetails
from balance_alerts.payments.found import is_charge_of, may_be_charge_of
from balance_alerts.payments.gateway_books import GatewayBooks
from balance_alerts.payments.gateway_news import GatewayNews
from balance_alerts.payments.settle import settle
from balance_alerts.payments.taking_in import Taken
from balance_alerts.payments.trials import Trials
from balance_alerts.store.attempts import Attempts

logger = logging.getLogger(__name__)

_NOT_CHARGED = ChargeAnswer(outcome=ChargeOutcome.FAILED, detail="not_charged")


@dataclass(slots=True, kw_only=True)
class OpenAttempts:
    """The open attempts of one practice, oldest first.

    Of those that were `looked_up`, `still_open` are what they were or wait for a review.
    """

    practice: Practice
    due: Sequence[Attempt]
    books: GatewayBooks
    news: GatewayNews
    attempts: Attempts
    clock: Clock
    trials: Trials
    taken: Taken = field(default_factory=Taken)
    looked_up: int = 0
    still_open: int = 0

    def look_up(self) -> None:
        """Look each of them up.

        Raises:
            GatewayError: the gateway cannot be asked; what was not looked up stays as it is.
            OutOfTime: likewise.
        """
        for attempt in self.due:
            with self.trials.trying("look an attempt up", attempt_id=attempt.attempt_id):
                ended = self._ended
                self._look_up(attempt)
                self.looked_up += 1
                self.still_open += int(self._ended == ended)

    @property
    def _ended(self) -> int:
        return self.taken.payments + self.taken.not_charged

    def _look_up(self, attempt: Attempt) -> None:
        found = self._found(attempt)
        ended = self._ended
        for details in found:
            self.taken.add(self.news.take(self.practice, details, self.books.transaction))
        if self._ended > ended:
            return
        if found:
            trans_id = next((each.trans_id for each in found if is_charge_of(each, attempt)), None)
            self.attempts.note_look_up(
                attempt, at=self.books.read_at, absent_since=None, trans_id=trans_id
            )
        else:
            self._miss(attempt)

    def _found(self, attempt: Attempt) -> list[TransactionDetails]:
        """The attempt's own transactions, one where money was taken first; what may be its own.

        By its transaction's id where that is known; else, or where that leads elsewhere, by its
        invoice number in the whole books since it was asked for.
        """
        found: dict[str, TransactionDetails] = {}
        if attempt.trans_id is not None:
            known = self.books.transaction(attempt.trans_id)
            if known is not None and is_charge_of(known, attempt):
                return [known]
            if known is not None and may_be_charge_of(known, attempt):
                found[known.trans_id] = known
        for line in self.books.by_invoice(attempt.attempt_id, attempt.begun_at):
            details = self.books.transaction(line.trans_id)
            if details is None:
                raise GatewayError("garbled")
            if is_charge_of(details, attempt) or may_be_charge_of(details, attempt):
                found[details.trans_id] = details
        return sorted(found.values(), key=lambda each: each.state not in WAS_TAKEN)

    def _miss(self, attempt: Attempt) -> None:
        """Nothing of it is in the books."""
        absence = absence_of(attempt, self.books.read_at)
        if absence is Absence.NOT_CHARGED:
            # Whatever came to be known of it meanwhile knows better.
            settled = settle(attempt, _NOT_CHARGED, self.clock, only_from=attempt.state)
            self.taken.not_charged += int(settled.moved)
            return
        since = self.books.read_at if absence is Absence.SUSPECTED else attempt.absent_since
        self.attempts.note_look_up(attempt, at=self.books.read_at, absent_since=since)
