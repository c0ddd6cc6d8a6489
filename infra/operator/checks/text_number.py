"""The number that texts come from: whether it is there, may text, and passes replies on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from infra.operator.checks.finding import Finding, attention, broken, ok

if TYPE_CHECKING:
    from infra.operator.stack import Stack

_KINDS = {
    "LONG_CODE": "a long code",
    "SHORT_CODE": "a short code",
    "SIMULATOR": "a simulator's number",
    "TEN_DLC": "a 10DLC number",
    "TOLL_FREE": "a toll-free number",
}
_NONE = "none"


def number(stack: Stack) -> Iterator[Finding]:
    """Whether texts have a number to come from."""
    numbers, wanted = numbers_of(stack), origination_number(stack)
    if not numbers:
        yield broken(
            "the account has no number to text from; in the United States nothing arrives",
            "get a toll-free or 10DLC number in AWS End User Messaging, and register it",
        )
    elif wanted and wanted not in numbers:
        yield broken(
            f"{wanted} is none of the account's numbers in this region",
            "deploy with the TextOriginationNumber that is",
        )
    elif not wanted:
        yield attention(
            f"SNS chooses among {len(numbers)} numbers of the account",
            "name one by TextOriginationNumber, so that all texts come from the same",
        )
    else:
        yield _usable(wanted, numbers[wanted])


def _usable(number: str, found: Mapping[str, Any]) -> Finding:
    kind = _KINDS.get(found["NumberType"], found["NumberType"])
    if found["Status"] != "ACTIVE":
        return broken(
            f"{number} is {kind}, and {found['Status'].lower()}",
            "wait for its registration, or complete it in AWS End User Messaging",
        )
    if "SMS" not in found["NumberCapabilities"] or found["NumberType"] == "SIMULATOR":
        return broken(f"{number} is {kind} that cannot text patients", "get another number")
    if found["NumberType"] == "LONG_CODE" and found["IsoCountryCode"] == "US":
        return broken(
            f"{number} is {kind} without 10DLC; carriers in the United States block it",
            "register a 10DLC campaign for it, or get a toll-free number",
        )
    return ok(f"{number} is {kind}, active")


def replies(stack: Stack) -> Iterator[Finding]:
    """Whether patients' replies reach the stack, as far as it takes any."""
    topic, wanted = stack.output("ReplyTopicArn"), origination_number(stack)
    found = numbers_of(stack).get(wanted) if wanted else None
    if topic == _NONE:
        if found is not None and found["TwoWayEnabled"]:
            yield attention(
                f"{wanted} takes replies, and this stack does not listen",
                "deploy with TwoWayTexts=true, then name its topic at the number",
            )
        else:
            yield ok("the stack takes no replies; AWS itself acts upon STOP")
    elif found is None:
        yield attention(
            "the stack takes replies, but which number they come to is not said",
            "deploy with TextOriginationNumber",
        )
    elif found["TwoWayEnabled"] and found.get("TwoWayChannelArn") == topic:
        yield _opt_outs(wanted, found)
    else:
        yield broken(
            f"replies to {wanted} do not reach this stack",
            f"in AWS End User Messaging, switch on two-way SMS at the number, with topic {topic}",
        )


def _opt_outs(number: str, found: Mapping[str, Any]) -> Finding:
    if found["SelfManagedOptOutsEnabled"]:
        return attention(
            f"replies to {number} reach the stack, but AWS leaves STOP to it alone",
            "switch off self-managed opt-outs at the number, so that AWS holds back texts as well",
        )
    said = f"replies to {number} reach the stack"
    if found["NumberType"] == "TOLL_FREE":
        return ok(
            f"{said}; carriers keep STOP there, which only START or UNSTOP by phone takes back"
        )
    return ok(said)


def origination_number(stack: Stack) -> str:
    """The number that texts come from; empty where SNS chooses."""
    return stack.variables_of("SendFunctionName").get("TEXT_ORIGINATION_NUMBER", "")


def numbers_of(stack: Stack) -> dict[str, Mapping[str, Any]]:
    """The numbers of the account in this region, each by itself, as AWS tells of them."""
    pages = stack.client("pinpoint-sms-voice-v2").get_paginator("describe_phone_numbers").paginate()
    return {each["PhoneNumber"]: each for page in pages for each in page["PhoneNumbers"]}
