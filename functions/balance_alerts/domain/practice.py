"""A practice and its balance-alert settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from balance_alerts.domain.brake import Brake
from balance_alerts.domain.calendar import EVERY_DAY, SendWindow, Weekday, zone
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.personal import Contact


class Frequency(StrEnum):
    """The rhythm of alerts, as staff choose it."""

    TWO_WEEKS = "two_weeks"
    MONTHLY = "monthly"
    DONT_SEND = "dont_send"

    @property
    def period(self) -> timedelta | None:
        """Days between two alerts of one account, or None where none are sent (Rule 1)."""
        return _PERIODS.get(self)


_PERIODS = {Frequency.TWO_WEEKS: timedelta(days=14), Frequency.MONTHLY: timedelta(days=30)}


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """When a practice's alerts go out. A new practice sends none (Rule 1).

    `minimum_balance_cents` is in cents, `first_alert_after_days` in local days after the window
    opened (Rule 7), `daily_limit` in alerts a day, None for no limit (Rule 9). Where there are
    `pilot_contacts` (numbers in E.164 and addresses), nobody else is sent to.
    """

    frequency: Frequency = Frequency.DONT_SEND
    paused: bool = False
    send_window: SendWindow = field(default_factory=SendWindow)
    send_days: frozenset[Weekday] = EVERY_DAY
    minimum_balance_cents: int = 1
    first_alert_after_days: int = 1
    daily_limit: int | None = None
    include_amount: bool = False
    pilot_contacts: tuple[Contact, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse settings that no practice can mean."""
        if not self.send_days:
            raise RuleError("no_send_days", "Choose at least one day on which alerts may go out.")
        if self.minimum_balance_cents < 1:
            raise RuleError("minimum_balance_too_low", "The minimum balance is at least one cent.")
        if not 0 <= self.first_alert_after_days <= 30:
            raise RuleError(
                "first_alert_out_of_range", "The first alert goes out after 0 to 30 days."
            )
        if self.daily_limit is not None and self.daily_limit < 1:
            raise RuleError(
                "daily_limit_too_low",
                "A daily limit is at least 1; leave it empty for no limit, or pause the alerts.",
            )

    @property
    def sending(self) -> bool:
        """Whether these settings let any alert go out at all (Rule 1)."""
        return not self.paused and self.frequency is not Frequency.DONT_SEND

    def may_send_to(self, contact: str) -> bool:
        """Whether a contact may be sent to while the practice tries alerts out on a few."""
        if self.pilot_contacts is None:
            return True
        return contact.casefold() in {each.casefold() for each in self.pilot_contacts}


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayConnection:
    """The practice's merchant account at Authorize.net, as far as anyone may see it.

    A change of credentials makes another connection: `connection_id` names one set of them for
    good. `client_key` is what the hosted card form shows; it can charge nothing. `suspended_at` is
    since when no payment may begin with it: the gateway refused it, or it is being replaced.
    """

    connection_id: str
    api_login_id: str
    client_key: str
    has_signature_key: bool = False
    suspended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Practice:
    """A clinic: who it is to its patients, where its day begins, how it sends alerts.

    `code` is the six characters that begin each of its links; `account_time_zones` are the zones
    of its patients who live elsewhere. Without `gateway` it takes no payments online. `brake` is
    the operator's, who paused the alerts of all practices.
    """

    practice_id: str
    code: str
    display_name: str
    short_name: str
    phone: str
    time_zone: str
    hours: str = ""
    website: str | None = None
    reply_to: str | None = None
    alerts: AlertSettings = field(default_factory=AlertSettings)
    account_time_zones: frozenset[str] = frozenset()
    gateway: GatewayConnection | None = None
    brake: Brake | None = None
    version: int = 0

    def __post_init__(self) -> None:
        """Refuse a time zone that does not exist."""
        zone(self.time_zone)

    @property
    def sending(self) -> bool:
        """Whether any of its alerts may go out at all (Rule 1)."""
        return self.brake is None and self.alerts.sending

    @property
    def takes_cards(self) -> bool:
        """Whether patients can pay online at present; if not, they are asked to call."""
        return self.gateway is not None and self.gateway.suspended_at is None

    def has_books_of(self, api_login_id: str | None) -> bool:
        """Whether its merchant account's books hold what was charged by this login.

        None is of a charge of which nobody noted by which login it went.
        """
        connection = self.gateway
        return connection is not None and api_login_id in (None, connection.api_login_id)

    @property
    def time_zones(self) -> frozenset[str]:
        """Every zone in which an account of the practice may have its local day."""
        return self.account_time_zones | {self.time_zone}
