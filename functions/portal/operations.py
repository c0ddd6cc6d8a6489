"""What the portal can be asked, declared once: served by the handler, told by docs/openapi.json."""

from __future__ import annotations

from balance_alerts.access.sessions import OpenedSession
from balance_alerts.http_api.exchange import HTML
from balance_alerts.http_api.operation import Operation
from balance_alerts.portal.activity import Activity
from balance_alerts.portal.balance import Balance
from balance_alerts.portal.payments import Payments, PaymentState
from balance_alerts.portal.questions import AskedQuestion
from balance_alerts.portal.switches import AlertSwitches
from portal.requests import (
    AlertsRequest,
    FreshLinkRequest,
    PaymentRequest,
    QuestionRequest,
    SignInRequest,
)

_SESSION = ("no_session",)
_CURSOR = {"cursor": "next_cursor of the page before; leave it out for the first page"}

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name="show_page",
        method="GET",
        path="/a/{token}",
        summary="The portal page of a practice; depends on the token's first six characters only",
        answers={200: HTML, 404: HTML},
    ),
    Operation(
        name="show_asset",
        method="GET",
        path="/assets/{file+}",
        summary="A file that the page is made of",
        answers={200: "*/*", 304: None},
        problems=("not_found",),
    ),
    Operation(
        name="sign_in",
        method="POST",
        path="/portal/session",
        summary="Open a session with the token of a link and the patient's date of birth",
        body=SignInRequest,
        answers={200: OpenedSession},
        problems=("not_recognised", "locked"),
    ),
    Operation(
        name="want_fresh_link",
        method="POST",
        path="/portal/link-requests",
        summary="Ask for a fresh link, sent to where the old one went; always the same answer",
        body=FreshLinkRequest,
        answers={202: None},
    ),
    Operation(
        name="show_balance",
        method="GET",
        path="/portal/balance",
        summary="The balance, case by case, oldest debt first",
        needs=_SESSION,
        answers={200: Balance},
    ),
    Operation(
        name="show_activity",
        method="GET",
        path="/portal/activity",
        summary="Every ledger entry, newest first, amounts signed as they change the balance",
        needs=_SESSION,
        query=_CURSOR,
        answers={200: Activity},
        problems=("invalid_value",),
    ),
    Operation(
        name="show_payments",
        method="GET",
        path="/portal/payments",
        summary="Payments, refunds and chargebacks, newest first, one row each",
        needs=_SESSION,
        query=_CURSOR,
        answers={200: Payments},
        problems=("invalid_value",),
    ),
    Operation(
        name="pay",
        method="POST",
        path="/portal/payments",
        summary="Pay by card, with what the hosted card form gave",
        needs=_SESSION,
        headers={"Idempotency-Key": "a value of the browser's own, the same for the same click"},
        body=PaymentRequest,
        answers={201: PaymentState, 202: PaymentState},
        problems=(
            "declined",
            "online_payments_unavailable",
            "payment_open",
            "idempotency_conflict",
            "amount_out_of_range",
            "unknown_case",
            "gateway_unavailable",
        ),
    ),
    Operation(
        name="show_payment",
        method="GET",
        path="/portal/payments/{payment_id}",
        summary="The present state of one payment",
        needs=_SESSION,
        answers={200: PaymentState},
        problems=("unknown_payment",),
    ),
    Operation(
        name="ask_question",
        method="POST",
        path="/portal/questions",
        summary="Ask the practice about the balance; alerts pause meanwhile",
        needs=_SESSION,
        body=QuestionRequest,
        answers={201: AskedQuestion},
    ),
    Operation(
        name="show_alerts",
        method="GET",
        path="/portal/alerts",
        summary="Whether alerts go out by text and by email",
        needs=_SESSION,
        answers={200: AlertSwitches},
    ),
    Operation(
        name="set_alerts",
        method="PUT",
        path="/portal/alerts",
        summary="Turn text and email alerts on or off",
        needs=_SESSION,
        body=AlertsRequest,
        answers={200: AlertSwitches},
        problems=("no_contact", "contact_unreachable", "opt_in_refused"),
    ),
    Operation(
        name="show_unsubscribe",
        method="GET",
        path="/u/{token}",
        summary="A page that asks whether to unsubscribe from email; changes nothing",
        answers={200: HTML, 404: HTML},
    ),
    Operation(
        name="unsubscribe",
        method="POST",
        path="/u/{token}",
        summary="Unsubscribe from email with one click (RFC 8058)",
        answers={200: HTML, 404: HTML},
    ),
    Operation(
        name="report_csp",
        method="POST",
        path="/csp-reports",
        summary="Browsers report here what the page's Content-Security-Policy kept out",
        answers={204: None},
    ),
)
