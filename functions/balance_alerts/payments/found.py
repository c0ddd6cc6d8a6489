"""What a transaction found in the gateway's books says of one of our attempts."""

from __future__ import annotations

import re

from balance_alerts.domain.attempt import Attempt
from balance_alerts.gateway.answers import ChargeAnswer
from balance_alerts.gateway.codes import NO_CHARGE, WAS_TAKEN, ChargeOutcome, ChargeState
from balance_alerts.gateway.reports import TransactionDetails
from balance_alerts.payments.pay import ATTEMPT_PREFIX

_OUTCOMES = {
    ChargeState.TAKEN: ChargeOutcome.APPROVED,
    ChargeState.HELD: ChargeOutcome.HELD,
    ChargeState.NOT_TAKEN: ChargeOutcome.FAILED,
    ChargeState.VOIDED: ChargeOutcome.FAILED,
    # Taken first, taken back then: in the ledger these are two things.
    ChargeState.CHARGED_BACK: ChargeOutcome.APPROVED,
    ChargeState.WON_BACK: ChargeOutcome.APPROVED,
    ChargeState.NOT_SETTLED: ChargeOutcome.UNKNOWN,
    ChargeState.UNDECIDED: ChargeOutcome.UNKNOWN,
}
_DETAILS = {
    ChargeState.HELD: "held_for_review",
    ChargeState.NOT_TAKEN: "not_taken",
    ChargeState.VOIDED: "voided",
    ChargeState.NOT_SETTLED: "not_settled",
    ChargeState.UNDECIDED: "undecided",
}
_DECLINED = frozenset({"declined", "failedreview"})


_ATTEMPT_ID = re.compile(rf"{ATTEMPT_PREFIX}[a-z2-7]{{18}}", re.ASCII)


def is_ours(invoice_number: str | None) -> bool:
    """Whether an invoice number is an attempt's id, by its looks."""
    return invoice_number is not None and _ATTEMPT_ID.fullmatch(invoice_number) is not None


def marked_with(found: TransactionDetails) -> str | None:
    """The id of an attempt that a transaction bears, as its reference or as its invoice number."""
    return next((mark for mark in (found.ref_id, found.invoice_number) if is_ours(mark)), None)


def is_charge_of(found: TransactionDetails, attempt: Attempt) -> bool:
    """Whether it is the attempt's own charge, by both marks that it was sent with.

    Staff may type an invoice number of ours into another charge; the reference they cannot give.
    """
    return found.ref_id == found.invoice_number == attempt.attempt_id and not found.is_refund


def may_be_charge_of(found: TransactionDetails, attempt: Attempt) -> bool:
    """Whether it cannot be ruled out that it is the attempt's charge, and that it takes money.

    It bears one of the attempt's marks; or none of anybody's, and the gateway named it in its
    answer to the charge.
    """
    marks = {found.ref_id, found.invoice_number} - {None}
    hints = attempt.attempt_id in marks or (not marks and found.trans_id == attempt.trans_id)
    return hints and not found.is_refund and found.state not in NO_CHARGE


def answer_of(found: TransactionDetails, attempt: Attempt) -> ChargeAnswer:
    """The answer that the attempt's charge would have had, had it come.

    Another transaction, or another amount than was asked for, decides nothing.
    """
    if not is_charge_of(found, attempt):
        return ChargeAnswer(outcome=ChargeOutcome.UNKNOWN, detail="another_transaction")
    outcome, detail = _OUTCOMES[found.state], _DETAILS.get(found.state, "")
    if found.status.lower() in _DECLINED:
        outcome, detail = ChargeOutcome.DECLINED, "declined"
    amounts = {found.requested_cents, found.authorised_cents, found.settled_cents} - {None}
    if found.state in WAS_TAKEN and amounts != {attempt.amount_cents}:
        outcome, detail = ChargeOutcome.UNKNOWN, "another_amount"
    return ChargeAnswer(
        outcome=outcome,
        detail=detail,
        reason_code=found.reason_code,
        trans_id=found.trans_id,
        auth_code=found.auth_code,
        card_type=found.card_type,
        last_four=found.last_four,
    )
