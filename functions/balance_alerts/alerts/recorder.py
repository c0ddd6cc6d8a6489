"""Recording what came of alerts: history, releases, and contacts that were refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from balance_alerts.alerts.still_due import SeenSlice
from balance_alerts.alerts.troubles import Troubles
from balance_alerts.domain.contact import Channel, ContactFact
from balance_alerts.domain.delivery import Delivery, SendOutcome
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.alerts import Alert, Alerts, ChannelResult, lost_claim
from balance_alerts.store.claims import Claim, Claims


@dataclass(frozen=True, slots=True)
class SentAlert:
    """An alert whose claim holds, and what its providers said; the account as it was read."""

    account: AccountRecord
    claim: Claim
    outcomes: Mapping[Channel, Delivery]

    @property
    def counts(self) -> bool:
        """Whether it counts for the rhythm: one channel was accepted or is unknown."""
        return any(delivery.outcome.counts for delivery in self.outcomes.values())

    def has(self, outcome: SendOutcome) -> bool:
        """Whether some channel had this outcome."""
        return any(delivery.outcome is outcome for delivery in self.outcomes.values())

    def to_history(self) -> Alert:
        """As it stands in the history."""
        return Alert(
            practice_id=self.account.practice_id,
            patient_id=self.account.patient_id,
            alert_id=self.claim.claim_id,
            claimed_at=self.claim.claimed_at,
            sent_on=self.claim.alert_on,
            previous_on=self.account.last_alert_on,
            channels={
                channel: ChannelResult(delivery.status, delivery.message_id, delivery.detail)
                for channel, delivery in self.outcomes.items()
            },
        )


@dataclass(frozen=True, slots=True)
class Recorder:
    """Writes down what came of alerts."""

    alerts: Alerts
    claims: Claims
    accounts: Accounts

    def keep_lost(self, accounts: Iterable[AccountRecord], seen: SeenSlice) -> None:
        """Keep what accounts alone remember of claims whose workers recorded nothing.

        Before they are claimed anew, which forgets it: whoever claims may be killed as well.
        """
        lost = [lost_claim(account) for account in accounts if seen.lost_its_record(account)]
        if lost:
            self.alerts.keep(lost)

    def record(self, sent: Sequence[SentAlert], now: datetime, troubles: Troubles) -> None:
        """Keep the alerts that count, then release the claims of those that do not.

        What counts comes first, all in one call: nothing that fails later can take it back.
        """
        history = [alert.to_history() for alert in sent if alert.counts]
        troubles.trying("record alerts", partial(self.alerts.keep, history))
        for alert in sent:
            patient_id = alert.account.patient_id
            if not alert.counts:
                release = partial(self.claims.release, alert.claim)
                troubles.trying("release a claim", release, patient_id=patient_id)
            mark = partial(self._mark_refused_contacts, alert, now)
            troubles.trying("mark a refused contact", mark, patient_id=patient_id)

    def _mark_refused_contacts(self, alert: SentAlert, now: datetime) -> None:
        for channel, delivery in alert.outcomes.items():
            contact = alert.account.contact(channel)
            if delivery.outcome is not SendOutcome.REFUSED or contact is None:
                continue
            opted_out = delivery.detail == "opted_out"
            self.accounts.tell_of_contact(
                alert.account.practice_id,
                channel,
                contact,
                ContactFact.OPTED_OUT if opted_out else ContactFact.INVALID,
                source="provider",
                at=now,
            )
