"""The client of Authorize.net: one call each, typed answers, nothing tried twice."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from balance_alerts.gateway import requests
from balance_alerts.gateway.answers import (
    Answer,
    ChargeAnswer,
    GarbledAnswerError,
    decode,
    judge_charge,
    many,
    message_codes,
    result_code,
    text,
)
from balance_alerts.gateway.codes import (
    CERTAIN_REFUSALS,
    CREDENTIALS_REFUSED,
    ChargeOutcome,
)
from balance_alerts.gateway.reports import (
    Batch,
    ListedTransaction,
    MerchantDetails,
    TransactionDetails,
    read_batch,
    read_listed,
    read_merchant,
    read_transaction,
)
from balance_alerts.gateway.requests import Charge, Credentials
from balance_alerts.gateway.transport import (
    NeverConnectedError,
    NoAnswerError,
    Transport,
)

logger = logging.getLogger(__name__)

_Read = TypeVar("_Read")

_NO_RECORDS = "I00004"
_LONGEST_SPAN = timedelta(days=30)
"""The gateway lists batches of at most 31 days at once."""
_MOST_PAGES = 1000


class GatewayError(Exception):
    """A call other than a charge came to nothing. It proves nothing about any payment.

    Attributes:
        code: stable, lower snake case: `credentials`, `permission`, `not_connected`, `timeout`,
            `garbled`, `incomplete_list`, `gateway_trouble` and others.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CredentialsRefusedError(GatewayError):
    """The gateway knows no merchant by these credentials."""


class PermissionMissingError(GatewayError):
    """The merchant account does not allow this call; reporting has to be enabled in it."""


class _NotFoundError(GatewayError):
    """There is no such record."""


_KINDS = {CREDENTIALS_REFUSED: CredentialsRefusedError, "permission": PermissionMissingError}
_REFUSALS: dict[str, tuple[type[GatewayError], str]] = {
    code: (_KINDS.get(meaning, GatewayError), meaning) for code, meaning in CERTAIN_REFUSALS.items()
} | {"E00040": (_NotFoundError, "not_found")}


