"""The stand-in takes what the real gateway takes, and says no in its words."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from balance_alerts.gateway import requests
from balance_alerts.gateway.requests import Credentials
from infra.local.gateway.cards import client_key
from infra.local.gateway.gateway import Gateway
from tests.component.gateway.conftest import Asked

CREDENTIALS = Credentials("merchant", "key")


def post(url: str, body: bytes) -> tuple[bytes, dict[str, Any]]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    connection.request("POST", parts.path, body)
    answer = connection.getresponse()
    assert answer.status == 200, "business errors are answered with 200"
    raw = answer.read()
    connection.close()
    return raw, json.loads(raw.decode("utf-8-sig"))


def message(gateway: Gateway, request: dict[str, Any]) -> tuple[str, str]:
    _, answer = post(gateway.api_url, json.dumps(request).encode())
    (only,) = answer["messages"]["message"]
    return only["code"], only["text"]


@pytest.fixture
def request_of(asked: Asked) -> dict[str, Any]:
    request = json.loads(json.dumps(requests.charge(CREDENTIALS, asked())))
    transaction = request["createTransactionRequest"]["transactionRequest"]
    last = transaction.pop("transactionSettings")
    transaction |= {"billTo": {"zip": "80202"}, "transactionSettings": last}
    return request


def test_every_answer_begins_with_a_byte_order_mark(
    gateway: Gateway, request_of: dict[str, Any]
) -> None:
    for body in (json.dumps(request_of).encode(), b"{}", b"nonsense", b'{"what": {}}'):
        raw, _ = post(gateway.api_url, body)
        assert raw.startswith(b"\xef\xbb\xbf{")


@pytest.mark.parametrize(
    ("path", "first"),
    [
        ("", "transactionRequest"),
        ("", "refId"),
        ("transactionRequest", "amount"),
        ("transactionRequest", "transactionSettings"),
        ("transactionRequest/payment/opaqueData", "dataValue"),
        ("transactionRequest/order", "unknown"),
        ("merchantAuthentication", "transactionKey"),
    ],
)
def test_a_wrong_order_names_the_child_element(
    gateway: Gateway, request_of: dict[str, Any], path: str, first: str
) -> None:
    inner = outer = request_of["createTransactionRequest"]
    name = "createTransactionRequest"
    for name in path.split("/") if path else []:
        outer, inner = inner, inner[name]
    moved = {first: inner.get(first, "x"), **inner}
    if path:
        outer[name] = moved
    else:
        request_of["createTransactionRequest"] = moved
    code, text = message(gateway, request_of)
    assert code == "E00003"
    assert "has invalid child element" in text
    assert "List of possible elements expected: '" in text
    assert f"'{path.rpartition('/')[2] or 'createTransactionRequest'}'" in text
    assert gateway.charges() == []


def test_sorted_keys_are_refused(gateway: Gateway, request_of: dict[str, Any]) -> None:
    _, answer = post(gateway.api_url, json.dumps(request_of, sort_keys=True).encode())
    assert answer["messages"]["message"][0]["code"] == "E00003"


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("refId", "r" * 21, "MaxLength"),
        ("transactionRequest/order/invoiceNumber", "i" * 21, "MaxLength"),
        ("transactionRequest/billTo/zip", "z" * 21, "MaxLength"),
        ("merchantAuthentication/transactionKey", "k" * 17, "MaxLength"),
        ("transactionRequest/amount", "1,000.00", "decimal"),
        ("transactionRequest/amount", "$5", "decimal"),
        ("transactionRequest/amount", "NaN", "decimal"),
    ],
)
def test_what_is_too_long_or_no_amount_is_refused(
    gateway: Gateway, request_of: dict[str, Any], path: str, value: str, says: str
) -> None:
    *parents, last = path.split("/")
    inner = request_of["createTransactionRequest"]
    for name in parents:
        inner = inner[name]
    inner[last] = value
    code, text = message(gateway, request_of)
    assert (code, says in text) == ("E00003", True)
    assert gateway.charges() == []


def test_what_is_missing_is_named(gateway: Gateway, request_of: dict[str, Any]) -> None:
    del request_of["createTransactionRequest"]["transactionRequest"]["payment"]["opaqueData"][
        "dataValue"
    ]
    code, text = message(gateway, request_of)
    assert (code, "incomplete content" in text, "dataValue" in text) == ("E00003", True, True)


def test_an_amount_of_nothing_or_of_half_a_cent_is_response_code_3(
    gateway: Gateway, request_of: dict[str, Any], asked: Asked
) -> None:
    for amount in ("0.00", "1.005", "-1.00"):
        request = json.loads(json.dumps(requests.charge(CREDENTIALS, asked())))
        request["createTransactionRequest"]["transactionRequest"]["amount"] = amount
        _, answer = post(gateway.api_url, json.dumps(request).encode())
        assert answer["transactionResponse"]["responseCode"] == "3"
        assert answer["transactionResponse"]["errors"][0]["errorCode"] == "5"
        assert answer["transactionResponse"]["transId"] == "0"


def test_the_reference_comes_back(gateway: Gateway, request_of: dict[str, Any]) -> None:
    _, answer = post(gateway.api_url, json.dumps(request_of).encode())
    assert answer["refId"] == "ba1"


def test_amounts_in_reports_are_numbers_with_two_decimals(
    gateway: Gateway, request_of: dict[str, Any]
) -> None:
    post(gateway.api_url, json.dumps(request_of).encode())
    request = json.dumps(requests.unsettled_list(CREDENTIALS, page=1)).encode()
    raw, _ = post(gateway.api_url, request)
    assert b'"settleAmount": 12.34,' in raw


@pytest.mark.parametrize("page", [0, 100])
def test_pages_begin_at_one_and_end(gateway: Gateway, page: int) -> None:
    gateway.desk.charge("merchant", 1_00)
    request: Any = requests.unsettled_list(CREDENTIALS, page=page)
    code, _ = message(gateway, request)
    assert code == ("E00003" if page == 0 else "I00004")


def container(**changes: str) -> dict[str, Any]:
    token = {
        "cardNumber": "4111111111111111",
        "expirationDate": "122030",
        "cardCode": "900",
        "zip": "80202",
        "fullName": "Ana Diaz",
    }
    login = changes.pop("login", "merchant")
    key = changes.pop("key", client_key(login))
    return {
        "securePaymentContainerRequest": {
            "merchantAuthentication": {"name": login, "clientKey": key},
            "data": {"type": "TOKEN", "id": "1", "token": token | changes},
        }
    }


def form(gateway: Gateway, request: dict[str, Any]) -> dict[str, Any]:
    url = gateway.script_url.replace("/v3/AcceptUI.js", "/xml/v1/request.api")
    return post(url, json.dumps(request).encode())[1]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cardNumber": "4111111111111112"}, "E_WC_05"),
        ({"expirationDate": "132030"}, "E_WC_06"),
        ({"expirationDate": ""}, "E_WC_06"),
        ({"expirationDate": "121999"}, "E_WC_07"),
        ({"expirationDate": "012020"}, "E_WC_08"),
        ({"cardCode": "12"}, "E_WC_15"),
        ({"zip": "z" * 21}, "E_WC_16"),
        ({"fullName": "n" * 65}, "E_WC_17"),
        ({"key": "another"}, "E_WC_21"),
        ({"login": "wrong"}, "E_WC_21"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_the_card_form_refuses(gateway: Gateway, changes: dict[str, str], code: str) -> None:
    answer = form(gateway, container(**changes))
    assert answer["messages"]["resultCode"] == "Error"
    assert answer["messages"]["message"][0]["code"] == code
    assert "opaqueData" not in answer


def test_the_card_form_works_while_the_api_is_down(gateway: Gateway) -> None:
    gateway.set_mode("down")
    answer = form(gateway, container())
    assert answer["opaqueData"]["dataDescriptor"] == "COMMON.ACCEPT.INAPP.PAYMENT"


def test_the_forms_files_are_served_and_nothing_else(gateway: Gateway) -> None:
    parts = urlsplit(gateway.script_url)
    found = {}
    for path in (
        "/v3/AcceptUI.js", "/v3/acceptMain/acceptMain.html", "/v3/acceptMain/acceptMain.js",
        "/v3/acceptMain/acceptMain.css", "/v3/acceptMain/../gateway.py", "/", "/v3/acceptMain/",
        "/v3/acceptMain/AcceptUI.js",
    ):  # fmt: skip
        connection = http.client.HTTPConnection(parts.netloc, timeout=10)
        connection.request("GET", path)
        found[path] = connection.getresponse().status
        connection.close()
    assert list(found.values()) == [200, 200, 200, 200, 404, 404, 404, 404]
