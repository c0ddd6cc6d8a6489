"""The business dashboard, from the metrics that the functions printed."""

from __future__ import annotations

from functools import cached_property
from http import HTTPStatus
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from infra.local.business import Panel, by_day, panels_of
from infra.local.problems import invalid
from infra.local.routes.request import Answer, Request, RouteTable
from infra.local.stack import LocalStack


class MetricsRoutes:
    """What CloudWatch shows when deployed."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack

    def table(self) -> RouteTable:
        """The routes of this subject."""
        return {("GET", "/local/metrics"): self.show}

    @cached_property
    def _panels(self) -> list[Panel]:
        name = self._stack.outputs["BusinessDashboardName"]
        answer = self._stack.client("cloudwatch").get_dashboard(DashboardName=name)
        return panels_of(answer["DashboardBody"])

    def show(self, request: Request) -> Answer:
        """Return the panels' titles, and what they show of each local day, newest first."""
        try:
            zone = ZoneInfo(request.query.get("time_zone", "UTC"))
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise invalid(
                "invalid_value", "time_zone must be a name such as America/New_York."
            ) from error
        days = by_day(self._panels, self._stack.journal.measured(), zone)
        return HTTPStatus.OK, {
            "panels": [panel.title for panel in self._panels],
            "days": [{"day": day.isoformat(), "values": shown} for day, shown in days.items()],
        }