class AuthorizeNet:
    """One merchant account. Safe to share between threads."""

    def __init__(self, credentials: Credentials, transport: Transport) -> None:
        self._credentials = credentials
        self._transport = transport

    def charge(self, asked: Charge) -> ChargeAnswer:
        """Charge a card, once. Never raises for what the gateway or the network does.

        The answer to a charge whose outcome is `UNKNOWN` is found by `unsettled` and
        `batch_transactions`, by the attempt's id as invoice number.
        """
        started = time.monotonic()
        answer = self._charged(asked)
        logger.info(
            "charge of attempt %s: %s",
            asked.attempt_id,
            answer.outcome,
            extra={
                "attempt_id": asked.attempt_id,
                "outcome": answer.outcome.value,
                "detail": answer.detail,
                "reason_code": answer.reason_code,
                "trans_id": answer.trans_id,
                "milliseconds": round((time.monotonic() - started) * 1000),
            },
        )
        return answer

    def authenticate_test(self) -> None:
        """Check the credentials.

        Raises:
            CredentialsRefusedError: they are wrong, or belong to the other environment.
            GatewayError: it could not be found out.
        """
        self._ask(requests.authenticate_test(self._credentials))

    def merchant_details(self) -> MerchantDetails:
        """The merchant account's settings and its public client key.

        Raises:
            GatewayError: as `authenticate_test`.
        """
        return _read(read_merchant, self._ask(requests.merchant_details(self._credentials)))

    def transaction(self, trans_id: str) -> TransactionDetails | None:
        """One transaction, None where the gateway has none of that id.

        Raises:
            GatewayError: it could not be found out.
        """
        try:
            answer = self._ask(requests.transaction_details(self._credentials, trans_id))
        except _NotFoundError:
            return None
        details = _read(read_transaction, answer)
        if details.trans_id != trans_id:
            raise GatewayError("answer_to_another")
        return details

    def unsettled(self) -> list[ListedTransaction]:
        """Every transaction that is in no batch yet, declined ones and errors among them.

        Raises:
            GatewayError: it could not be found out, or not to the end of the list.
        """
        return self._all_pages(lambda page: requests.unsettled_list(self._credentials, page=page))

    def settled_batches(self, first: datetime, last: datetime) -> list[Batch]:
        """The batches settled between two instants (aware), both included.

        Raises:
            GatewayError: it could not be found out.
        """
        found: dict[str, Batch] = {}
        for start, end in _spans(first, last):
            request = requests.settled_batches(self._credentials, first=start, last=end)
            lines = self._lines(request, "batchList")[0]
            found |= {
                batch.batch_id: batch for batch in (_read(read_batch, line) for line in lines)
            }
        return list(found.values())

    def batch_transactions(self, batch_id: str) -> list[ListedTransaction]:
        """Every transaction of one batch.

        Raises:
            GatewayError: as `unsettled`.
        """
        return self._all_pages(
            lambda page: requests.batch_transactions(self._credentials, batch_id, page=page)
        )

    def _charged(self, asked: Charge) -> ChargeAnswer:
        try:
            answer = decode(
                self._transport.post(_encode(requests.charge(self._credentials, asked)))
            )
        except NeverConnectedError:
            return ChargeAnswer(outcome=ChargeOutcome.UNAVAILABLE, detail="not_connected")
        except NoAnswerError as error:
            return ChargeAnswer(outcome=ChargeOutcome.UNKNOWN, detail=error.reason)
        except GarbledAnswerError:
            return ChargeAnswer(outcome=ChargeOutcome.UNKNOWN, detail="garbled")
        return judge_charge(answer, attempt_id=asked.attempt_id, amount_cents=asked.amount_cents)

    def _ask(self, request: requests.Json) -> Answer:
        """The answer to anything but a charge, if it is a good one."""
        try:
            answer = decode(self._transport.post(_encode(request)))
        except NeverConnectedError as error:
            raise GatewayError("not_connected") from error
        except NoAnswerError as error:
            raise GatewayError(error.reason) from error
        except GarbledAnswerError as error:
            raise GatewayError("garbled") from error
        if result_code(answer) == "Ok":
            return answer
        code = next(iter(message_codes(answer)), "")
        kind, meaning = _REFUSALS.get(code, (GatewayError, "gateway_trouble"))
        raise kind(meaning)

    def _all_pages(self, request_of: Callable[[int], requests.Json]) -> list[ListedTransaction]:
        """All pages of a list, or an error: half a list would look like "was never charged"."""
        found: dict[str, ListedTransaction] = {}
        for page in range(1, _MOST_PAGES + 1):
            lines, total = self._lines(request_of(page), "transactions")
            listed = [_read(read_listed, line) for line in lines]
            fresh = {line.trans_id: line for line in listed if line.trans_id not in found}
            found |= fresh
            if len(lines) < requests.PAGE_LIMIT:
                if len(found) < total:
                    break
                return list(found.values())
            if not fresh:
                break
        raise GatewayError("incomplete_list")

    def _lines(self, request: requests.Json, name: str) -> tuple[list[Answer], int]:
        """A list of an answer and how many the gateway says there are; absent is not empty."""
        answer = self._ask(request)
        lines = answer.get(name)
        if lines is None and _NO_RECORDS in message_codes(answer):
            return [], 0
        if not isinstance(lines, list) or len(many(answer, name)) != len(lines):
            raise GatewayError("incomplete_list")
        total = text(answer, "totalNumInResultSet")
        return lines, int(total) if total.isdecimal() else 0


def _encode(request: requests.Json) -> bytes:
    return json.dumps(request).encode()


def _read(reader: Callable[[Answer], _Read], answer: Answer) -> _Read:
    try:
        return reader(answer)
    except GarbledAnswerError as error:
        raise GatewayError("garbled") from error


def _spans(first: datetime, last: datetime) -> Iterator[tuple[datetime, datetime]]:
    while first <= last:
        yield first, min(first + _LONGEST_SPAN, last)
        first += _LONGEST_SPAN
