"""Which lines of the gateway's books are looked at more closely by the nightly sweep."""

from __future__ import annotations

import pytest

from balance_alerts.domain.ledger import EntryKind
from balance_alerts.gateway.reports import ListedTransaction
from balance_alerts.payments.sweep import deserves_a_look

OURS, THEIRS = "ba234567abcdefghijkl", "4711"
PAYMENT, REFUND = EntryKind.PAYMENT, EntryKind.REFUND


@pytest.mark.parametrize(
    ("status", "invoice_number", "posted_as", "looked_at"),
    [
        ("capturedPendingSettlement", OURS, None, True),
        ("settledSuccessfully", OURS, None, True),
        ("settledSuccessfully", THEIRS, None, False),
        ("settledSuccessfully", None, None, False),
        ("settledSuccessfully", OURS[:-1], None, False),
        ("settledSuccessfully", OURS, PAYMENT, False),
        ("declined", OURS, None, False),
        ("FDSPendingReview", OURS, None, False),
        ("voided", OURS, None, False),
        ("voided", OURS, PAYMENT, True),
        ("voided", None, REFUND, True),
        ("chargeback", THEIRS, None, True),
        ("chargeback", OURS, PAYMENT, True),
        ("chargebackReversal", OURS, PAYMENT, True),
        ("settlementError", OURS, PAYMENT, True),
        ("expired", OURS, PAYMENT, True),
        ("updatingSettlement", OURS, PAYMENT, False),
        ("refundPendingSettlement", None, None, True),
        ("refundSettledSuccessfully", THEIRS, None, True),
        ("refundSettledSuccessfully", THEIRS, REFUND, False),
    ],
)
def test_lines_that_may_say_something_new_are_looked_at(
    status: str, invoice_number: str | None, posted_as: EntryKind | None, *, looked_at: bool
) -> None:
    line = ListedTransaction(
        trans_id="60",
        invoice_number=invoice_number,
        status=status,
        submitted_at=None,
        amount_cents=50_00,
    )
    assert deserves_a_look(line, posted_as) is looked_at
