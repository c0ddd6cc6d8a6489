"""What left the stack, as phones and mailboxes got it."""

from __future__ import annotations

from http import HTTPStatus

from infra.local.routes.request import Answer, Request, RouteTable
from infra.local.stack import LocalStack


class OutboxRoutes:
    """Texts and emails in the order in which they were sent."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack

    def table(self) -> RouteTable:
        """The routes of this subject."""
        return {
            ("GET", "/local/outbox"): self.show,
            ("DELETE", "/local/outbox"): self.clear,
        }

    def show(self, _: Request) -> Answer:
        """Return what was sent, in order."""
        messages = [message.as_json() for message in self._stack.outbox.messages()]
        return HTTPStatus.OK, {"messages": messages}

    def clear(self, _: Request) -> Answer:
        """Forget what was sent."""
        self._stack.outbox.clear()
        return HTTPStatus.NO_CONTENT, None
