"""Every mutation, from the modules that make them."""

from __future__ import annotations

from tests.simulation.mutations import alerts, contacts, doors, files, money, returns
from tests.simulation.mutations.table import GUARDS, MUTATIONS, TOGETHER, all_but

MODULES = (alerts, contacts, doors, files, money, returns)
"""Imported for what they enter into the table."""

__all__ = ["GUARDS", "MODULES", "MUTATIONS", "TOGETHER", "all_but"]
