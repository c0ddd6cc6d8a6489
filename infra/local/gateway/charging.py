"""Charges, as the gateway decides them: token, amount, duplicate window, then the card's bank."""

from __future__ import annotations

import secrets
from collections.abc import Hashable
from datetime import datetime
from decimal import Decimal
from typing import Any

from infra.local.gateway import transactions as books
from infra.local.gateway.answers import Json, ok, refused
from infra.local.gateway.cards import DATA_DESCRIPTOR, DECLINING_ZIP, Card, TokenProblem, Tokens
from infra.local.gateway.modes import GatewayMode
from infra.local.gateway.schema import as_text
from infra.local.gateway.transactions import Books, Transaction

_DEFAULT_WINDOW_SECONDS = 120
_LONGEST_WINDOW_SECONDS = 28800

_TEXTS = {
    1: "This transaction has been approved.",
    2: "This transaction has been declined.",
    5: "A valid amount is required.",
    11: "A duplicate transaction has been submitted.",
    103: "This transaction cannot be accepted.",
    252: "Your order has been received. Thank you for your business!",
}
_STATUS_OF_MODE = {GatewayMode.DECLINE: books.DECLINED, GatewayMode.HOLD: books.HELD}
_BILLING = ["firstName", "lastName", "company", "address", "city", "state", "zip", "country"]


def charge(
    request: Json,
    *,
    merchant: str,
    ledger: Books,
    tokens: Tokens,
    mode: GatewayMode,
    now: datetime,
) -> tuple[Json, Transaction | None]:
    """The answer to a createTransactionRequest, and the transaction it made if it made one."""
    asked: dict[str, Any] = request["transactionRequest"]  # type: ignore[assignment]  # as checked
    ref_id = as_text(request.get("refId"))
    opaque = asked.get("payment", {}).get("opaqueData")
    if asked["transactionType"] != books.CHARGE_TYPE or opaque is None:
        return _failed(103, None, ref_id), None
    card = tokens.use(as_text(opaque["dataValue"]), merchant)
    if opaque["dataDescriptor"] != DATA_DESCRIPTOR:
        card = TokenProblem.INVALID
    if isinstance(card, TokenProblem):
        return refused(card.value, transactionResponse={}, refId=ref_id), None
    cents = Decimal(as_text(asked.get("amount")) or "0") * 100
    if cents <= 0 or cents != int(cents):
        return _failed(5, card, ref_id), None
    window = _window(asked)
    duplicate = ledger.is_duplicate(_content(merchant, asked, card, window), now, window)
    if duplicate or mode is GatewayMode.DUPLICATE:
        return _failed(11, card, ref_id), None
    zip_code = as_text(asked.get("billTo", {}).get("zip"))
    status = _STATUS_OF_MODE.get(mode, books.PENDING)
    if (zip_code or card.zip_code) == DECLINING_ZIP:
        status = books.DECLINED
    made = Transaction(
        trans_id=ledger.next_trans_id(),
        merchant=merchant,
        kind=books.CHARGE_TYPE,
        amount_cents=int(cents),
        status=status,
        submitted_at=now,
        card=card,
        invoice_number=as_text(asked.get("order", {}).get("invoiceNumber")),
        ref_id=ref_id,
        customer_id=as_text(asked.get("customer", {}).get("id")),
        auth_code="" if status == books.DECLINED else secrets.token_hex(3).upper(),
        address_result=card.address_result(zip_code),
    )
    return _answer(ledger.add(made)), made


def _answer(transaction: Transaction) -> Json:
    """The answer about a transaction that exists, whether the card was good or not."""
    response, reason = transaction.response
    shown = _response(
        response,
        transaction.card,
        transId=transaction.trans_id,
        authCode=transaction.auth_code,
        avsResultCode=transaction.address_result,
        cvvResultCode=transaction.card.code_result,
    )
    if transaction.status == books.DECLINED:
        shown["errors"] = [{"errorCode": str(reason), "errorText": _TEXTS[reason]}]
        return refused("E00027", transactionResponse=shown, refId=transaction.ref_id)
    shown["messages"] = [{"code": str(reason), "description": _TEXTS[reason]}]
    return ok(transactionResponse=shown, refId=transaction.ref_id)


def _failed(reason: int, card: Card | None, ref_id: str) -> Json:
    """Response code 3, which makes no transaction."""
    shown = _response(3, card, transId="0")
    shown["errors"] = [{"errorCode": str(reason), "errorText": _TEXTS[reason]}]
    return refused("E00027", transactionResponse=shown, refId=ref_id)


def _response(code: int, card: Card | None, **more: str) -> Json:
    return {
        "responseCode": str(code),
        "authCode": "",
        "avsResultCode": "P",
        "cvvResultCode": "",
        "cavvResultCode": "",
        "transId": "0",
        "refTransID": "",
        "transHash": "",
        "testRequest": "0",
        "accountNumber": card.masked if card else "",
        "accountType": card.kind if card else "",
        "transHashSha2": "",
        "SupplementalDataQualificationIndicator": 0,
        **more,
    }


def _window(asked: dict[str, Any]) -> int:
    """The duplicate window asked for, in seconds; 0 is none."""
    settings = asked.get("transactionSettings", {}).get("setting", [])
    for setting in settings if isinstance(settings, list) else [settings]:
        if setting["settingName"] == "duplicateWindow":
            return min(int(setting["settingValue"]), _LONGEST_WINDOW_SECONDS)
    return _DEFAULT_WINDOW_SECONDS


def _content(merchant: str, asked: dict[str, Any], card: Card, window: int) -> Hashable:
    """All that has to be equal for two charges to be the same; the token is not among it."""
    billing = asked.get("billTo", {})
    return (
        merchant,
        card.number,
        (card.year, card.month),
        asked["transactionType"],
        as_text(asked.get("poNumber")),
        Decimal(as_text(asked["amount"])),
        as_text(asked.get("order", {}).get("invoiceNumber")),
        as_text(asked.get("customer", {}).get("id")),
        *(as_text(billing.get(name)) for name in _BILLING),
        window,
    )
