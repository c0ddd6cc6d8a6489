"""What the gateway's codes mean: certainly not charged, or nobody can say.

The tables name what is *certain*. A code that is in none of them leaves the outcome unknown, which
costs the patient a wait; a wrong "not charged" would cost them a second charge.
"""

from __future__ import annotations

from enum import StrEnum


class ChargeOutcome(StrEnum):
    """What one charge call did, as far as that can be known.

    APPROVED: the money is on its way.
    DECLINED: the card's bank or a filter said no; not charged.
    FAILED: the gateway could not take it; not charged. `detail` tells whose fault it is.
    HELD: accepted, and waiting for the practice to review it; nothing is paid until released.
    UNKNOWN: charged or not; must be looked up, and never charged again before that.
    UNAVAILABLE: the gateway was never reached; certainly not charged.
    """

    APPROVED = "approved"
    DECLINED = "declined"
    FAILED = "failed"
    HELD = "held"
    UNKNOWN = "unknown"
    UNAVAILABLE = "unavailable"


class ChargeState(StrEnum):
    """What a transaction's status says about the money of a charge.

    TAKEN: captured, on its way to the practice or there. HELD: waits for a review. NOT_TAKEN: will
    never be captured. VOIDED: was taken back before it settled. CHARGED_BACK: was taken, and the
    card's bank took it back; WON_BACK: and gave it again. NOT_SETTLED: was captured, and the money
    did not come. UNDECIDED: ask again later.
    """

    TAKEN = "taken"
    HELD = "held"
    NOT_TAKEN = "not_taken"
    VOIDED = "voided"
    CHARGED_BACK = "charged_back"
    WON_BACK = "won_back"
    NOT_SETTLED = "not_settled"
    UNDECIDED = "undecided"


CREDENTIALS_REFUSED = "credentials"
"""The detail of a refusal that only other credentials can cure."""

RESPONSE_CODES = {
    "1": ChargeOutcome.APPROVED,
    "2": ChargeOutcome.DECLINED,
    "4": ChargeOutcome.HELD,
}
"""`responseCode`, the only judge of a charge; 3, an error, is judged by its reasons."""

CERTAIN_FAILURES = {
    "5": "invalid_amount",
    "6": "invalid_card_number",
    "7": "invalid_expiration",
    "8": "card_expired",
    "13": CREDENTIALS_REFUSED,
    "17": "card_type_not_accepted",
    "24": "merchant_set_up",
    "27": "address_mismatch",
    "28": "card_type_not_accepted",
    "33": "field_missing",
    "37": "invalid_card_number",
    "44": "card_code_mismatch",
    "45": "card_code_mismatch",
    "65": "card_code_mismatch",
    "78": "invalid_card_code",
}
"""Reasons of response code 3 for which the gateway refused before any bank was asked, or in which
its answer is a refusal."""

DUPLICATE = "11"

_PROCESSOR_TROUBLE = frozenset({"19", "20", "21", "22", "23", "25", "26"})
"""The gateway asked a processor and got no proper answer. The card is hardly ever charged, but an
authorisation may stand at the bank, and trying again may leave several. The gateway asks for a
pause of five minutes, and it lists such a transaction with a status that settles the matter at the
first look-up. Calling it unknown makes that pause and asks that question."""

_AUTO_VOIDED = frozenset({"120", "121", "122"})
"""The processor timed out and the gateway tried to take it back, successfully or not."""

_PARTIAL = "295"

CERTAIN_REFUSALS = {
    "E00002": "request",
    "E00003": "request",
    "E00004": "request",
    "E00005": CREDENTIALS_REFUSED,
    "E00006": CREDENTIALS_REFUSED,
    "E00007": CREDENTIALS_REFUSED,
    "E00008": CREDENTIALS_REFUSED,
    "E00009": "test_mode",
    "E00010": "permission",
    "E00011": "permission",
    "E00013": "request",
    "E00014": "request",
    "E00015": "request",
    "E00016": "request",
    "E00113": "card_token_invalid",
    "E00114": "card_token_used",
    "E00115": "card_token_expired",
    "E00116": "card_token_of_other_merchant",
}
"""Codes of an answer without a transaction: the request was turned away at the door.

`card_token_used` is certain for a token that is sent for the first time; for one that was sent
before it says nothing about that first time. Only the caller knows which it is."""

