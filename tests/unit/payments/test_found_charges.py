"""What the gateway's books say of one of our attempts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from balance_alerts.domain.attempt import Attempt, AttemptState
from balance_alerts.gateway.codes import ChargeOutcome
from balance_alerts.gateway.reports import TransactionDetails
from balance_alerts.payments.found import answer_of, is_charge_of

BEGUN_AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
ATTEMPT_ID = "ba234567abcdefghijkl"
ATTEMPT = Attempt(
    practice_id="harbor",
    patient_id="p-1",
    attempt_id=ATTEMPT_ID,
    amount_cents=50_00,
    case_id=None,
    state=AttemptState.UNKNOWN,
    begun_at=BEGUN_AT,
    news_at=BEGUN_AT,
)
FOUND = TransactionDetails(
    trans_id="60000000001",
    ref_trans_id=None,
    ref_id=ATTEMPT_ID,
    invoice_number=ATTEMPT_ID,
    kind="authCaptureTransaction",
    status="capturedPendingSettlement",
    reason_code="1",
    auth_code="HW617E",
    submitted_at=BEGUN_AT,
    requested_cents=50_00,
    authorised_cents=50_00,
    settled_cents=50_00,
    card_type="Visa",
    last_four="1111",
    batch_id=None,
    settled_at=None,
)
APPROVED, DECLINED, FAILED, HELD, UNKNOWN = (
    ChargeOutcome.APPROVED,
    ChargeOutcome.DECLINED,
    ChargeOutcome.FAILED,
    ChargeOutcome.HELD,
    ChargeOutcome.UNKNOWN,
)


@pytest.mark.parametrize(
    ("status", "outcome", "detail"),
    [
        ("capturedPendingSettlement", APPROVED, ""),
        ("settledSuccessfully", APPROVED, ""),
        ("FDSPendingReview", HELD, "held_for_review"),
        ("FDSAuthorizedPendingReview", HELD, "held_for_review"),
        ("declined", DECLINED, "declined"),
        ("failedReview", DECLINED, "declined"),
        ("expired", FAILED, "not_taken"),
        ("communicationError", FAILED, "not_taken"),
        ("voided", FAILED, "voided"),
        ("settlementError", UNKNOWN, "not_settled"),
        ("chargeback", APPROVED, ""),
        ("chargebackReversal", APPROVED, ""),
        ("neverSeenBefore", UNKNOWN, "undecided"),
    ],
)
def test_a_status_is_the_answer_that_never_came(
    status: str, outcome: ChargeOutcome, detail: str
) -> None:
    answer = answer_of(replace(FOUND, status=status), ATTEMPT)
    assert (answer.outcome, answer.detail) == (outcome, detail)
    assert (answer.trans_id, answer.card_type, answer.last_four) == ("60000000001", "Visa", "1111")


@pytest.mark.parametrize(
    "changes",
    [
        {"ref_id": None},
        {"ref_id": "ba0"},
        {"invoice_number": None},
        {"invoice_number": "4711"},
        {"kind": "refundTransaction"},
    ],
)
def test_a_charge_that_is_not_ours_decides_nothing(changes: dict[str, str | None]) -> None:
    other = replace(FOUND, **changes)  # type: ignore[arg-type]  # texts, all of them
    assert not is_charge_of(other, ATTEMPT)
    answer = answer_of(other, ATTEMPT)
    assert (answer.outcome, answer.detail) == (UNKNOWN, "another_transaction")
    assert answer.trans_id is None


@pytest.mark.parametrize("name", ["requested_cents", "authorised_cents", "settled_cents"])
def test_a_charge_of_another_amount_decides_nothing(name: str) -> None:
    answer = answer_of(replace(FOUND, **{name: 49_99}), ATTEMPT)
    assert (answer.outcome, answer.detail) == (UNKNOWN, "another_amount")
    assert answer_of(replace(FOUND, **{name: None}), ATTEMPT).outcome is APPROVED
