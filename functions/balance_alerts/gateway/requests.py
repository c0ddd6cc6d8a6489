"""Requests to Authorize.net, with every key in its place.

The gateway turns JSON into XML and checks it against a schema of sequences: the right keys in the
wrong order are an error. Dictionaries keep the order in which they are written here; nothing may
sort them. Values that are too long are refused as well, so they are cut to the schema's lengths,
all but the attempt's id: half an id would find another payment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

LONGEST_ATTEMPT_ID = 20
"""The schema's limit for `refId` and `invoiceNumber`, which both carry the attempt's id."""

PAGE_LIMIT = 1000
"""Transactions a page of a list holds at most."""

_DUPLICATE_WINDOW_SECONDS = 28800
"""The longest there is. It judges by content, so it is a second lock on the door, not the first."""

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a practice enters to be paid online. Only the login id may be seen by anyone."""

    api_login_id: str
    transaction_key: str = field(repr=False)
    signature_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One charge to ask for.

    `attempt_id` is unique to the attempt and at most 20 characters; the gateway lists it as the
    invoice number and keeps it as reference. `data_descriptor` and `data_value` are the one-use
    token of the hosted card form. `description` goes to the gateway's screens and its receipts, so
    it must name nobody and no case.
    """

    attempt_id: str
    amount_cents: int
    data_descriptor: str
    data_value: str = field(repr=False)
    description: str = ""

    def __post_init__(self) -> None:
        if not 0 < len(self.attempt_id) <= LONGEST_ATTEMPT_ID:
            raise ValueError("an attempt's id has 1 to 20 characters and is never cut")
        if self.amount_cents <= 0:
            raise ValueError("a charge is above zero")


def charge(credentials: Credentials, asked: Charge) -> Json:
    """Charge a card: authorise and capture at once."""
    transaction: Json = {
        "transactionType": "authCaptureTransaction",
        "amount": dollars(asked.amount_cents),
        "payment": {
            "opaqueData": {
                "dataDescriptor": asked.data_descriptor,
                "dataValue": asked.data_value,
            }
        },
        "order": _given(
            invoiceNumber=asked.attempt_id,
            description=asked.description[:255],
        ),
        "transactionSettings": {
            "setting": [
                {"settingName": "allowPartialAuth", "settingValue": "false"},
                {"settingName": "duplicateWindow", "settingValue": str(_DUPLICATE_WINDOW_SECONDS)},
            ]
        },
    }
    return _request(
        "createTransactionRequest",
        credentials,
        {
            "refId": asked.attempt_id,
            "transactionRequest": transaction,
        },
    )


def authenticate_test(credentials: Credentials) -> Json:
    """Ask whether the credentials are good."""
    return _request("authenticateTestRequest", credentials, {})


def merchant_details(credentials: Credentials) -> Json:
    """Ask for the merchant account's settings and its public client key."""
    return _request("getMerchantDetailsRequest", credentials, {})


def transaction_details(credentials: Credentials, trans_id: str) -> Json:
    """Ask for everything about one transaction."""
    return _request("getTransactionDetailsRequest", credentials, {"transId": trans_id})


def unsettled_list(credentials: Credentials, *, page: int) -> Json:
    """Ask for one page of the transactions that are in no batch yet."""
    return _request("getUnsettledTransactionListRequest", credentials, _page(page))


def settled_batches(credentials: Credentials, *, first: datetime, last: datetime) -> Json:
    """Ask for the batches settled between two instants, at most 31 days apart."""
    return _request(
        "getSettledBatchListRequest",
        credentials,
        {
            "includeStatistics": True,
            "firstSettlementDate": _instant(first),
            "lastSettlementDate": _instant(last),
        },
    )


def batch_transactions(credentials: Credentials, batch_id: str, *, page: int) -> Json:
    """Ask for one page of a batch's transactions."""
    return _request("getTransactionListRequest", credentials, {"batchId": batch_id, **_page(page)})


def dollars(cents: int) -> str:
    """`1234.50` from cents: two decimals, no separators, never through a float."""
    whole, rest = divmod(cents, 100)
    return f"{whole}.{rest:02d}"


def _request(name: str, credentials: Credentials, body: Json) -> Json:
    return {
        name: {
            "merchantAuthentication": {
                "name": credentials.api_login_id,
                "transactionKey": credentials.transaction_key,
            },
            **body,
        }
    }


def _page(page: int) -> Json:
    """Newest first: what settles between two pages leaves at the far end and shifts nothing."""
    return {
        "sorting": {"orderBy": "submitTimeUTC", "orderDescending": True},
        "paging": {"limit": PAGE_LIMIT, "offset": page},
    }


def _given(**values: str) -> Json:
    """Only what has a value: an empty element is one the schema may refuse."""
    return {name: value for name, value in values.items() if value}


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
