"""The stack a command works on: deployed, or the local one."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import boto3
from botocore.exceptions import ClientError

from balance_alerts.wiring import Wiring

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

    from balance_alerts.office.team import TeamDesk
    from balance_alerts.payments.connections import Connections

DEFAULT_NAME = "balance-alerts"
_SECONDS = 10
_ANYBODY = "test"
"""Whom an emulator takes for somebody who may do everything."""


AwsService = Literal[
    "cloudwatch",
    "dynamodb",
    "lambda",
    "logs",
    "pinpoint-sms-voice-v2",
    "scheduler",
    "sesv2",
    "sns",
]


class CommandError(Exception):
    """A command cannot do what it was asked to; its text is one line that says what to do."""


class ShiftedWiring(Wiring):
    """The application's parts with the local stack's clock."""

    def __init__(self, table_name: str, offset: timedelta) -> None:
        super().__init__(table_name)
        self._offset = offset

    def now(self) -> datetime:
        """The instant the stack's functions see."""
        return super().now() + self._offset


@dataclass(frozen=True)
class Stack:
    """A stack's outputs, and the application's parts over its table."""

    outputs: Mapping[str, str]
    offset: timedelta = timedelta(0)
    name: str = DEFAULT_NAME
    is_local: bool = False

    @cached_property
    def wiring(self) -> Wiring:
        """The application's parts."""
        return ShiftedWiring(self.output("TableName"), self.offset)

    @cached_property
    def team_desk(self) -> TeamDesk:
        """Who manages staff accounts."""
        os.environ["USER_POOL_ID"] = self.output("UserPoolId")
        return self.wiring.team_desk

    @cached_property
    def connections(self) -> Connections:
        """The practices' merchant accounts, at the gateway that the portal uses."""
        variables = self.variables_of("PortalFunctionName")
        os.environ.update({name: variables[name] for name in ("GATEWAY_SECRETS", "GATEWAY_URL")})
        return self.wiring.connections

    @cached_property
    def s3(self) -> S3Client:
        """The bucket's client."""
        client: S3Client = boto3.client("s3")
        return client

    @cached_property
    def sqs(self) -> SQSClient:
        """The queues' client."""
        client: SQSClient = boto3.client("sqs")
        return client

    def client(self, name: AwsService) -> Any:
        """A client of one more AWS service."""
        return boto3.client(name)

    def variables_of(self, function: str) -> Mapping[str, str]:
        """What a function is told by the template; `function` is the output that names it."""
        found = self.client("lambda").get_function_configuration(FunctionName=self.output(function))
        variables: Mapping[str, str] = found.get("Environment", {}).get("Variables", {})
        return variables

    def output(self, name: str) -> str:
        """One output of the template."""
        try:
            return self.outputs[name]
        except KeyError:
            raise CommandError(
                f"the stack has no output {name}: it is another product's, or an older release"
            ) from None


def local_stack(url: str) -> Stack:
    """The local stack that serves `url`; this process is pointed at its emulator."""
    url = _base(url)
    described = _get(f"{url}/local/stack")
    try:
        endpoint_url, region = described["endpoint_url"], described["region"]
        name, outputs = described["stack_name"], described["outputs"]
    except (KeyError, TypeError) as error:
        raise _no_stack(url) from error
    now = local_now(url)
    os.environ.update(
        {
            "AWS_ENDPOINT_URL": endpoint_url,
            "AWS_DEFAULT_REGION": region,
            "AWS_REGION": region,
            "AWS_ACCESS_KEY_ID": _ANYBODY,
            "AWS_SECRET_ACCESS_KEY": _ANYBODY,
        }
    )
    os.environ.pop("AWS_PROFILE", None)
    return Stack(outputs, now - datetime.now(UTC), name=name, is_local=True)


def local_now(url: str) -> datetime:
    """The instant that the functions of the local stack at `url` see."""
    url = _base(url)
    try:
        return datetime.fromisoformat(_get(f"{url}/local/clock")["now"])
    except (KeyError, TypeError, ValueError) as error:
        raise _no_stack(url) from error


def local_sample_day(url: str) -> date | None:
    """The practice's local day for which the local stack at `url` loaded the sample, if it did."""
    url = _base(url)
    try:
        day = _get(f"{url}/local/stack")["sample_day"]
        return None if day is None else date.fromisoformat(day)
    except (KeyError, TypeError, ValueError) as error:
        raise _no_stack(url) from error


def _base(url: str) -> str:
    address = url if "://" in url else f"http://{url}"
    return address.partition("/local")[0].rstrip("/")


def _no_stack(url: str) -> CommandError:
    return CommandError(f"what answers at {url} is no local stack, or an older one")


def deployed_stack(name: str) -> Stack:
    """The stack of this name in the AWS account and region that this process uses."""
    cloudformation = boto3.client("cloudformation")
    try:
        (found,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if error.response["Error"].get("Code") == "ValidationError":
            raise CommandError(
                f"there is no stack {name} in {cloudformation.meta.region_name}; "
                "name it with --stack, or set AWS_DEFAULT_REGION"
            ) from error
        raise
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", ())}
    if not outputs:
        raise CommandError(f"the stack {name} is {found['StackStatus']}; deploy it first")
    return Stack(outputs, name=name)


def _get(url: str) -> dict[str, Any]:
    try:
        # It is what the operator set, who may read any file here anyway.
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # nosec B310
            content = json.load(answer)
    except (urllib.error.URLError, ValueError, OSError) as error:
        raise CommandError(f"no local stack answers at {url}; start one with make run") from error
    if not isinstance(content, dict):
        raise CommandError(f"what answers at {url} is no local stack")
    return content
