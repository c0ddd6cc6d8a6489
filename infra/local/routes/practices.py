"""Practices as the operator's command makes them, and files taken in for them."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus

from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.ids import ID
from balance_alerts.domain.practice import Practice
from balance_alerts.store.imports import ImportKind
from infra.local.problems import Problem, invalid, read_object
from infra.local.routes.request import Answer, Request, RouteTable
from infra.local.stack import LocalStack


class PracticeRoutes:
    """What the operator does, without the operator's command; and how that command gets here."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack

    def table(self) -> RouteTable:
        """The routes of this subject."""
        return {
            ("GET", "/local/practices"): self.list,
            ("POST", "/local/practices"): self.create,
            ("POST", "/local/imports"): self.import_file,
            ("GET", "/local/stack"): self.describe,
        }

    def list(self, _: Request) -> Answer:
        """Return the practices made so far, for the console page to choose from."""
        practices = self._stack.practices()
        return HTTPStatus.OK, {"practices": [_shown(practice) for practice in practices]}

    def create(self, request: Request) -> Answer:
        """Add a practice, as the operator's command does."""
        fields = ("practice_id", "display_name", "phone", "time_zone")
        values = read_object(request.body, required=fields)
        if not ID.fullmatch(values["practice_id"]):
            raise invalid(
                "invalid_value", "practice_id takes up to 64 letters, digits, dots, _ and -."
            )
        try:
            practice = self._stack.create_practice(**values)
        except RuleError as error:
            conflict = error.code.endswith("_exists")
            status = HTTPStatus.CONFLICT if conflict else HTTPStatus.UNPROCESSABLE_ENTITY
            raise Problem(status, error.code, error.message) from error
        return HTTPStatus.CREATED, _shown(practice)

    def import_file(self, request: Request) -> Answer:
        """Take in the file in the body, for the console page; answers when that is done."""
        try:
            kind = ImportKind(request.query.get("kind", ""))
        except ValueError as error:
            kinds = ", ".join(ImportKind)
            raise invalid("invalid_value", f"kind must be one of: {kinds}.") from error
        practice_id = request.query.get("practice_id", "")
        try:
            self._stack.wiring.practices.get(practice_id)
        except RuleError as error:
            raise Problem(HTTPStatus.NOT_FOUND, error.code, error.message) from error
        outcome = self._stack.import_content(practice_id, request.body, kind)
        return HTTPStatus.OK, asdict(outcome)

    def describe(self, _: Request) -> Answer:
        """Tell the operator's command how to reach the stack."""
        return HTTPStatus.OK, self._stack.description()


def _shown(practice: Practice) -> dict[str, str]:
    shown = ("practice_id", "display_name", "short_name", "phone", "time_zone")
    return {name: getattr(practice, name) for name in shown}
