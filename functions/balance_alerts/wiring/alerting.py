"""The parts that find who is due and that write to patients."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, cast

from balance_alerts.wiring.common import CommonParts

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient

    from balance_alerts.access.fresh_links import FreshLinks
    from balance_alerts.alerts.scan import Scan
    from balance_alerts.alerts.send import Sender
    from balance_alerts.alerts.send_now import SendNow
    from balance_alerts.channels.email import EmailChannel
    from balance_alerts.channels.sms import TextChannel
    from balance_alerts.delivery.help_sender import HelpSender
    from balance_alerts.payments.receipt_sender import ReceiptSender
    from balance_alerts.queues.alert_queue import AlertQueue


class AlertParts(CommonParts):
    """Scan, sender, and the channels to patients."""

    @cached_property
    def scan(self) -> Scan:
        """The scan, with the queue it fills and the function it hands over to."""
        from balance_alerts.alerts.scan import Scan

        return Scan(
            practices=self.practices,
            accounts=self.accounts,
            queue=self.alert_queue,
            hand_over=self._hand_over,
            clock=self.now,
        )

    @cached_property
    def alert_queue(self) -> AlertQueue:
        """The queue to the sender."""
        from balance_alerts.queues.alert_queue import AlertQueue

        return AlertQueue(self.client("sqs"), os.environ["ALERT_QUEUE_URL"])

    @cached_property
    def sender(self) -> Sender:
        """The sender of alerts."""
        from balance_alerts.alerts.courier import Courier
        from balance_alerts.alerts.drafts import MessageWriter
        from balance_alerts.alerts.recorder import Recorder
        from balance_alerts.alerts.send import Sender
        from balance_alerts.channels.limits import Pace
        from balance_alerts.domain.contact import Channel
        from balance_alerts.store.claims import Claims
        from balance_alerts.store.links import Links

        # The rates hold for the whole AWS account, and so many workers share them.
        workers = int(os.environ["SEND_CONCURRENCY"])
        return Sender(
            practices=self.practices,
            accounts=self.accounts,
            links=Links(),
            claims=Claims(),
            writer=MessageWriter(
                text_channel=lambda: self.text_channel,
                email_channel=lambda: self.email_channel,
                public_url=os.environ["PUBLIC_URL"].rstrip("/"),
            ),
            courier=Courier(
                {
                    Channel.TEXT: Pace(float(os.environ["TEXTS_PER_SECOND"]) / workers),
                    Channel.EMAIL: Pace(float(os.environ["EMAILS_PER_SECOND"]) / workers),
                }
            ),
            recorder=Recorder(self.alerts, Claims(), self.accounts),
            clock=self.now,
        )

    @cached_property
    def send_now(self) -> SendNow:
        """What sends one alert at once, with the sender's own parts."""
        from balance_alerts.alerts.send_now import SendNow

        sender = self.sender
        return SendNow(
            practices=sender.practices,
            links=sender.links,
            claims=sender.claims,
            writer=sender.writer,
            courier=sender.courier,
            recorder=sender.recorder,
            clock=self.now,
        )

    def begin_sending(self) -> Sender:
        """The sender at the start of an invocation.

        Every channel may be tried again, on fresh connections: between invocations a worker is
        frozen, and a provider closes connections that idle.
        """
        self.sender.courier.start()
        built = self.__dict__
        for name in ("text_channel", "email_channel"):
            if name in built:
                built[name].reconnect()
        return self.sender

    @cached_property
    def fresh_links(self) -> FreshLinks:
        """What sends a fresh link in place of an old one."""
        from balance_alerts.access.fresh_links import FreshLinks
        from balance_alerts.access.link_messages import LinkMessages
        from balance_alerts.store.links import Links

        messages = LinkMessages(
            text_channel=lambda: self.text_channel,
            email_channel=lambda: self.email_channel,
            public_url=os.environ["PUBLIC_URL"].rstrip("/"),
        )
        return FreshLinks(Links(), messages, self.now)

    @cached_property
    def receipt_sender(self) -> ReceiptSender:
        """What emails receipts, at the pace of alerts."""
        from balance_alerts.payments.receipt_sender import ReceiptSender

        return ReceiptSender(
            accounts=self.accounts,
            courier=self.sender.courier,
            email_channel=lambda: self.email_channel,
            clock=self.now,
        )

    @cached_property
    def help_sender(self) -> HelpSender:
        """What answers HELP, at the pace of alerts."""
        from balance_alerts.delivery.help_sender import HelpSender

        return HelpSender(
            accounts=self.accounts,
            courier=self.sender.courier,
            text_channel=lambda: self.text_channel,
            clock=self.now,
        )

    @cached_property
    def text_channel(self) -> TextChannel:
        """Texts, through SNS."""
        from balance_alerts.channels.limits import client_config
        from balance_alerts.channels.sms import TextChannel
        from balance_alerts.queues.alert_queue import SLICE_SIZE

        client = self.session.create_client("sns", config=client_config(connections=SLICE_SIZE))
        return TextChannel(
            cast("SNSClient", client), os.environ.get("TEXT_ORIGINATION_NUMBER") or None
        )

    @cached_property
    def email_channel(self) -> EmailChannel:
        """Email, through SES."""
        from balance_alerts.channels.email import EmailChannel
        from balance_alerts.channels.limits import client_config
        from balance_alerts.queues.alert_queue import SLICE_SIZE

        client = self.session.create_client("sesv2", config=client_config(connections=SLICE_SIZE))
        return EmailChannel(
            cast("SESV2Client", client),
            os.environ["EMAIL_SENDER"],
            os.environ.get("EMAIL_CONFIGURATION_SET") or None,
        )

    @cached_property
    def _lambda(self) -> LambdaClient:
        client: LambdaClient = self.client("lambda")
        return client

    def _hand_over(self, practice_ids: Sequence[str]) -> None:
        """Start another worker of this function on some practices."""
        self._lambda.invoke(
            FunctionName=os.environ["AWS_LAMBDA_FUNCTION_NAME"],
            InvocationType="Event",
            Payload=json.dumps({"practice_ids": list(practice_ids)}),
        )
