"""What each answer of the gateway to a charge means for the patient's money."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from balance_alerts.gateway.answers import (
    ChargeAnswer,
    GarbledAnswerError,
    cents,
    decode,
    judge_charge,
)
from balance_alerts.gateway.codes import ChargeOutcome

APPROVED, DECLINED, FAILED, HELD, UNKNOWN, UNAVAILABLE = ChargeOutcome


def response(code: object, *reasons: str, **more: Any) -> dict[str, Any]:
    errors = [{"errorCode": reason, "errorText": "No."} for reason in reasons]
    shown = {"responseCode": code, "transId": "600", "accountNumber": "XXXX1111", **more}
    return {"transactionResponse": shown | ({"errors": errors} if errors else {})}


def top(code: str = "I00001", result: str = "Ok", **more: Any) -> dict[str, Any]:
    messages = {"resultCode": result, "message": [{"code": code, "text": "..."}]}
    return {"messages": messages, **more}


def error(code: str, **more: Any) -> dict[str, Any]:
    return top(code, "Error", **more)


def judged(answer: dict[str, Any]) -> ChargeAnswer:
    body = b"\xef\xbb\xbf" + json.dumps(answer).encode()
    return judge_charge(decode(body), attempt_id="ba1", amount_cents=12_34)


@pytest.mark.parametrize(
    ("answer", "outcome", "detail"),
    [
        pytest.param(top(**response("1")), APPROVED, "", id="approved"),
        pytest.param(top(**response(1)), APPROVED, "", id="approved, as a number"),
        pytest.param(error("E00027", **response("1")), APPROVED, "", id="approved under an error"),
        pytest.param(response("1"), APPROVED, "", id="approved without messages"),
        pytest.param(top(**response("1"), refId="ba1"), APPROVED, "", id="approved, our reference"),
        pytest.param(
            top(**response("1"), refId="ba2"), UNKNOWN, "answer_to_another", id="another's answer"
        ),
        pytest.param(
            top(**response("1", transId="0")), UNKNOWN, "no_transaction_id", id="approved nothing"
        ),
        pytest.param(
            top(**response("1", transId=None)), UNKNOWN, "no_transaction_id", id="no transId"
        ),
        pytest.param(
            top(**response("1", transId="0", testRequest="1")), FAILED, "test_mode", id="test mode"
        ),
        pytest.param(
            top(**response("1", prePaidCard={"approvedAmount": "5.00"})),
            UNKNOWN, "partial_approval", id="a part approved",
        ),
        pytest.param(
            top(**response("1", prePaidCard={"approvedAmount": "12.34"})),
            APPROVED, "", id="a prepaid card, all of it",
        ),
        pytest.param(
            top(**response("4", "295")), UNKNOWN, "partial_approval", id="295 partial approval"
        ),
        pytest.param(error("E00027", **response("2", "2")), DECLINED, "declined", id="declined"),
        pytest.param(top(**response("2", "2")), DECLINED, "declined", id="declined under an Ok"),
        pytest.param(
            error("E00027", **response("2", "27", transId="0")), DECLINED, "declined", id="2/27 avs"
        ),
        pytest.param(top(**response("4", "252")), HELD, "held_for_review", id="held 252"),
        pytest.param(top(**response("4", "253")), HELD, "held_for_review", id="held 253"),
        pytest.param(
            top(**response("3", "37")), FAILED, "invalid_card_number", id="failed under an Ok"
        ),
        pytest.param(error("E00027", **response("3", "8")), FAILED, "card_expired", id="8"),
        pytest.param(error("E00027", **response("3", "13")), FAILED, "credentials", id="13"),
        pytest.param(error("E00027", **response("3", "5")), FAILED, "invalid_amount", id="5"),
        pytest.param(
            error("E00027", **response("3", "17")), FAILED, "card_type_not_accepted", id="17"
        ),
        pytest.param(error("E00027", **response("3", "11")), UNKNOWN, "duplicate", id="11"),
        pytest.param(
            error("E00027", **response("3", "5", "11")), UNKNOWN, "duplicate", id="5 and 11"
        ),
        *[
            pytest.param(
                error("E00027", **response("3", code)), UNKNOWN, "processor_trouble", id=code
            )
            for code in ("19", "20", "21", "22", "23", "25", "26")
        ],
        *[
            pytest.param(
                error("E00027", **response("3", code)), UNKNOWN, "processor_timeout", id=code
            )
            for code in ("120", "121", "122")
        ],
        pytest.param(
            error("E00027", **response("3", "999")), UNKNOWN, "gateway_error", id="new reason"
        ),
        pytest.param(
            error("E00027", **response("3")), UNKNOWN, "gateway_error", id="3 without a reason"
        ),
        pytest.param(
            top(**response("9")), UNKNOWN, "unknown_response_code", id="a new response code"
        ),
        *[
            pytest.param(error(code, transactionResponse={}), FAILED, detail, id=code)
            for code, detail in {
                "E00003": "request", "E00007": "credentials", "E00008": "credentials",
                "E00013": "request", "E00014": "request", "E00015": "request",
                "E00016": "request", "E00113": "card_token_invalid", "E00114": "card_token_used",
                "E00115": "card_token_expired", "E00116": "card_token_of_other_merchant",
            }.items()
        ],
        *[
            pytest.param(error(code), UNKNOWN, "gateway_trouble", id=code)
            for code in (
                "E00001", "E00027", "E00049", "E00053", "E00062", "E00104", "E00117", "E99999",
            )
        ],
        pytest.param(top(), UNKNOWN, "gateway_trouble", id="an Ok of nothing"),
        pytest.param({}, UNKNOWN, "no_answer_in_answer", id="nothing at all"),
        pytest.param({"transactionResponse": None}, UNKNOWN, "no_answer_in_answer", id="null"),
        pytest.param({"transactionResponse": []}, UNKNOWN, "no_answer_in_answer", id="a list"),
        pytest.param(
            {"messages": {"resultCode": "Error", "message": {"code": "E00007", "text": ""}}},
            FAILED, "credentials", id="one message instead of a list",
        ),
        pytest.param(
            response("3", errors={"errorCode": "37"}),
            FAILED, "invalid_card_number", id="one error instead of a list",
        ),
        pytest.param(
            error("E00007", transactionResponse={"responseCode": True}),
            FAILED, "credentials", id="a response code that is none",
        ),
    ],
)  # fmt: skip
def test_an_answer_means(answer: dict[str, Any], outcome: ChargeOutcome, detail: str) -> None:
    found = judged(answer)
    assert (found.outcome, found.detail) == (outcome, detail)


def test_an_approval_carries_what_the_receipt_and_the_reports_need() -> None:
    more = {"authCode": "HW617E", "accountType": "Visa", "messages": [{"code": "1"}]}
    assert judged(top(**response("1", **more))) == ChargeAnswer(
        outcome=APPROVED,
        reason_code="1",
        trans_id="600",
        auth_code="HW617E",
        card_type="Visa",
        last_four="1111",
    )


@pytest.mark.parametrize("code", ["2", "3", "4"])
def test_a_transaction_is_named_whatever_became_of_it(code: str) -> None:
    assert judged(response(code, "2")).trans_id == "600"


def test_what_is_no_code_is_repeated_nowhere() -> None:
    assert judged(error("Ana Diaz, 80202")).reason_code is None


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\xef\xbb\xbf", b"<html>", b"[]", b"null", b"7", b'"Ok"', b'{"messages": {"resu',
        b"\xff\xfe{\x00}\x00", b"{" * 100_000, b'{"a":' + b"9" * 5000 + b"}",
    ],
    ids=lambda body: repr(body[:12]),
)  # fmt: skip
def test_a_garbled_answer_is_no_answer(body: bytes) -> None:
    with pytest.raises(GarbledAnswerError):
        decode(body)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["without", "with"])
def test_the_byte_order_mark_is_dropped_if_it_is_there(mark: bytes) -> None:
    assert decode(mark + b'{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("12.34", 1234), ('"12.34"', 1234), ("10.10", 1010), ("5", 500), ("0.1", 10), ("0.07", 7),
        ("300.0000", 30000), ("-5.00", -500), ("null", None), ('""', None), ("1000000000", 10**11),
    ],
)  # fmt: skip
def test_amounts_are_read_exactly(written: str, expected: int | None) -> None:
    assert cents(decode(b'{"a": ' + written.encode() + b"}"), "a") == expected


@pytest.mark.parametrize("written", ["0.001", "1e3", '"1,000.00"', '"x"', "1" + "0" * 12 + ".00"])
def test_what_is_no_amount_is_not_read_as_one(written: str) -> None:
    with pytest.raises(GarbledAnswerError):
        cents(decode(b'{"a": ' + written.encode() + b"}"), "a")


NAMES = st.sampled_from(
    ["transactionResponse", "messages", "message", "code", "resultCode", "errors", "errorCode",
     "transId", "accountNumber", "refId", "prePaidCard", "approvedAmount"]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 999) | st.sampled_from(["", "1", "E00007"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(NAMES, JSON, max_size=4))
def test_no_answer_without_a_response_code_is_an_approval(answer: dict[str, Any]) -> None:
    assert judged(answer).outcome in (FAILED, UNKNOWN)
