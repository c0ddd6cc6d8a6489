"""The parts that learn what became of messages, and what patients reply."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from balance_alerts.wiring.alerting import AlertParts
from balance_alerts.wiring.common import kept_for

if TYPE_CHECKING:
    from balance_alerts.channels.email_suppression import EmailSuppression
    from balance_alerts.channels.text_opt_outs import TextOptOuts
    from balance_alerts.delivery.opt_outs import OptOutReader
    from balance_alerts.delivery.replies import ReplyDesk
    from balance_alerts.delivery.reports import ReportDesk


class DeliveryParts(AlertParts):
    """Reports of providers, replies, and the provider's list of numbers that opted out."""

    @cached_property
    def report_desk(self) -> ReportDesk:
        """What takes reports of providers."""
        from balance_alerts.delivery.reports import ReportDesk
        from balance_alerts.delivery.unsent import UnsentTexts
        from balance_alerts.store.delivery_reports import DeliveryReports

        reports = DeliveryReports(**kept_for(os.environ.get("ALERT_HISTORY_DAYS")))
        unsent = UnsentTexts(self.practices, self.accounts, self.now)
        return ReportDesk(self.practices, self.accounts, reports, unsent)

    @cached_property
    def reply_desk(self) -> ReplyDesk:
        """What takes replies to texts."""
        from balance_alerts.delivery.replies import ReplyDesk

        return ReplyDesk(self.accounts, self.text_opt_outs, self.alert_queue, self.now)

    @cached_property
    def opt_out_reader(self) -> OptOutReader:
        """What reads the provider's list."""
        from balance_alerts.delivery.opt_outs import OptOutReader

        return OptOutReader(self.accounts, self.text_opt_outs, self.now)

    @cached_property
    def email_suppression(self) -> EmailSuppression:
        """The provider's list of addresses that bounced or complained."""
        from balance_alerts.channels.email_suppression import EmailSuppression

        return EmailSuppression(self.client("sesv2"))

    @cached_property
    def text_opt_outs(self) -> TextOptOuts:
        """The provider's list of numbers that opted out."""
        from balance_alerts.channels.text_opt_outs import TextOptOuts

        return TextOptOuts(self.client("sns"))
