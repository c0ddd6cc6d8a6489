"""What became of messages, as their providers would report it, and what patients reply."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from infra.local.problems import Problem, invalid, read_object
from infra.local.provider_reports import OF_EMAILS, OF_TEXTS, REPLIES, ReportType, Sent
from infra.local.routes.request import Answer, Request, RouteTable
from infra.local.stack import LocalStack


class DeliveryRoutes:
    """Feeds reports through the path they take when deployed."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack

    def table(self) -> RouteTable:
        """The routes of this subject."""
        return {("POST", "/local/delivery-events"): self.report}

    def report(self, request: Request) -> Answer:
        """Report what became of the last message to a contact, or of the one that is named."""
        asked = read_object(request.body, required=("to", "type"), optional=("message_id", "at"))
        to, kind, at = asked["to"], _type(asked["type"]), self._at(asked.get("at"))
        email = "@" in to
        if kind not in (OF_EMAILS if email else OF_TEXTS):
            known = ", ".join(sorted(OF_EMAILS if email else OF_TEXTS))
            contact = "an email address" if email else "a number"
            raise invalid("invalid_value", f"{kind} is not reported of {contact}; use {known}.")
        if kind in REPLIES:
            self._stack.delivery.reply(to, REPLIES[kind], at)
            return HTTPStatus.OK, {"to": to, "type": kind.value}
        sent = self._sent(to, asked.get("message_id"))
        report = self._stack.delivery.report_email if email else self._stack.delivery.report_text
        report(sent, kind, at)
        return HTTPStatus.OK, {"to": to, "type": kind.value, "message_id": sent.message_id}

    def _sent(self, to: str, message_id: str | None) -> Sent:
        """The message that a report is about; one of an id that nobody knows was sent elsewhere."""
        messages = self._stack.outbox.taken(to=to)
        named = [each for each in messages if message_id in (None, each.message_id)]
        if named:
            return Sent.of(named[-1])
        if message_id is not None:
            return Sent(to, message_id, self._stack.now(), {})
        raise Problem(
            HTTPStatus.NOT_FOUND,
            "no_message",
            "Nothing was sent there yet; GET /local/outbox shows where something was.",
        )

    def _at(self, text: str | None) -> datetime:
        if text is None:
            return self._stack.now()
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            at = None
        if at is None or at.tzinfo is None:
            raise invalid("invalid_value", "at must be an instant such as 2026-03-02T15:00:00Z.")
        return at


def _type(text: str) -> ReportType:
    try:
        return ReportType(text)
    except ValueError as error:
        types = ", ".join(ReportType)
        raise invalid("invalid_value", f"type must be one of: {types}.") from error
