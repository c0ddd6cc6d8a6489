"""The providers' edge: an HTTP server SNS and SES calls of the functions go to.

It answers as AWS does, records what would have gone out, and misbehaves on request. Calls it has
no part in are passed on to the emulator. It also counts asynchronous calls between functions,
which no queue depth shows.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote
from xml.sax.saxutils import escape

from infra.local.clock import LocalClock
from infra.local.loopback import LoopbackServer, QuietHandler, forward
from infra.local.outbox import FaultMode, Message, Outbox, find_link
from infra.local.phone_network import OptedInLately, PhoneNetwork
from infra.local.suppression_list import SuppressionList

_SNS_NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/"
_SEND_EMAIL_PATH = "/v2/email/outbound-emails"
_SUPPRESSED_PATH = "/v2/email/suppression/addresses/"
_HANG_SECONDS = 60.0
_NUMBERS_A_PAGE = 100
_OPT_OUT_ACTIONS = frozenset(
    {"CheckIfPhoneNumberIsOptedOut", "ListPhoneNumbersOptedOut", "OptInPhoneNumber"}
)
_SCAN = "scan-balances"
"""In the name of the one function that hands work over which somebody waits for."""

# What AWS answers: status, error code, message.
_TEXT_ERRORS = {
    FaultMode.THROTTLED: (400, "Throttling", "Rate exceeded"),
    FaultMode.REJECTED: (
        400,
        "InvalidParameter",
        "Invalid parameter: PhoneNumber Reason: it is not valid to publish to",
    ),
    FaultMode.STOPPED: (403, "AuthorizationError", "Sending from this account is not allowed"),
}
_EMAIL_ERRORS = {
    FaultMode.THROTTLED: (429, "TooManyRequestsException", "Maximum sending rate exceeded"),
    FaultMode.REJECTED: (
        400,
        "BadRequestException",
        "Local address contains control or whitespace",
    ),
    FaultMode.STOPPED: (400, "SendingPausedException", "Email sending is paused for the account"),
}


class Edge:
    """The server, the outbox it fills and the count of calls handed over between functions."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        network: PhoneNetwork,
        suppressed: SuppressionList,
        clock: LocalClock,
        check_permissions: bool,
    ) -> None:
        self.outbox = outbox
        self.network = network
        self.suppressed = suppressed
        self.clock = clock
        self.check_permissions = check_permissions
        """Let the emulator judge each send as well, so that a missing permission shows."""
        self.emulator_port = 0
        self.on_swallowed: Callable[[Message], None] = lambda _: None
        """Called with each message that is taken and not sent, since its contact is on a list."""
        self._handed_over = 0
        self._lock = threading.Lock()
        handler = type("Handler", (_EdgeHandler,), {"edge": self})
        self.server = LoopbackServer(handler)

    @property
    def handed_over(self) -> int:
        """Asynchronous function calls accepted so far."""
        with self._lock:
            return self._handed_over

    def is_listed(self, message: Message) -> bool:
        """Tell whether a message's contact opted out of texts, or is an address gone bad."""
        if message.channel == "text":
            return self.network.is_opted_out(message.to)
        return self.suppressed.holds(message.to)

    def count_hand_over(self) -> None:
        """Note one more accepted asynchronous call."""
        with self._lock:
            self._handed_over += 1


