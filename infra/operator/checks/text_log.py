"""The delivery log of texts, of which a region has one: without it nobody knows what arrived.

CloudFormation makes its groups and the role to write them, but cannot tell SNS to: `mend` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from infra.operator.checks.finding import Finding, broken, ok

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

    from infra.operator.stack import Stack

_NONE = "none"
_ROLE, _RATE = "DeliveryStatusIAMRole", "DeliveryStatusSuccessSamplingRate"
_ALL = "100"
_ANOTHER = "another stack keeps the region's log of texts (OwnsTextLog=false)"
_GROUPS = ("DirectPublishToPhoneNumber", "DirectPublishToPhoneNumber/Failure")


def delivery_logging(stack: Stack) -> Iterator[Finding]:
    """Whether SNS writes down what became of each text."""
    role = stack.output("TextLogRoleArn")
    if role == _NONE:
        yield ok(_ANOTHER)
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


def mend(stack: Stack) -> Iterator[Finding]:
    """Tell SNS to write the log."""
    role = stack.output("TextLogRoleArn")
    if role == _NONE:
        yield ok(_ANOTHER)
        return
    stack.client("sns").set_sms_attributes(attributes={_ROLE: role, _RATE: _ALL})
    yield ok("SNS was told to write down what becomes of every text")


def reading(stack: Stack) -> Iterator[Finding]:
    """Whether what SNS writes down is read."""
    role = stack.output("TextLogRoleArn")
    if role == _NONE:
        yield ok(_ANOTHER)
        return
    logs: CloudWatchLogsClient = stack.client("logs")
    account, reader = role.split(":")[4], stack.output("TextLogFunctionName")
    for group in _GROUPS:
        name = f"sns/{logs.meta.region_name}/{account}/{group}"
        try:
            found = logs.describe_subscription_filters(logGroupName=name)["subscriptionFilters"]
        except logs.exceptions.ResourceNotFoundException:
            yield broken(f"log group {name} is gone", "deploy again")
            continue
        if any(each["destinationArn"].endswith(f":{reader}") for each in found):
            yield ok(f"{group} is read")
        else:
            yield broken(f"nothing of this stack reads log group {name}", "deploy again")
