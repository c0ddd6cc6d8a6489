"""Whom the plans are for: practices, their patients, and what these do in a month.

None of it is measured: nobody has run this yet. What a plan hangs on is varied on its page.
"""

from __future__ import annotations

from dataclasses import dataclass

DAYS = 30.4
"""Days in a month, on average."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What patients and practices do. Shares are of 1."""

    owing: float = 0.12
    """Of all accounts: those with a balance and an open window."""
    subscribed: float = 0.75
    """Of those who owe: subscribed, and reachable."""
    two_weeks: float = 0.6
    monthly: float = 0.3
    """Of practices, by what they choose; the others send nothing."""
    text_only: float = 0.7
    email_only: float = 0.15
    """Of the subscribed; the others get both."""
    opened: float = 0.25
    """Of alerts: whose link is opened, by somebody who comes for the first time."""
    signed_in: float = 0.7
    """Of links opened."""
    paid: float = 0.35
    """Of sign-ins."""
    connected: float = 0.8
    """Of practices: whose patients may pay by card."""
    new_entries: float = 0.25
    """Ledger entries an account and month, by import."""
    entries_again: float = 1.0
    """Lines imported again for each new one: systems export what they did before."""
    charged: float = 0.4
    """Of all accounts: with a charge in the ledger; each more entry weighs little."""
    alerts_kept: float = 36
    """Months that alerts are kept."""

    @property
    def texts_an_alert(self) -> float:
        return 1 - self.email_only

    @property
    def emails_an_alert(self) -> float:
        return 1 - self.text_only

    @property
    def alerts_a_day(self) -> float:
        """Alerts an account and day."""
        return self.owing * self.subscribed * (self.two_weeks / 14 + self.monthly / 30)


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who runs a stack. `numbers` are dollars a month for where texts come from."""

    name: str
    accounts: int
    practices: int
    staff: int
    number: str


CLINIC = Customer("Clinic", 2_000, 1, 6, "one toll-free number")
GROUP = Customer("Group", 200_000, 40, 400, "one 10DLC campaign")
VENDOR = Customer("Vendor", 20_000_000, 10_000, 60_000, "one short code")
CUSTOMERS = (CLINIC, GROUP, VENDOR)
HABITS = Habits()
