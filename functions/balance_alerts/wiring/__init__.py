"""The composition root: the only place that reads settings and builds clients and clock."""

from __future__ import annotations

from balance_alerts.wiring.office import OfficeParts
from balance_alerts.wiring.patients import PatientParts
from balance_alerts.wiring.portal import PortalParts
from balance_alerts.wiring.reconciling import ReconciliationParts


class Wiring(OfficeParts, PatientParts, PortalParts, ReconciliationParts):
    """Every part of the stack, each built when it is first asked for."""
