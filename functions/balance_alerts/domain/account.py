"""A patient's financial account, as the rules see it: no names, no contacts, no cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from balance_alerts.domain.contact import Channel, ContactState
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.ledger import Window


class HoldReason(StrEnum):
    """Why alerts pause for an account. Holds are kept one a reason, several at once."""

    DISPUTE = "dispute"
    PAYMENT_PLAN = "payment_plan"
    INSURANCE_PENDING = "insurance_pending"
    HARDSHIP = "hardship"
    PATIENT_QUESTION = "patient_question"
    OTHER = "other"
    DECEASED = "deceased"
    BANKRUPTCY = "bankruptcy"
    WORKERS_COMP_OR_LIEN = "workers_comp_or_lien"
    AGENCY = "agency"


MAY_HAVE_NO_END = frozenset(
    {
        HoldReason.DECEASED,
        HoldReason.BANKRUPTCY,
        HoldReason.WORKERS_COMP_OR_LIEN,
        HoldReason.AGENCY,
    }
)


REVOKING_HOLDS = frozenset({HoldReason.DECEASED, HoldReason.BANKRUPTCY})
"""Holds that revoke links, and end online payment while they last."""


def keeps_out(holds: Mapping[HoldReason, date | None], today: date) -> bool:
    """Whether a hold is active, on this local day, in which nobody pays online by this account."""
    return any(
        reason in REVOKING_HOLDS and (until is None or today <= until)
        for reason, until in holds.items()
    )


def check_hold(reason: HoldReason, until: date | None) -> None:
    """Refuse a hold without an end where its reason needs one.

    Raises:
        RuleError: `hold_needs_end`.
    """
    if until is None and reason not in MAY_HAVE_NO_END:
        raise RuleError("hold_needs_end", f"A hold for {reason} needs the last day it lasts.")


@dataclass(frozen=True, slots=True)
class Subscription:
    """One channel of an account: whether it is switched on, and the contact on file for it.

    `subscribed` is None until somebody set it; `contact` is None where none is on file.
    """

    subscribed: bool | None = None
    contact: ContactState | None = None

    @property
    def active(self) -> bool:
        """Whether an alert may go out on this channel (Rules 2 and 3)."""
        return self.subscribed is True and self.contact is ContactState.REACHABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What `decide` and the due index read.

    `balance_cents` is the sum of the ledger. `holds` maps a reason to its last local day, None
    for no end. `last_alert_on` is the local date of the last alert that counts, `sent_now_on` of
    the last one that staff sent themselves.
    """

    practice_id: str
    patient_id: str
    time_zone: str | None = None
    text: Subscription = field(default_factory=Subscription)
    email: Subscription = field(default_factory=Subscription)
    balance_cents: int = 0
    window: Window | None = None
    holds: Mapping[HoldReason, date | None] = field(default_factory=dict)
    payment_open: bool = False
    last_alert_on: date | None = None
    sent_now_on: date | None = None
    version: int = 0

    @property
    def active_channels(self) -> tuple[Channel, ...]:
        """The channels that an alert would go out on, text first."""
        by_channel = ((Channel.TEXT, self.text), (Channel.EMAIL, self.email))
        return tuple(channel for channel, subscription in by_channel if subscription.active)

    def subscription(self, channel: Channel) -> Subscription:
        """The subscription on one channel."""
        return self.text if channel is Channel.TEXT else self.email


def belongs_in_due_index(account: Account, *, window_seen_closed: bool) -> bool:
    """Whether the account is in the index that scans read; the only place that says so.

    It asks only what changes by a write: reachable on a subscribed channel, owing, and no window
    known to have closed. What changes as time passes is `decide`'s.
    """
    return (
        bool(account.active_channels)
        and account.balance_cents > 0
        and account.window is not None
        and not window_seen_closed
    )
