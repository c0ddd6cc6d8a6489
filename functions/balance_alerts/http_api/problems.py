"""Every way a request can fail, as RFC 9457 problem details with a stable code."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from balance_alerts.channels.addresses import ContactProblem
from balance_alerts.domain.errors import RuleError, TryLaterError
from balance_alerts.http_api.problem_details import CONTENT_TYPE, SAFE_HEADERS, problem_body

STATUS: Mapping[str, HTTPStatus] = {
    "not_recognised": HTTPStatus.UNAUTHORIZED,
    "no_session": HTTPStatus.UNAUTHORIZED,
    "unauthorized": HTTPStatus.UNAUTHORIZED,
    "forbidden": HTTPStatus.FORBIDDEN,
    "locked": HTTPStatus.TOO_MANY_REQUESTS,
    "not_found": HTTPStatus.NOT_FOUND,
    "unknown_payment": HTTPStatus.NOT_FOUND,
    "unknown_practice": HTTPStatus.NOT_FOUND,
    "method_not_allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "invalid_json": HTTPStatus.UNPROCESSABLE_ENTITY,
    "missing_field": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unknown_field": HTTPStatus.UNPROCESSABLE_ENTITY,
    "invalid_value": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unknown_patient": HTTPStatus.NOT_FOUND,
    "invalid_id": HTTPStatus.UNPROCESSABLE_ENTITY,
    "new_patient_incomplete": HTTPStatus.UNPROCESSABLE_ENTITY,
    "contact_of_too_many": HTTPStatus.UNPROCESSABLE_ENTITY,
    **{problem.value: HTTPStatus.UNPROCESSABLE_ENTITY for problem in ContactProblem},
    "contact_opted_out": HTTPStatus.CONFLICT,
    "hold_needs_end": HTTPStatus.UNPROCESSABLE_ENTITY,
    "hold_in_the_past": HTTPStatus.UNPROCESSABLE_ENTITY,
    "links_revoked": HTTPStatus.CONFLICT,
    "not_due": HTTPStatus.CONFLICT,
    "alert_not_sent": HTTPStatus.SERVICE_UNAVAILABLE,
    "try_again": HTTPStatus.SERVICE_UNAVAILABLE,
    "entry_conflict": HTTPStatus.CONFLICT,
    "recorded_in_the_future": HTTPStatus.UNPROCESSABLE_ENTITY,
    "amount_zero": HTTPStatus.UNPROCESSABLE_ENTITY,
    "amount_not_positive": HTTPStatus.UNPROCESSABLE_ENTITY,
    "amount_too_large": HTTPStatus.UNPROCESSABLE_ENTITY,
    "reverses_not_adjustment": HTTPStatus.UNPROCESSABLE_ENTITY,
    "reverses_itself": HTTPStatus.UNPROCESSABLE_ENTITY,
    "reverses_unknown_entry": HTTPStatus.UNPROCESSABLE_ENTITY,
    "reverses_a_reversal": HTTPStatus.UNPROCESSABLE_ENTITY,
    "reverses_other_case": HTTPStatus.UNPROCESSABLE_ENTITY,
    "already_reversed": HTTPStatus.UNPROCESSABLE_ENTITY,
    "reversal_not_in_full": HTTPStatus.UNPROCESSABLE_ENTITY,
    "no_contact": HTTPStatus.CONFLICT,
    "contact_unreachable": HTTPStatus.CONFLICT,
    "opt_in_refused": HTTPStatus.CONFLICT,
    "online_payments_unavailable": HTTPStatus.CONFLICT,
    "payment_open": HTTPStatus.CONFLICT,
    "idempotency_conflict": HTTPStatus.CONFLICT,
    "amount_out_of_range": HTTPStatus.UNPROCESSABLE_ENTITY,
    "changed_meanwhile": HTTPStatus.CONFLICT,
    "unknown_job": HTTPStatus.NOT_FOUND,
    "unknown_import": HTTPStatus.NOT_FOUND,
    "import_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "not_utf8": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unsupported_media_type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "unknown_item": HTTPStatus.NOT_FOUND,
    "unknown_question": HTTPStatus.NOT_FOUND,
    "answered_before": HTTPStatus.CONFLICT,
    "not_decided_here": HTTPStatus.CONFLICT,
    "dismissed_before": HTTPStatus.CONFLICT,
    "released_before": HTTPStatus.CONFLICT,
    "decided_meanwhile": HTTPStatus.CONFLICT,
    "newer_adjudication": HTTPStatus.CONFLICT,
    "several_claims": HTTPStatus.CONFLICT,
    "too_early": HTTPStatus.CONFLICT,
    "payment_settled": HTTPStatus.CONFLICT,
    "transaction_posted_already": HTTPStatus.CONFLICT,
    "gateway_credentials_refused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "gateway_test_mode": HTTPStatus.UNPROCESSABLE_ENTITY,
    "gateway_currency": HTTPStatus.UNPROCESSABLE_ENTITY,
    "gateway_reporting_off": HTTPStatus.UNPROCESSABLE_ENTITY,
    "gateway_unreachable": HTTPStatus.SERVICE_UNAVAILABLE,
    "unknown_staff": HTTPStatus.NOT_FOUND,
    "own_account": HTTPStatus.CONFLICT,
    "staff_exists": HTTPStatus.CONFLICT,
    "invalid_name": HTTPStatus.UNPROCESSABLE_ENTITY,
    "invalid_phone": HTTPStatus.UNPROCESSABLE_ENTITY,
    "short_name_too_long": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unknown_time_zone": HTTPStatus.UNPROCESSABLE_ENTITY,
    "no_send_days": HTTPStatus.UNPROCESSABLE_ENTITY,
    "send_window_out_of_hours": HTTPStatus.UNPROCESSABLE_ENTITY,
    "send_window_too_short": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unknown_case": HTTPStatus.UNPROCESSABLE_ENTITY,
    "declined": HTTPStatus.PAYMENT_REQUIRED,
    "gateway_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "internal_error": HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""The one table: a code that is not in it is our mistake, and answered as one."""


def problem(
    code: str,
    detail: str,
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, str] | None = None,
) -> Response[str]:
    """The answer for a code: the same bytes for the same code and detail."""
    status = STATUS[code]
    return Response(
        status_code=status.value,
        content_type=CONTENT_TYPE,
        body=problem_body(status, code, detail, members),
        headers={**SAFE_HEADERS, **(headers or {})},
    )


def refused(error: RuleError, now: datetime) -> Response[str]:
    """The answer to a request that is against the rules."""
    headers = {}
    if isinstance(error, TryLaterError):
        seconds = (error.retry_at - now).total_seconds()
        headers["Retry-After"] = str(max(1, math.ceil(seconds)))
    if STATUS.get(error.code) is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if error.code not in STATUS:
        return internal_error()
    return problem(error.code, error.message, headers, error.members)


def internal_error() -> Response[str]:
    """The answer where we failed; what happened is in the log."""
    return problem("internal_error", "Something went wrong on our side. Please try again.")
