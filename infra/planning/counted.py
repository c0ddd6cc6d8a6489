"""What the system asks of AWS for each piece of work: counted, not guessed.

tests/stack/test_counted.py counts it at the transport, test_logged.py beside it what is logged, and
tests/browser/journeys/test_requests_counted.py what a visit asks for; they fail where a figure here
is not what they find.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SLICE = 25
"""Accounts a message holds."""

LINES = 100
"""Lines of the files whose import is counted."""


@dataclass(frozen=True, slots=True)
class Work:
    """Calls to the table by name, and the units billed: reads of 4 KB, writes of 1 KB.

    Consistent reads are one unit, others half of one; writes count those of the indexes.
    """

    calls: Mapping[str, int]
    read_units: float
    write_units: float

    @property
    def table_calls(self) -> int:
        """How often the table is asked."""
        return sum(self.calls.values())


_SLICE = {"BatchGetItem": 2, "TransactWriteItems": 1, "BatchExecuteStatement": 1}

WORK: Mapping[str, Work] = {
    "slice of 25 by text": Work(_SLICE | {"BatchWriteItem": 2}, 79, 127),
    "slice of 25 by email": Work(_SLICE | {"BatchWriteItem": 2}, 79, 127),
    "slice of 25 by both": Work(_SLICE | {"BatchWriteItem": 3}, 79, 152),
    "slice of one by text": Work(_SLICE | {"BatchWriteItem": 2}, 7, 7),
    "slice that was sent before": Work({"BatchGetItem": 2}, 104, 0),
    "scan of one practice, nobody due": Work({"BatchGetItem": 1, "Query": 2}, 4, 0),
    "report on a text": Work({"PutItem": 1}, 0, 1),
    "report on an email": Work({"PutItem": 1}, 0, 1),
    "sign in": Work({"BatchGetItem": 2, "UpdateItem": 2, "PutItem": 1}, 3, 3),
    "balance": Work({"BatchGetItem": 1, "Query": 1}, 4, 0),
    "activity": Work({"BatchGetItem": 1, "Query": 1}, 4, 0),
    "payment": Work({"BatchGetItem": 3, "Query": 3, "TransactWriteItems": 2}, 14, 32),
    "reconciliation of one practice, nothing open": Work({"Query": 2, "BatchGetItem": 2}, 4, 0),
    "nightly sweep with one payment": Work(
        {"Query": 4, "BatchGetItem": 3, "UpdateItem": 2, "TransactWriteItems": 1}, 7, 6
    ),
    "import of 100 patients": Work(
        {"PutItem": 1, "BatchGetItem": 202, "UpdateItem": 3, "TransactWriteItems": 100}, 203, 1004
    ),
    "import of 100 entries": Work(
        {"PutItem": 1, "BatchGetItem": 5, "UpdateItem": 3, "TransactWriteItems": 100}, 303, 1104
    ),
    "import of 100 entries again": Work({"PutItem": 1, "BatchGetItem": 5, "UpdateItem": 3}, 303, 4),
}

GATEWAY_CALLS: Mapping[str, int] = {
    "getUnsettledTransactionListRequest": 1,
    "getSettledBatchListRequest": 6,
    "getTransactionListRequest": 1,
}
"""What a nightly sweep asks Authorize.net, with one batch to read."""

DUE_ENTRY_BYTES = 296
"""An account in the index that a scan reads."""

PRACTICE_ENTRY_BYTES = 341
"""A practice in the index of those that send."""

STORED_BYTES: Mapping[str, int] = {
    "account without a charge": 1809,
    "account with a charge": 3378,
    "alert by text and email": 1639,
}
"""What is kept for each, with 100 bytes more an item and index entry, as AWS bills them."""

LOGGED_BYTES: Mapping[str, int] = {
    "scan": 1120,
    "slice": 1147,
    "reconciliation": 1752,
    "report on a text": 724,
    "report on an email": 719,
    "portal request": 448,
}
"""What one run of a function writes into its log: a line that tells, and its metrics."""

REQUESTS: Mapping[str, int] = {"link opened": 28, "signed in": 2, "paid": 3}
"""Requests of a browser that comes for the first time, each to the API: the page's parts as well.

The gateway's own form is not among them.
"""

SENT_BYTES: Mapping[str, int] = {"link opened": 118_100, "signed in": 1_270, "paid": 2_410}
"""What the API answers to them."""

CUSTOM_METRICS = 95
ALARMS = 27
DASHBOARDS = 2
"""What infra/observability.yaml and the functions make; a metric has its function as dimension."""
