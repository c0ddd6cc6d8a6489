"""The practice's merchant account at Authorize.net."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, ClassVar

from balance_alerts.access.staff import StaffMember
from balance_alerts.domain.permissions import Level
from balance_alerts.gateway.requests import Credentials
from balance_alerts.http_api.exchange import Answer, Request
from balance_alerts.http_api.shapes import Length
from balance_alerts.office.practice import PracticeView, practice_view
from balance_alerts.store.channel_stops import stops_now
from staff.operation import StaffOperation

if TYPE_CHECKING:
    from balance_alerts.wiring import Wiring


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantCredentials:
    """What Authorize.net gave the practice. Without signature_key it is told of nothing."""

    api_login_id: Annotated[str, Length(1, 25)]
    transaction_key: Annotated[str, Length(1, 16)] = field(repr=False)
    signature_key: Annotated[str, Length(1, 256)] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class CardPaymentsSubject:
    """Where the patients' card payments go."""

    wiring: Wiring
    operations: ClassVar[tuple[StaffOperation, ...]] = (
        StaffOperation(
            name="connect_authorize_net",
            method="PUT",
            path="/practice/authorize-net",
            summary="Take card payments by this merchant account, once the gateway knows it",
            least=Level.THERAPY_DIRECTOR,
            body=MerchantCredentials,
            answers={200: PracticeView},
            problems=(
                "unknown_practice",
                "gateway_credentials_refused",
                "gateway_test_mode",
                "gateway_currency",
                "gateway_reporting_off",
                "gateway_unreachable",
                "payment_open",
                "changed_meanwhile",
            ),
        ),
        StaffOperation(
            name="disconnect_authorize_net",
            method="DELETE",
            path="/practice/authorize-net",
            summary="Take no card payments any more",
            least=Level.THERAPY_DIRECTOR,
            answers={204: None},
            problems=("unknown_practice", "payment_open", "changed_meanwhile"),
        ),
    )

    def connect_authorize_net(self, member: StaffMember, request: Request) -> Answer:
        """Connect the practice to its merchant account, or to another one."""
        body = request.read(MerchantCredentials)
        credentials = Credentials(
            body.api_login_id.strip(),
            body.transaction_key.strip(),
            body.signature_key.strip() if body.signature_key else None,
        )
        practice = self.wiring.connections.connect(member.practice_id, credentials, by=member.who)
        return Answer(content=practice_view(practice, stops_now(self.wiring.now())))

    def disconnect_authorize_net(self, member: StaffMember, _: Request) -> Answer:
        """Give the connection up."""
        self.wiring.connections.disconnect(member.practice_id, by=member.who)
        return Answer(status=204)
