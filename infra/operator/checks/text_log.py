"""The delivery log of texts, of which a region has one: without it nobody knows what arrived.

CloudFormation makes its groups and the role to write them, but cannot tell SNS to: `mend` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from infra.operator.checks.finding import Finding, attention, broken, ok
from infra.operator.words import local_time

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

    from infra.operator.stack import Stack

NONE = "none"
"""What the output that names the role says where the stack has none."""

_ROLE, _RATE = "DeliveryStatusIAMRole", "DeliveryStatusSuccessSamplingRate"
_ALL = "100"
ANOTHER = "another stack keeps the region's log of texts (OwnsTextLog=false)"
_GROUPS = ("DirectPublishToPhoneNumber", "DirectPublishToPhoneNumber/Failure")


def delivery_logging(stack: Stack) -> Iterator[Finding]:
    """Whether SNS writes down what became of each text."""
    role = stack.output("TextLogRoleArn")
    if role == NONE:
        yield ok(ANOTHER)
        return
    told = stack.client("sns").get_sms_attributes(attributes=[_ROLE, _RATE]).get("attributes", {})
    if (told.get(_ROLE), told.get(_RATE)) == (role, _ALL):
        yield ok("SNS writes down what became of every text")
    elif told.get(_ROLE) == role:
        yield broken(
            f"SNS writes down {told.get(_RATE) or 0} % of the texts that arrived",
            "balance-alerts doctor --fix",
        )
    else:
        yield broken("SNS does not write this stack's log of texts", "balance-alerts doctor --fix")


def written(stack: Stack) -> Iterator[Finding]:
    """Whether SNS has written anything: one that may not do so says nothing of it."""
    role = stack.output("TextLogRoleArn")
    if role == NONE:
        yield ok(ANOTHER)
        return
    logs: CloudWatchLogsClient = stack.client("logs")
    newest = 0
    for name in groups(logs, role):
        streams = logs.describe_log_streams(
            logGroupName=name, orderBy="LastEventTime", descending=True, limit=1
        )["logStreams"]
        newest = max([newest, *(each.get("lastEventTimestamp", 0) for each in streams)])
    if newest:
        at = datetime.fromtimestamp(newest / 1000, UTC)
        yield ok(f"the newest record of a text is from {local_time(at, 'UTC')}")
    else:
        yield attention(
            "SNS has written of no text yet",
            "look again an hour after the first text; still nothing: doctor --fix, or deploy again",
        )


def mend(stack: Stack) -> Iterator[Finding]:
    """Tell SNS to write the log."""
    role = stack.output("TextLogRoleArn")
    if role == NONE:
        yield ok(ANOTHER)
        return
    stack.client("sns").set_sms_attributes(attributes={_ROLE: role, _RATE: _ALL})
    yield ok("SNS was told to write down what becomes of every text")


def reading(stack: Stack) -> Iterator[Finding]:
    """Whether what SNS writes down is read."""
    role = stack.output("TextLogRoleArn")
    if role == NONE:
        yield ok(ANOTHER)
        return
    logs: CloudWatchLogsClient = stack.client("logs")
    reader = stack.output("TextLogFunctionName")
    for group, name in zip(_GROUPS, groups(logs, role), strict=True):
        try:
            found = logs.describe_subscription_filters(logGroupName=name)["subscriptionFilters"]
        except logs.exceptions.ResourceNotFoundException:
            yield broken(f"log group {name} is gone", "deploy again")
            continue
        if any(each["destinationArn"].endswith(f":{reader}") for each in found):
            yield ok(f"{group} is read")
        else:
            yield broken(f"nothing of this stack reads log group {name}", "deploy again")


def groups(logs: CloudWatchLogsClient, role: str) -> list[str]:
    """The groups of the log, what arrived first, by the names that SNS gives them."""
    account = role.split(":")[4]
    return [f"sns/{logs.meta.region_name}/{account}/{group}" for group in _GROUPS]
