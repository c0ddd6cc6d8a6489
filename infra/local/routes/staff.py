"""Staff of the local stack: tokens without a browser, and who can sign in with one."""

from __future__ import annotations

from http import HTTPStatus

from balance_alerts.domain.ids import ID
from balance_alerts.domain.permissions import Level
from infra.local.problems import invalid, read_object
from infra.local.routes.request import Answer, Request, RouteTable
from infra.local.stack import LocalStack
from infra.local.staff import PASSWORD


class StaffRoutes:
    """What the sign-in page gives, to whoever has no browser at hand."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack

    def table(self) -> RouteTable:
        """The routes of this subject."""
        return {
            ("GET", "/local/staff"): self.list,
            ("POST", "/local/staff-token"): self.token,
        }

    def list(self, _: Request) -> Answer:
        """Return who of the sample practice can sign in, and the password of them all."""
        staff = [
            {"practice_id": practice_id, "level": level, "name": name, "email": email}
            for practice_id, level, name, email in self._stack.sample_staff
        ]
        return HTTPStatus.OK, {"password": PASSWORD, "staff": staff}

    def token(self, request: Request) -> Answer:
        """Make an account of a practice, and give its ID token."""
        fields = ("practice_id", "level", "name")
        values = read_object(request.body, required=fields)
        if not ID.fullmatch(values["practice_id"]):
            raise invalid(
                "invalid_value", "practice_id takes up to 64 letters, digits, dots, _ and -."
            )
        if values["level"] not in list(Level):
            raise invalid("invalid_value", f"level must be one of: {', '.join(Level)}.")
        return HTTPStatus.OK, {"token": self._stack.staff.token(**values)}