class _EdgeHandler(QuietHandler):
    edge: Edge

    def do_POST(self) -> None:
        """Route one API call: a text, an email, or something for the emulator."""
        body = self.read_body()
        if self.path == _SEND_EMAIL_PATH:
            self._send(_EmailApi, _email_message(json.loads(body), self.edge), body)
            return
        form = {name: values[0] for name, values in parse_qs(body.decode("latin-1")).items()}
        if form.get("Action") == "Publish" and "PhoneNumber" in form:
            form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            self._send(_TextApi, _text_message(form, self.edge), body)
            return
        if form.get("Action") in _OPT_OUT_ACTIONS:
            if self._is_permitted(body):
                self._opt_outs(form)
            return
        self._pass_on(body)

    def _opt_outs(self, form: Mapping[str, str]) -> None:
        """Answer about the list of numbers that opted out, which the emulator does not keep."""
        network, number = self.edge.network, form.get("phoneNumber", "")
        action = form["Action"]
        if action == "CheckIfPhoneNumberIsOptedOut":
            said = str(network.is_opted_out(number)).lower()
            self.answer(*_TextApi.result(action, f"<isOptedOut>{said}</isOptedOut>"))
        elif action == "OptInPhoneNumber":
            try:
                network.opt_in(number)
            except OptedInLately:
                refusal = (400, "InvalidParameter", "Invalid parameter: opted in lately")
                self.answer(*_TextApi.refused(*refusal))
                return
            self.answer(*_TextApi.result(action, ""))
        else:
            self._list_opt_outs(form)

    def _list_opt_outs(self, form: Mapping[str, str]) -> None:
        if not form.get("nextToken", "0").isdigit():
            refusal = (400, "InvalidParameter", "Invalid parameter: nextToken")
            self.answer(*_TextApi.refused(*refusal))
            return
        members = "".join(f"<member>{each}</member>" for each in self._page(form))
        after = self._next(form)
        token = f"<nextToken>{after}</nextToken>" if after else ""
        content = f"<phoneNumbers>{members}</phoneNumbers>{token}"
        self.answer(*_TextApi.result(form["Action"], content))

    def _page(self, form: Mapping[str, str]) -> list[str]:
        begin = int(form.get("nextToken") or 0)
        return self.edge.network.opted_out()[begin : begin + _NUMBERS_A_PAGE]

    def _next(self, form: Mapping[str, str]) -> str:
        end = int(form.get("nextToken") or 0) + _NUMBERS_A_PAGE
        return str(end) if end < len(self.edge.network.opted_out()) else ""

    def do_GET(self) -> None:
        """Pass every other call on to the emulator."""
        self._pass_on(self.read_body())

    do_PUT = do_PATCH = do_GET

    def do_DELETE(self) -> None:
        """Take an address off the list of SES, which the emulator does not keep."""
        if not self.path.startswith(_SUPPRESSED_PATH):
            self.do_GET()
        elif not self._is_permitted(b""):
            pass
        elif self.edge.suppressed.take_off(unquote(self.path.removeprefix(_SUPPRESSED_PATH))):
            self.answer(HTTPStatus.OK, b"{}", _json_headers())
        else:
            self.answer(*_EmailApi.refused(404, "NotFoundException", "Email address is not listed"))

    def _pass_on(self, body: bytes) -> None:
        status, headers, answer = forward(self, body, port=self.edge.emulator_port)
        asynchronous = self.headers.get("X-Amz-Invocation-Type") == "Event"
        if asynchronous and status == HTTPStatus.ACCEPTED and _SCAN in self.path:
            self.edge.count_hand_over()
        self.answer(status, answer, headers)

    def _is_permitted(self, body: bytes, *, emulator_knows_it: bool = False) -> bool:
        """Tell whether the emulator's IAM lets the caller do it, and pass its refusal on.

        It asks for permission before it looks at the call. Of one that it knows, whatever else it
        refuses counts as well.
        """
        if not self.edge.check_permissions:
            return True
        status, headers, answer = forward(self, body, port=self.edge.emulator_port)
        broken = emulator_knows_it and status >= HTTPStatus.BAD_REQUEST
        if status != HTTPStatus.FORBIDDEN and not broken:
            return True
        self.answer(status, answer, headers)
        return False

    def _send(self, api: type[_TextApi | _EmailApi], message: Message, body: bytes) -> None:
        if not self._is_permitted(body, emulator_knows_it=True):
            return
        if self.edge.is_listed(message):
            # The provider takes it, says that all is well, and does not send it.
            self.edge.outbox.swallow(message)
            self.edge.on_swallowed(message)
            self.answer(*api.accepted(message.message_id))
            return
        fault = self.edge.outbox.admit(message)
        if fault is None:
            self.answer(*api.accepted(message.message_id))
        elif fault in api.errors:
            self.answer(*api.refused(*api.errors[fault]))
        elif fault in (FaultMode.SERVER_ERROR_BEFORE, FaultMode.SERVER_ERROR_AFTER):
            self.answer(*api.refused(500, api.server_error, "An internal error occurred"))
        else:
            if fault in (FaultMode.HANG_BEFORE, FaultMode.HANG_AFTER):
                self.edge.server.stopping.wait(_HANG_SECONDS)
            self.reset_connection()


