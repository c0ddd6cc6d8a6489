"""Reports of delivery: what is shown of an alert, and what is known of its contact."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from balance_alerts.channels.email_events import EmailEvent
from balance_alerts.channels.text_records import TextRecord
from balance_alerts.delivery.unsent import UnsentTexts
from balance_alerts.domain.channel_stop import NO_QUOTA
from balance_alerts.domain.contact import Channel
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.channel_stops import note_stop
from balance_alerts.store.delivery_reports import DeliveryReports
from balance_alerts.store.practices import Practices

logger = logging.getLogger(__name__)

EMAIL_SOURCE = "email_report"
TEXT_SOURCE = "text_report"


@dataclass(frozen=True, slots=True)
class ReportDesk:
    """Takes reports. Twice, late and in any order they lead to the same.

    The contact comes first: where that fails the report is delivered again, and counts as new.
    """

    practices: Practices
    accounts: Accounts
    reports: DeliveryReports
    unsent: UnsentTexts

    def take_email(self, event: EmailEvent) -> bool:
        """Take what SES told of an email; says whether it was news."""
        if event.fact is not None:
            self._tell_of_address(event)
        if event.reference is None:
            return False
        return self.reports.take(Channel.EMAIL, event.reference, event.report)

    def take_text(self, record: TextRecord) -> bool:
        """Take what SNS told of a text; says whether it was news.

        Where the account's quota was used up, texts rest, and who did not get one is due again.

        Raises:
            NotRecordedYet: who that was is known once the sender has recorded it.
        """
        if record.fact is not None:
            self.accounts.tell_of_number(
                record.number, record.fact, source=TEXT_SOURCE, at=record.report.at
            )
        if record.report.detail == NO_QUOTA:
            note_stop(Channel.TEXT, NO_QUOTA, record.report.at)
            self.unsent.give_back(record.number, record.reference)
        return self.reports.take(Channel.TEXT, record.reference, record.report)

    def _tell_of_address(self, event: EmailEvent) -> None:
        """An address is one a practice: without its tag nobody knows whose it is."""
        practice = event.practice_code and self.practices.of_code(event.practice_code)
        if not practice or event.address is None or event.fact is None:
            logger.warning("report of an email that is none of ours")
            return
        self.accounts.tell_of_contact(
            practice.practice_id,
            Channel.EMAIL,
            event.address,
            event.fact,
            source=EMAIL_SOURCE,
            at=event.report.at,
        )
