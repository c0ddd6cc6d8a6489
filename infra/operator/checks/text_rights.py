"""Whether AWS End User Messaging lets SNS use what it keeps: the number, and the list of opt-outs.

AWS wants both to have a policy that names SNS. Numbers from before September 25, 2024 were given
one; later ones as it was chosen when they were requested; the list has none to begin with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from infra.operator.checks.finding import Finding, attention, ok
from infra.operator.checks.text_number import numbers_of, origination_number

if TYPE_CHECKING:
    from infra.operator.stack import Stack

_SNS = "sns.amazonaws.com"
_TO_DO = "give it the policy of docs/operating.md, Going live, or see that texts and opt-ins work"


def for_sns(stack: Stack) -> Iterator[Finding]:
    """Whether SNS is named where it needs to be; an account without numbers has nothing to name."""
    numbers, wanted = numbers_of(stack), origination_number(stack)
    used = [each for number, each in numbers.items() if wanted in ("", number)]
    if not used:
        yield ok("the account has no number that SNS could use")
        return
    client = stack.client("pinpoint-sms-voice-v2")
    for each in used:
        yield _finding(client, each["PhoneNumber"], each["PhoneNumberArn"])
    yield _finding(client, "the list of numbers that opted out", _list_beside(used[0]))


def _finding(client: Any, what: str, arn: str) -> Finding:
    try:
        policy = client.get_resource_policy(ResourceArn=arn).get("Policy", "")
    except client.exceptions.ResourceNotFoundException:
        policy = ""
    if _SNS in policy:
        return ok(f"SNS may use {what}")
    return attention(f"no policy says that SNS may use {what}", _TO_DO)


def _list_beside(number: Mapping[str, Any]) -> str:
    """The list that SNS asks, which is the account's default one, wherever the number's own is."""
    return f"{number['PhoneNumberArn'].rsplit(':', 1)[0]}:opt-out-list/Default"
