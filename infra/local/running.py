"""What a local stack consists of, started and ended as one."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from infra.local.card_payments import CardPayments
from infra.local.clients import Clients
from infra.local.clock import LocalClock
from infra.local.delivery import Delivery
from infra.local.deploy import REPOSITORY, STACK_NAME, deploy, expanded_template
from infra.local.edge import Edge
from infra.local.emulator import REGION, Emulator
from infra.local.gateway.gateway import Gateway
from infra.local.journal import Journal
from infra.local.outbox import Outbox
from infra.local.permission_journal import PermissionJournal
from infra.local.phone_network import PhoneNetwork
from infra.local.staff import LocalStaff, SignIn
from infra.local.suppression_list import SuppressionList
from infra.local.template import localise
from infra.local.waiting import StackError

if TYPE_CHECKING:
    from balance_alerts.wiring import Wiring
    from infra.local.in_process import InProcess

_EMAIL_SENDER = "alerts@clinic.example"
# A slice is done in that time even if its provider hangs, a file in the time its worker may run.
_VISIBILITY_SECONDS = {"AlertQueue": 8, "DeliveryEventQueue": 8, "ImportQueue": 130}
HANG_SECONDS = 3.0
"""How long the gateway keeps a charge without an answer before it hangs up. The portal gives up by
itself after 20 seconds, and takes either for the same: nobody knows whether the card was charged.
"""


class RunningStack:
    """Emulator, edge, gateway, clock and the functions of `template.yaml`.

    Use as a context manager. With `auth` the emulator checks every call against the template's
    policies. `public_url` is what links in alerts begin with. `hang_seconds` is how long the
    gateway does not answer where it hangs: above 20 the portal does not wait for its end. With
    `keeps_state` the emulator can be restarted.
    """

    def __init__(
        self,
        *,
        auth: bool = False,
        public_url: str = "http://127.0.0.1:8080",
        functions: Path = REPOSITORY / "functions",
        hang_seconds: float = HANG_SECONDS,
        keeps_state: bool = False,
    ) -> None:
        self.public_url = public_url
        self.outputs: dict[str, str] = {}
        self.sample_staff: list[SignIn] = []
        """Who was added to be signed in with in a browser."""
        self.outbox = Outbox()
        self._functions = functions
        self._emulator = Emulator(auth=auth, keeps_state=keeps_state)
        self.permissions = PermissionJournal(self._emulator.permission_journal)
        """With `auth`: which permissions were needed."""
        self.clock = LocalClock(self._emulator.directory / "clock")
        self.journal = Journal(self._emulator.directory / "journal")
        self.network = PhoneNetwork(self.clock.now)
        self.suppressed = SuppressionList()
        self.edge = Edge(
            outbox=self.outbox,
            network=self.network,
            suppressed=self.suppressed,
            clock=self.clock,
            check_permissions=auth,
        )
        self.gateway = Gateway(self.clock.now, hang_seconds=hang_seconds, late_webhooks=True)
        self.card_payments = CardPayments(self.gateway, public_url=public_url)
        self._in_process: InProcess | None = None
        self.client = Clients(lambda: self._emulator.endpoint_url)
        """Makes boto3 clients of this stack's APIs, such as `client("dynamodb")`."""

    @property
    def endpoint_url(self) -> str:
        """Address of the AWS APIs of this stack."""
        return self._emulator.endpoint_url

    @property
    def edge_url(self) -> str:
        """Address that calls to the providers of texts and email go to."""
        return self.edge.server.url

    @property
    def log(self) -> str:
        """What the emulator has logged, for finding out why something failed."""
        return self._emulator.log

    @property
    def process_group(self) -> int | None:
        """Id of the group of processes this stack has started."""
        return self._emulator.process_group

    @property
    def wiring(self) -> Wiring:
        """The parts of the application over this stack's table and clock, in this process."""
        if self._in_process is None:
            raise StackError("the stack is not running")
        return self._in_process.wiring

    @cached_property
    def delivery(self) -> Delivery:
        """What feeds reports and replies to this stack."""
        return Delivery(
            self.client,
            self.outputs,
            journal=self.journal,
            network=self.network,
            suppressed=self.suppressed,
            sender=_EMAIL_SENDER,
        )

    @property
    def staff(self) -> LocalStaff:
        """The staff accounts of this stack."""
        return LocalStaff(
            self.client("cognito-idp"),
            user_pool_id=self.outputs["UserPoolId"],
            client_id=self.outputs["ConsoleClientId"],
            remember=self._remember_staff,
        )

    def _remember_staff(
        self, practice_id: str, staff_id: str, level: str, name: str, email: str
    ) -> None:
        from balance_alerts.domain.permissions import Level
        from balance_alerts.domain.team import TeamMember

        member = TeamMember(
            practice_id=practice_id,
            staff_id=staff_id,
            name=name,
            email=email,
            level=Level(level),
            invited_at=self.clock.now(),
        )
        self.wiring.team.remember(member)

    def description(self) -> dict[str, Any]:
        """Return what the operator's command needs to reach this stack."""
        return {
            "endpoint_url": self.endpoint_url,
            "region": REGION,
            "stack_name": STACK_NAME,
            "outputs": self.outputs,
        }

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything and create the stack; on failure nothing is left running."""
        try:
            self._emulator.launch()
            self.edge.server.start()
            self.gateway.start()
            template = expanded_template(REPOSITORY / "template.yaml")
            self._emulator.wait_ready()
            self.edge.emulator_port = self._emulator.port
            localise(
                template,
                environment={
                    "LOCAL_CLOCK_FILE": str(self.clock.path),
                    "LOCAL_JOURNAL_FILE": str(self.journal.path),
                    "AWS_ENDPOINT_URL_SNS": self.edge_url,
                    "AWS_ENDPOINT_URL_SESV2": self.edge_url,
                    "AWS_ENDPOINT_URL_LAMBDA": self.edge_url,
                },
                replaced={
                    **self.card_payments.environment(),
                    "SIGN_IN_URL": self.public_url,
                    "UPLOADS_URL": self.public_url,
                },
                parameters=self.parameters(),
                visibility_seconds=_VISIBILITY_SECONDS,
            )
            self.outputs = deploy(
                self.client,
                template=template,
                parameters=self.parameters(),
                functions=self._functions,
            )
            self.edge.on_swallowed = self.delivery.report_swallowed
            self.client("sesv2").create_email_identity(EmailIdentity=_EMAIL_SENDER)
            self._connect()
        except BaseException:
            self.stop()
            raise

    def restart_emulator(self, *, down_seconds: float = 0.0) -> None:
        """Let all of AWS be away for a while, with every function that runs, as `Emulator.restart`.

        What is not AWS goes on: the clock, phones and mailboxes, and the gateway with its books.
        """
        self._emulator.restart(down_seconds=down_seconds)

    def stop(self) -> None:
        """End every process of this stack and remove its files. Safe to call twice."""
        if self._in_process:
            self._in_process.close()
            self._in_process = None
        self.gateway.stop()
        self.edge.server.stop()
        self._emulator.stop()

    def _connect(self) -> None:
        # Loads PynamoDB, which takes a moment that the emulator needs anyway.
        from infra.local.in_process import InProcess

        self._in_process = InProcess(
            endpoint_url=self.endpoint_url,
            table_name=self.outputs["TableName"],
            clock=self.clock,
            environment=self.card_payments.environment(),
        )

    def parameters(self) -> dict[str, str]:
        """Parameters of the stack; no pacing, since the edge takes messages as they come."""
        return {
            "PublicUrl": self.public_url,
            "EmailSender": _EMAIL_SENDER,
            "TextsPerSecond": "1000",
            "EmailsPerSecond": "1000",
            "SignInDomain": STACK_NAME,
            "RequireMfa": "false",
            "TwoWayTexts": "true",
        }
