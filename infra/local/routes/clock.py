"""The clock every function sees, and the schedule that it would fire."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus

from infra.local.problems import invalid, read_object
from infra.local.routes.request import Answer, Request, RouteTable, instant_text
from infra.local.stack import LocalStack


class ClockRoutes:
    """Time passes here when it is told to."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack

    def table(self) -> RouteTable:
        """The routes of this subject."""
        return {
            ("GET", "/local/clock"): self.show,
            ("PUT", "/local/clock"): self.set,
            ("GET", "/local/scan"): self.last_scan,
            ("POST", "/local/scan"): self.scan,
        }

    def show(self, _: Request) -> Answer:
        """Tell the time every function sees."""
        return HTTPStatus.OK, {"now": instant_text(self._stack.clock.now())}

    def set(self, request: Request) -> Answer:
        """Set that time; it runs on from there."""
        text = read_object(request.body, required=("now",))["now"]
        try:
            now = self._stack.set_clock(datetime.fromisoformat(text))
        except (ValueError, OverflowError) as error:
            raise invalid(
                "invalid_value", "now must be an instant such as 2026-03-01T15:00:00Z."
            ) from error
        return HTTPStatus.OK, {"now": instant_text(now)}

    def last_scan(self, _: Request) -> Answer:
        """Tell what the last run of the schedule led to, for whoever opens the console later."""
        last = self._stack.last_scan
        return HTTPStatus.OK, {"last": asdict(last) if last else None}

    def scan(self, request: Request) -> Answer:
        """Run the schedule, and wait until its alerts are dealt with."""
        request.has_no_options()
        return HTTPStatus.OK, asdict(self._stack.scan())