class _TextApi:
    """SNS answers: the query protocol's XML."""

    errors = _TEXT_ERRORS
    server_error = "InternalError"

    @classmethod
    def accepted(cls, message_id: str) -> tuple[int, bytes, dict[str, str]]:
        return cls.result("Publish", f"<MessageId>{message_id}</MessageId>")

    @staticmethod
    def result(action: str, content: str) -> tuple[int, bytes, dict[str, str]]:
        return 200, *_xml(
            f"{action}Response",
            f"<{action}Result>{content}</{action}Result>"
            f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata>",
        )

    @staticmethod
    def refused(status: int, code: str, message: str) -> tuple[int, bytes, dict[str, str]]:
        fault = "Receiver" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "Sender"
        return status, *_xml(
            "ErrorResponse",
            f"<Error><Type>{fault}</Type><Code>{code}</Code>"
            f"<Message>{escape(message)}</Message></Error><RequestId>{uuid.uuid4()}</RequestId>",
        )


class _EmailApi:
    """SES v2 answers: REST with JSON."""

    errors = _EMAIL_ERRORS
    server_error = "InternalServiceErrorException"

    @staticmethod
    def accepted(message_id: str) -> tuple[int, bytes, dict[str, str]]:
        return 200, json.dumps({"MessageId": message_id}).encode(), _json_headers()

    @staticmethod
    def refused(status: int, code: str, message: str) -> tuple[int, bytes, dict[str, str]]:
        headers = _json_headers() | {"x-amzn-ErrorType": code}
        return status, json.dumps({"message": message}).encode(), headers


def _xml(element: str, content: str) -> tuple[bytes, dict[str, str]]:
    body = f'<{element} xmlns="{_SNS_NAMESPACE}">{content}</{element}>'
    return body.encode(), {"Content-Type": "text/xml", "x-amzn-RequestId": str(uuid.uuid4())}


def _json_headers() -> dict[str, str]:
    return {"Content-Type": "application/json", "x-amzn-RequestId": str(uuid.uuid4())}


def _text_message(form: Mapping[str, str], edge: Edge) -> Message:
    return Message(
        channel="text",
        to=form["PhoneNumber"],
        subject=None,
        text=form["Message"],
        html=None,
        headers={},
        link=find_link(form["Message"]),
        sent_at=edge.clock.now(),
        message_id=str(uuid.uuid4()),
    )


def _email_message(request: dict[str, Any], edge: Edge) -> Message:
    """Read a SendEmail request with simple content, the only kind we send."""
    content = request["Content"]["Simple"]
    text = content["Body"].get("Text", {}).get("Data", "")
    headers = {"From": request["FromEmailAddress"]}
    if request.get("ReplyToAddresses"):
        headers["Reply-To"] = ", ".join(request["ReplyToAddresses"])
    headers |= {header["Name"]: header["Value"] for header in content.get("Headers", [])}
    return Message(
        channel="email",
        to=request["Destination"]["ToAddresses"][0],
        subject=content["Subject"]["Data"],
        text=text,
        html=content["Body"].get("Html", {}).get("Data"),
        headers=headers,
        link=find_link(text),
        sent_at=edge.clock.now(),
        message_id=str(uuid.uuid4()),
        tags={tag["Name"]: [tag["Value"]] for tag in request.get("EmailTags", [])},
    )
