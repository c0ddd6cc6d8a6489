"""Texts: whether SNS lets them out, and how long the month's money lasts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from infra.operator.checks.finding import Finding, attention, broken, ok

if TYPE_CHECKING:
    from infra.operator.stack import Stack

_AS_NEW = 1.0
"""US dollars a month that a new AWS account may spend on texts."""


def sandbox(stack: Stack) -> Iterator[Finding]:
    """Whether SNS texts everybody."""
    if stack.client("sns").get_sms_sandbox_account_status()["IsInSandbox"]:
        yield broken(
            "SNS is in its sandbox and texts verified numbers only",
            "request production access in SNS, under Text messaging (SMS)",
        )
    else:
        yield ok("SNS texts everybody")


def spend_limit(stack: Stack) -> Iterator[Finding]:
    """What may be spent on texts a month: SNS drops what is beyond without a word."""
    told = stack.client("sns").get_sms_attributes(attributes=["MonthlySpendLimit"])
    limit = float(told.get("attributes", {}).get("MonthlySpendLimit") or _AS_NEW)
    if limit <= _AS_NEW:
        yield attention(
            f"${limit:,.2f} a month may be spent on texts, some hundred at most",
            "ask AWS for a higher quota, then set it in SNS, Text messaging preferences",
        )
    else:
        yield ok(f"${limit:,.2f} a month may be spent on texts; beyond that SNS sends none")
