"""Requests have their keys in the schema's order and their values within its lengths."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from balance_alerts.gateway import requests
from balance_alerts.gateway.requests import Charge, Credentials

CREDENTIALS = Credentials("login", "transaction-key", "signature-key")
FULL = Charge(
    attempt_id="ba34567890123456789x",
    amount_cents=1234,
    data_descriptor="COMMON.ACCEPT.INAPP.PAYMENT",
    data_value="nonce",
    description="Payment",
)

# Copied from the schema's sequences.
ORDERS = {
    "": [
        "merchantAuthentication", "clientId", "refId", "transactionRequest", "transId", "batchId",
        "status", "includeStatistics", "firstSettlementDate", "lastSettlementDate", "sorting",
        "paging",
    ],
    "merchantAuthentication": ["name", "transactionKey"],
    "transactionRequest": [
        "transactionType", "amount", "currencyCode", "payment", "profile", "solution", "callId",
        "terminalNumber", "authCode", "refTransId", "splitTenderId", "order", "lineItems", "tax",
        "duty", "shipping", "taxExempt", "poNumber", "customer", "billTo", "shipTo", "customerIP",
        "cardholderAuthentication", "retail", "employeeId", "transactionSettings", "userFields",
        "surcharge", "merchantDescriptor", "subMerchant", "tip", "processingOptions",
        "subsequentAuthInformation", "otherTax", "shipFrom", "authorizationIndicatorType",
    ],
    "payment": ["opaqueData"],
    "opaqueData": ["dataDescriptor", "dataValue"],
    "order": ["invoiceNumber", "description"],
    "customer": ["type", "id", "email"],
    "billTo": [
        "firstName", "lastName", "company", "address", "city", "state", "zip", "country",
        "phoneNumber", "faxNumber", "email",
    ],
    "transactionSettings": ["setting"],
    "setting": ["settingName", "settingValue"],
    "sorting": ["orderBy", "orderDescending"],
    "paging": ["limit", "offset"],
}  # fmt: skip

NOW = datetime(2026, 11, 23, 15, 4, 5, tzinfo=timezone(timedelta(hours=-7)))
EVERY_REQUEST = {
    "createTransactionRequest": requests.charge(CREDENTIALS, FULL),
    "authenticateTestRequest": requests.authenticate_test(CREDENTIALS),
    "getMerchantDetailsRequest": requests.merchant_details(CREDENTIALS),
    "getTransactionDetailsRequest": requests.transaction_details(CREDENTIALS, "600"),
    "getUnsettledTransactionListRequest": requests.unsettled_list(CREDENTIALS, page=1),
    "getSettledBatchListRequest": requests.settled_batches(CREDENTIALS, first=NOW, last=NOW),
    "getTransactionListRequest": requests.batch_transactions(CREDENTIALS, "7", page=2),
}


def assert_in_order(value: object, name: str = "") -> None:
    if isinstance(value, list):
        for each in value:
            assert_in_order(each, name)
    elif isinstance(value, dict):
        places = [ORDERS[name].index(key) for key in value]
        assert places == sorted(places), name
        for key, inner in value.items():
            assert_in_order(inner, key)


@pytest.mark.parametrize("name", EVERY_REQUEST)
def test_keys_come_in_the_schemas_order(name: str) -> None:
    sent = json.loads(json.dumps(EVERY_REQUEST[name]))
    assert list(sent) == [name]
    assert_in_order(sent[name])
    assert next(iter(sent[name])) == "merchantAuthentication"


def transaction(**changes: Any) -> dict[str, Any]:
    asked = {
        "attempt_id": "ba1",
        "amount_cents": 1,
        "data_descriptor": "D",
        "data_value": "v",
        **changes,
    }
    request: Any = requests.charge(CREDENTIALS, Charge(**asked))
    found: dict[str, Any] = request["createTransactionRequest"]["transactionRequest"]
    return found


def test_the_attempt_is_both_reference_and_invoice_number() -> None:
    request: Any = EVERY_REQUEST["createTransactionRequest"]["createTransactionRequest"]
    assert request["refId"] == FULL.attempt_id
    assert request["transactionRequest"]["order"]["invoiceNumber"] == FULL.attempt_id


@pytest.mark.parametrize("attempt_id", ["", "b" * 21], ids=["none", "too long"])
def test_an_attempts_id_is_never_cut(attempt_id: str) -> None:
    with pytest.raises(ValueError, match="never cut"):
        transaction(attempt_id=attempt_id)


@pytest.mark.parametrize(
    ("cents", "written"),
    [
        (1, "0.01"), (10, "0.10"), (99, "0.99"), (100, "1.00"), (1234, "12.34"), (1010, "10.10"),
        (123_456_78, "123456.78"), (100_000_00, "100000.00"),
    ],
)  # fmt: skip
def test_amounts_have_two_decimals_and_no_separators(cents: int, written: str) -> None:
    assert transaction(amount_cents=cents)["amount"] == written


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10**12))
def test_amounts_never_pass_through_a_float(cents: int) -> None:
    whole, _, rest = requests.dollars(cents).partition(".")
    assert (int(whole + rest), len(rest)) == (cents, 2)


@pytest.mark.parametrize("cents", [0, -1])
def test_nothing_is_not_charged(cents: int) -> None:
    with pytest.raises(ValueError, match="above zero"):
        transaction(amount_cents=cents)


def test_what_is_too_long_is_cut() -> None:
    assert len(transaction(description="d" * 300)["order"]["description"]) == 255


def test_what_is_not_given_is_left_out() -> None:
    assert list(transaction()) == [
        "transactionType", "amount", "payment", "order", "transactionSettings",
    ]  # fmt: skip
    assert transaction()["order"] == {"invoiceNumber": "ba1"}


def test_the_longest_duplicate_window_and_no_part_of_the_amount() -> None:
    settings = transaction()["transactionSettings"]["setting"]
    assert {each["settingName"]: each["settingValue"] for each in settings} == {
        "allowPartialAuth": "false",
        "duplicateWindow": "28800",
    }


def test_instants_are_sent_in_utc() -> None:
    request: Any = EVERY_REQUEST["getSettledBatchListRequest"]["getSettledBatchListRequest"]
    assert request["firstSettlementDate"] == "2026-11-23T22:04:05Z"


def test_secrets_do_not_show_when_something_is_printed() -> None:
    shown = repr(CREDENTIALS) + repr(FULL)
    for secret in ("transaction-key", "signature-key", "nonce", "Ana", "Diaz", "80202", "192.0"):
        assert secret not in shown
