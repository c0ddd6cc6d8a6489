"""The stack's API under the one local address, as a domain is mapped to it when deployed."""

from __future__ import annotations

import contextlib
import json
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.emulator import HOST
from infra.local.gateway.webhooks import When
from infra.local.loopback import QuietHandler, forward
from infra.local.stack import LocalStack
from infra.local.waiting import StackError

_SENDS_SOMETHING = {("POST", "/portal/link-requests"), ("POST", "/portal/payments")}
_SIGN_IN = ("/oauth2/", "/login", "/logout")
"""The pages of the user pool, which have an address of their own when deployed."""
_CONNECTS = ("PUT", "/practice/authorize-net")
_UPLOADS = ("POST", "/imports/uploads")
_SENT_WITHIN_SECONDS = 10.0


def belongs_to_api(path: str) -> bool:
    """Whether a path is the API's: not the local console's, and none of the emulator's own."""
    return not path.startswith(("/local/", "/_")) and path not in ("/", "/local", "/health")


class ApiProxy:
    """Passes requests on to the stack's API."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack
        self._port = urlsplit(stack.endpoint_url).port or 0
        self._emulator_host = f"{HOST}:{self._port}"
        self._not_api = (*_SIGN_IN, f"/{stack.outputs['ImportBucketName']}/imports/")
        self._host = f"{stack.outputs['ApiId']}.execute-api.{HOST}:{self._port}"

    def answer(self, handler: QuietHandler, body: bytes) -> None:
        """Answer a request as the API does."""
        path = urlsplit(handler.path).path
        host = self._emulator_host if path.startswith(self._not_api) else self._host
        status, headers, answer = forward(handler, body, port=self._port, host=host)
        asked = (handler.command, path)
        if asked == _CONNECTS and status == HTTPStatus.OK:
            self._subscribe(json.loads(body), json.loads(answer))
        if asked == _UPLOADS:
            # The bucket, too, has an address of its own when deployed. The file goes on to the host
            # that this one was signed for.
            served_at = handler.headers["Host"].encode()
            answer = answer.replace(self._emulator_host.encode(), served_at)
        if asked in _SENDS_SOMETHING:
            # Links and receipts go out on the queue; who asked looks at the outbox next. What was
            # answered stays answered, even if the queue cannot be asked any more.
            with contextlib.suppress(StackError, BotoCoreError, ClientError):
                self._stack.wait_drained("AlertQueueUrl", within_seconds=_SENT_WITHIN_SECONDS)
        handler.answer(status, answer, headers)
        # As at the real gateway: when the patient reads the answer, its webhook is on its way.
        self._stack.gateway.webhooks.deliver(When.ONCE_ANSWERED)

    def _subscribe(self, credentials: dict[str, Any], practice: dict[str, Any]) -> None:
        """Let the stand-in gateway tell the practice of its payments, if it can sign that."""
        login, key = credentials["api_login_id"].strip(), credentials.get("signature_key")
        if key:
            self._stack.card_payments.tell_of_payments(practice["practice_id"], login, key.strip())
        else:
            self._stack.gateway.webhooks.unsubscribe(login)
