"""What happens at a customer in a month, by habits and by what the schedule does."""

from __future__ import annotations

import math
from dataclasses import dataclass

from balance_alerts.alerts.scan import PRACTICES_A_WORKER
from infra.planning.counted import SLICE
from infra.planning.customers import DAYS, HABITS, Customer, Habits

SCANS, OPEN_SCANS, RECONCILIATIONS = 96, 48, 288
"""Runs a day; a practice's window is open at half of the scans, as long as it may be."""


@dataclass(frozen=True)
class Month:
    """What happens in a customer's month."""

    customer: Customer
    habits: Habits = HABITS

    @property
    def sending(self) -> float:
        return self.customer.practices * min(1, self.habits.two_weeks + self.habits.monthly)

    @property
    def connected(self) -> float:
        return math.ceil(self.customer.practices * self.habits.connected)

    @property
    def alerts(self) -> float:
        return self.customer.accounts * self.habits.alerts_a_day * DAYS

    @property
    def texts(self) -> float:
        return self.alerts * self.habits.texts_an_alert

    @property
    def emails(self) -> float:
        return self.alerts * self.habits.emails_an_alert + self.payments

    @property
    def slices(self) -> float:
        """Each practice's due accounts of a day, in as few messages as hold them."""
        a_day = self.alerts / DAYS / max(1, self.sending)
        return self.sending * math.ceil(a_day / SLICE) * DAYS

    @property
    def links(self) -> float:
        return self.alerts * self.habits.opened

    @property
    def sign_ins(self) -> float:
        return self.links * self.habits.signed_in

    @property
    def payments(self) -> float:
        return self.sign_ins * self.habits.paid * self.habits.connected

    @property
    def lines(self) -> float:
        """Ledger entries that come in for the first time."""
        return self.customer.accounts * self.habits.new_entries

    @property
    def scans(self) -> float:
        """Runs of the scan, those that it hands practices over to included."""
        further = math.ceil(max(0.0, self.sending - PRACTICES_A_WORKER) / PRACTICES_A_WORKER)
        return (SCANS + OPEN_SCANS * further) * DAYS
