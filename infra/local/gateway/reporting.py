"""The gateway's reports: lists, batches, one transaction in full."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from infra.local.gateway import transactions as books
from infra.local.gateway.answers import Json, dollars, instant, ok, refused
from infra.local.gateway.schema import as_text
from infra.local.gateway.transactions import Batch, Books, Transaction

_LARGEST_PAGE = 1000
_LONGEST_SPAN = timedelta(days=31)
_DEFAULT_SPAN = timedelta(days=1)

Report = Callable[[dict[str, Any], str, Books, datetime], Json]


def unsettled(request: dict[str, Any], merchant: str, ledger: Books, now: datetime) -> Json:
    """Everything in no batch yet, declined transactions among it."""
    found = ledger.unsettled(merchant)
    if request.get("status") == "pendingApproval":
        found = [t for t in found if t.status == books.HELD]
    return _listed(request, found)


def batches(request: dict[str, Any], merchant: str, ledger: Books, now: datetime) -> Json:
    """Batches settled in a span of at most 31 days, of the last one if none is given."""
    first = _parsed(request.get("firstSettlementDate"), now - _DEFAULT_SPAN)
    last = _parsed(request.get("lastSettlementDate"), now)
    if last - first > _LONGEST_SPAN or first > last:
        return refused("E00003", "The specified date range is invalid.")
    found = [
        batch
        for batch in ledger.batches.values()
        if batch.merchant == merchant and first <= batch.settled_at <= last
    ]
    if not found:
        return ok("I00004")
    statistics = as_text(request.get("includeStatistics")) in ("true", "1")
    return ok(batchList=[_batch(batch, statistics=statistics) for batch in found])


def batch_transactions(
    request: dict[str, Any], merchant: str, ledger: Books, now: datetime
) -> Json:
    """The transactions of one batch."""
    batch = ledger.batches.get(as_text(request["batchId"]))
    if batch is None or batch.merchant != merchant:
        return refused("E00040")
    return _listed(request, batch.transactions)


def details(request: dict[str, Any], merchant: str, ledger: Books, now: datetime) -> Json:
    """One transaction in full; the reference it was made with is beside it."""
    found = ledger.find(as_text(request["transId"]), merchant)
    if found is None:
        return refused("E00040")
    response, reason = found.response
    shown: Json = {
        "transId": found.trans_id,
        **({"refTransId": found.ref_trans_id} if found.ref_trans_id else {}),
        "submitTimeUTC": instant(found.submitted_at),
        "submitTimeLocal": instant(found.submitted_at).removesuffix("Z"),
        "transactionType": found.kind,
        "transactionStatus": found.status,
        "responseCode": response,
        "responseReasonCode": reason,
        "responseReasonDescription": "",
        "authCode": found.auth_code,
        "AVSResponse": found.address_result,
        "cardCodeResponse": found.card.code_result,
        **_batch_of(found, ledger),
        "order": {"invoiceNumber": found.invoice_number, "discountAmount": dollars(0)},
        "requestedAmount": dollars(found.amount_cents),
        "requestedAmountSpecified": True,
        "authAmount": dollars(found.amount_cents),
        "settleAmount": dollars(found.amount_cents),
        "taxExempt": False,
        "payment": {
            "creditCard": {
                "cardNumber": found.card.masked,
                "expirationDate": "XXXX",
                "cardType": found.card.kind,
            }
        },
        "customer": {"id": found.customer_id},
        "recurringBilling": False,
        "product": "Card Not Present",
        "marketType": "eCommerce",
    }
    reference = {"transrefId": found.ref_id} if found.ref_id else {}
    return ok(transaction=shown, **reference)


REPORTS: dict[str, Report] = {
    "getUnsettledTransactionListRequest": unsettled,
    "getSettledBatchListRequest": batches,
    "getTransactionListRequest": batch_transactions,
    "getTransactionDetailsRequest": details,
}


def _listed(request: dict[str, Any], found: list[Transaction]) -> Json:
    """One page of a list; a list of nothing is left out altogether."""
    sorting = request.get("sorting") or {"orderBy": "id", "orderDescending": "false"}
    by_time = sorting["orderBy"] == "submitTimeUTC"
    ordered = sorted(
        found,
        key=lambda t: (t.submitted_at if by_time else found[0].submitted_at, int(t.trans_id)),
        reverse=as_text(sorting["orderDescending"]) in ("true", "1"),
    )
    paging = request.get("paging")
    if paging:
        limit, page = int(paging["limit"]), int(paging["offset"])
        if not 1 <= limit <= _LARGEST_PAGE or page < 1:
            return refused("E00003", "The paging element is invalid.")
        ordered = ordered[(page - 1) * limit : page * limit]
    else:
        ordered = ordered[-_LARGEST_PAGE:]
    if not ordered:
        return ok("I00004", totalNumInResultSet=0)
    return ok(transactions=[_line(t) for t in ordered], totalNumInResultSet=len(ordered))


def _line(found: Transaction) -> Json:
    return {
        "transId": found.trans_id,
        "submitTimeUTC": instant(found.submitted_at),
        "submitTimeLocal": instant(found.submitted_at).removesuffix("Z"),
        "transactionStatus": found.status,
        **({"invoiceNumber": found.invoice_number} if found.invoice_number else {}),
        "firstName": found.card.first_name,
        "lastName": found.card.last_name,
        "accountType": found.card.kind,
        "accountNumber": found.card.masked,
        "settleAmount": dollars(found.amount_cents),
        "marketType": "eCommerce",
        "product": "Card Not Present",
        "hasReturnedItemsSpecified": False,
    }


def _batch(batch: Batch, *, statistics: bool) -> Json:
    shown: Json = {
        "batchId": batch.batch_id,
        "settlementTimeUTC": instant(batch.settled_at),
        "settlementTimeUTCSpecified": True,
        "settlementState": "settledSuccessfully",
        "paymentMethod": "creditCard",
        "marketType": "eCommerce",
        "product": "Card Not Present",
    }
    if statistics:
        kinds = dict.fromkeys(t.card.kind for t in batch.transactions)
        shown["statistics"] = [_statistics(batch, kind) for kind in kinds]
    return shown


def _statistics(batch: Batch, kind: str) -> Json:
    of_kind = [t for t in batch.transactions if t.card.kind == kind]
    charges = [t.amount_cents for t in of_kind if t.status == books.SETTLED]
    refunds = [t.amount_cents for t in of_kind if t.status == books.REFUND_SETTLED]
    return {
        "accountType": kind,
        "chargeAmount": dollars(sum(charges)),
        "chargeCount": len(charges),
        "refundAmount": dollars(sum(refunds)),
        "refundCount": len(refunds),
        "voidCount": sum(t.status == books.VOIDED for t in of_kind),
        "declineCount": sum(t.status == books.DECLINED for t in of_kind),
        "errorCount": 0,
    }


def _batch_of(found: Transaction, ledger: Books) -> Json:
    batch = ledger.batches.get(found.batch_id)
    if batch is None:
        return {}
    return {
        "batch": {
            "batchId": batch.batch_id,
            "settlementTimeUTC": instant(batch.settled_at),
            "settlementTimeUTCSpecified": True,
            "settlementState": "settledSuccessfully",
        }
    }


def _parsed(given: object, default: datetime) -> datetime:
    return datetime.fromisoformat(str(given)) if given else default
