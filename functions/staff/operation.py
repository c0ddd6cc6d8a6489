"""An operation of the staff API: as any other, and the least level that may ask for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from balance_alerts.access.staff import StaffMember
from balance_alerts.domain.permissions import Level
from balance_alerts.http_api.exchange import Answer, Request
from balance_alerts.http_api.operation import Operation

Route = Callable[[StaffMember, Request], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffOperation(Operation):
    """One method on one path, for members of staff who reach `least`."""

    least: Level
    needs: tuple[str, ...] = ("unauthorized", "forbidden")
