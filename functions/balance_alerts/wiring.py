"""The composition root: the only place that reads settings and builds clients and clock."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, cast

from botocore.config import Config

from balance_alerts.store import table

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient

    from balance_alerts.access.fresh_links import FreshLinks
    from balance_alerts.access.sessions import Sessions
    from balance_alerts.access.sign_in import SignIn
    from balance_alerts.access.unsubscribe import Unsubscribe
    from balance_alerts.alerts.scan import Scan
    from balance_alerts.alerts.send import Sender
    from balance_alerts.channels.email import EmailChannel
    from balance_alerts.channels.sms import TextChannel
    from balance_alerts.imports.claim_ledger import ClaimLedger
    from balance_alerts.imports.load import Loader
    from balance_alerts.imports.parked import ParkedDesk
    from balance_alerts.portal.questions import QuestionDesk
    from balance_alerts.portal.switches import SwitchDesk
    from balance_alerts.queues.alert_queue import AlertQueue
    from balance_alerts.store.accounts import Accounts
    from balance_alerts.store.alerts import Alerts
    from balance_alerts.store.ledger import Ledger
    from balance_alerts.store.practices import Practices

ClientName = Literal["lambda", "s3", "sqs"]


def system_clock() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


class Wiring:
    """Builds each part once, when it is first asked for.

    Parts are imported where they are built: a function loads only what it uses, which is most of
    its start-up time.
    """

    def __init__(self, table_name: str) -> None:
        table.connect(table_name)
        # Not boto3's: it would load all of S3's transfers, a fifth of the time it takes to start.
        self._session = table.session()

    @classmethod
    def from_environment(cls) -> Wiring:
        """As a function of the stack: the template sets the variables."""
        return cls(os.environ["TABLE_NAME"])

    def now(self) -> datetime:
        """The present instant, by the one clock of the stack."""
        return system_clock()

    @cached_property
    def practices(self) -> Practices:
        """The practices."""
        from balance_alerts.store.practices import Practices

        return Practices()

    @cached_property
    def accounts(self) -> Accounts:
        """The accounts."""
        from balance_alerts.store.accounts import Accounts

        return Accounts()

    @cached_property
    def ledger(self) -> Ledger:
        """The ledgers."""
        from balance_alerts.store.ledger import Ledger

        return Ledger(self.now)

    @cached_property
    def alerts(self) -> Alerts:
        """The history of alerts."""
        from balance_alerts.store.alerts import Alerts

        return Alerts()

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

        return AlertQueue(self._client("sqs"), os.environ["ALERT_QUEUE_URL"])

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
    def sessions(self) -> Sessions:
        """The sessions of patients."""
        from balance_alerts.access.sessions import Sessions

        return Sessions(self.now)

    @cached_property
    def sign_in(self) -> SignIn:
        """What lets patients in."""
        from balance_alerts.access.sign_in import SignIn
        from balance_alerts.store.sign_in_tries import SignInTries

        return SignIn(SignInTries(), self.sessions, self.now)

    @cached_property
    def unsubscribe(self) -> Unsubscribe:
        """One-click unsubscribe."""
        from balance_alerts.access.unsubscribe import Unsubscribe
        from balance_alerts.store.links import Links

        return Unsubscribe(Links(), self.accounts, self.now)

    @cached_property
    def switch_desk(self) -> SwitchDesk:
        """The patient's switches."""
        from balance_alerts.portal.switches import SwitchDesk
        from balance_alerts.store.switches import Switches

        return SwitchDesk(Switches(self.accounts))

    @cached_property
    def question_desk(self) -> QuestionDesk:
        """Where patients ask."""
        from balance_alerts.portal.questions import QuestionDesk
        from balance_alerts.store.questions import Questions

        return QuestionDesk(Questions(self.accounts))

    @cached_property
    def loader(self) -> Loader:
        """What takes in uploaded files, with their bucket and queue."""
        from balance_alerts.imports.load import Loader, Takers
        from balance_alerts.imports.take_claims import ClaimTaker
        from balance_alerts.imports.take_entries import EntryTaker
        from balance_alerts.imports.take_patients import PatientTaker
        from balance_alerts.queues.import_queue import ImportQueue
        from balance_alerts.store.import_files import ImportFiles
        from balance_alerts.store.imports import Imports
        from balance_alerts.store.parked import ParkedItems
        from balance_alerts.store.registration import Registration

        queue = ImportQueue(self._client("sqs"), os.environ["IMPORT_QUEUE_URL"])
        parked = ParkedItems()
        return Loader(
            practices=self.practices,
            imports=Imports(),
            files=ImportFiles(self._client("s3"), os.environ["IMPORT_BUCKET"]),
            takers=Takers(
                patients=PatientTaker(Registration(self.practices), self.now),
                entries=EntryTaker(self.ledger, parked, self.now),
                claims=ClaimTaker(self.claim_ledger, parked, self.now),
            ),
            go_on_later=queue.go_on_later,
            clock=self.now,
        )

    @cached_property
    def parked_desk(self) -> ParkedDesk:
        """Where parked claims and payments are decided on."""
        from balance_alerts.imports.parked import ParkedDesk
        from balance_alerts.store.parked import ParkedItems

        return ParkedDesk(
            parked=ParkedItems(),
            accounts=self.accounts,
            ledger=self.ledger,
            claims=self.claim_ledger,
            clock=self.now,
        )

    @cached_property
    def claim_ledger(self) -> ClaimLedger:
        """What brings the levels of claims into the ledger."""
        from balance_alerts.imports.claim_ledger import ClaimLedger

        return ClaimLedger(self.ledger, self.now)

    @cached_property
    def text_channel(self) -> TextChannel:
        """Texts, through SNS."""
        from balance_alerts.channels.limits import client_config
        from balance_alerts.channels.sms import TextChannel

        client = self._session.create_client("sns", config=client_config())
        return TextChannel(
            cast("SNSClient", client), os.environ.get("TEXT_ORIGINATION_NUMBER") or None
        )

    @cached_property
    def email_channel(self) -> EmailChannel:
        """Email, through SES."""
        from balance_alerts.channels.email import EmailChannel
        from balance_alerts.channels.limits import client_config

        client = self._session.create_client("sesv2", config=client_config())
        return EmailChannel(
            cast("SESV2Client", client),
            os.environ["EMAIL_SENDER"],
            os.environ.get("EMAIL_CONFIGURATION_SET") or None,
        )

    @cached_property
    def _lambda(self) -> LambdaClient:
        client: LambdaClient = self._client("lambda")
        return client

    def _client(self, name: ClientName) -> Any:
        """A client for what may be repeated, with time limits that leave a run some time."""
        config = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard"})
        return self._session.create_client(name, config=config)

    def _hand_over(self, practice_ids: Sequence[str]) -> None:
        """Start another worker of this function on some practices."""
        self._lambda.invoke(
            FunctionName=os.environ["AWS_LAMBDA_FUNCTION_NAME"],
            InvocationType="Event",
            Payload=json.dumps({"practice_ids": list(practice_ids)}),
        )