CARD_FAULTS = frozenset(
    {
        "address_mismatch",
        "card_code_mismatch",
        "card_expired",
        "card_token_expired",
        "card_token_invalid",
        "card_token_of_other_merchant",
        "card_token_used",
        "card_type_not_accepted",
        "invalid_card_code",
        "invalid_card_number",
        "invalid_expiration",
    }
)
"""Details of failures that are cured by entering a card again, or another one."""

_STATES = {
    ChargeState.TAKEN: ("capturedPendingSettlement", "settledSuccessfully"),
    ChargeState.HELD: (
        "FDSPendingReview",
        "FDSAuthorizedPendingReview",
        "underReview",
        "authorizedPendingRelease",
    ),
    ChargeState.NOT_TAKEN: (
        "communicationError",
        "declined",
        "expired",
        "failedReview",
        "generalError",
    ),
    ChargeState.VOIDED: ("voided",),
    ChargeState.CHARGED_BACK: ("chargeback",),
    ChargeState.WON_BACK: ("chargebackReversal",),
    ChargeState.NOT_SETTLED: ("settlementError", "returnedItem"),
}
WAS_TAKEN = frozenset({ChargeState.TAKEN, ChargeState.CHARGED_BACK, ChargeState.WON_BACK})
"""States of a charge that belongs in the ledger, whatever was taken back of it later."""

BANKS_WORD = frozenset({ChargeState.CHARGED_BACK, ChargeState.WON_BACK})
"""States that the card's bank brought about, long after the charge."""

NO_CHARGE = frozenset({ChargeState.NOT_TAKEN, ChargeState.VOIDED})
"""States of a charge that certainly takes no money, now or later."""

_GIVEN_BACK = frozenset({"refundpendingsettlement", "refundsettledsuccessfully"})
_STATE_OF = {status.lower(): state for state, names in _STATES.items() for status in names}


def reasons_outcome(reasons: tuple[str, ...]) -> tuple[ChargeOutcome, str]:
    """The outcome and detail of response code 3 with these reasons."""
    if reasons and all(reason in CERTAIN_FAILURES for reason in reasons):
        return ChargeOutcome.FAILED, CERTAIN_FAILURES[reasons[0]]
    return ChargeOutcome.UNKNOWN, _why_unknown(reasons)


def refusal_outcome(codes: tuple[str, ...]) -> tuple[ChargeOutcome, str]:
    """The outcome and detail of an answer that holds no transaction."""
    if codes and all(code in CERTAIN_REFUSALS for code in codes):
        return ChargeOutcome.FAILED, CERTAIN_REFUSALS[codes[0]]
    return ChargeOutcome.UNKNOWN, "gateway_trouble" if codes else "no_answer_in_answer"


def state_of(status: str) -> ChargeState:
    """What a transaction's status says about its money; statuses never seen are undecided."""
    return _STATE_OF.get(status.lower(), ChargeState.UNDECIDED)


def is_given_back(status: str) -> bool:
    """Whether a refund's status says that its money goes back to the card."""
    return status.lower() in _GIVEN_BACK


def _why_unknown(reasons: tuple[str, ...]) -> str:
    if DUPLICATE in reasons:
        return "duplicate"
    if not _PROCESSOR_TROUBLE.isdisjoint(reasons):
        return "processor_trouble"
    if not _AUTO_VOIDED.isdisjoint(reasons):
        return "processor_timeout"
    return "partial_approval" if _PARTIAL in reasons else "gateway_error"
