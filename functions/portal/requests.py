"""What patients' browsers send."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from balance_alerts.domain.personal import Token, Words
from balance_alerts.domain.question import QuestionReason
from balance_alerts.http_api.shapes import Length

AnyToken = Annotated[Token, Length(0, 1000)]
"""Whatever is no token of ours is answered like an unknown one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRequest:
    """The token of a link, and the patient's date of birth."""

    token: AnyToken
    date_of_birth: date = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshLinkRequest:
    """The token of an old link."""

    token: AnyToken


@dataclass(frozen=True, slots=True, kw_only=True)
class OpaqueData:
    """What the hosted card form gives in a card's place; good for one payment."""

    data_descriptor: Annotated[str, Length(1, 100)]
    data_value: Annotated[Token, Length(1, 8192)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """A payment, in cents; without a case the oldest debt is paid first."""

    amount_cents: int
    opaque_data: OpaqueData
    case_id: Annotated[str, Length(1, 64)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRequest:
    """A question to the practice; `call_back` asks for a call."""

    reason: QuestionReason
    message: Annotated[Words, Length(0, 2000)] | None = None
    call_back: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsRequest:
    """How both switches shall stand."""

    text: bool
    email: bool
