"""Taking in once more what SNS logged of texts: `replay-texts`.

The log's subscription tries thrice, within some minutes. No queue keeps what then is left, since
it is phone numbers: the records stay in the log, encrypted, until they are forgotten. This reads
them there and hands them to the very function.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from infra.operator.checks.text_log import ANOTHER, NONE, groups
from infra.operator.stack import CommandError, Stack
from infra.operator.words import count_of

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient

    from infra.operator.arguments import Commands

_A_CALL = 50
"""Records that the function takes in well within its time."""


def add(commands: Commands) -> None:
    """Tell argparse about this command."""
    command = commands.add_parser(
        "replay-texts",
        help="take in once more what SNS logged of texts",
        description="For the time in which the function that reads the log failed, as far as the "
        "log reaches back. Safe at any time: what was taken in already changes nothing.",
    )
    command.add_argument(
        "--since",
        type=_instant,
        required=True,
        metavar="INSTANT",
        help="of the first record, such as 2026-03-02T14:00Z",
    )
    command.set_defaults(run=_replay)


def _replay(stack: Stack, options: argparse.Namespace) -> int:
    if stack.output("TextLogRoleArn") == NONE:
        raise CommandError(ANOTHER)
    reader, taker = stack.output("TextLogFunctionName"), stack.client("lambda")
    taken = failed = 0
    for events in _some(_events(stack, options.since)):
        if _take(taker, reader, events):
            taken += len(events)
        else:
            failed += len(events)
    print(f"{count_of(taken, 'record')} taken in")
    if failed:
        print(f"of {failed} more some failed; the log of {reader} says which, and why")
    return int(failed > 0)


def _events(stack: Stack, since: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each record, with the group that it is from, as it was logged."""
    logs: CloudWatchLogsClient = stack.client("logs")
    pages = logs.get_paginator("filter_log_events")
    first = int(since.timestamp() * 1000)
    for group in groups(logs, stack.output("TextLogRoleArn")):
        for page in pages.paginate(logGroupName=group, startTime=first):
            for event in page["events"]:
                told = {"timestamp": event["timestamp"], "message": event["message"]}
                yield group, {"id": event["eventId"], **told}


def _some(events: Iterator[tuple[str, dict[str, Any]]]) -> Iterator[list[tuple[str, Any]]]:
    while some := list(islice(events, _A_CALL)):
        yield some


def subscription_event(log_group: str, log_events: Sequence[Any]) -> dict[str, Any]:
    """What the subscription of a log hands to a function."""
    data = {
        "messageType": "DATA_MESSAGE",
        "owner": "",
        "logGroup": log_group,
        "logStream": "replayed",
        "subscriptionFilters": [],
        "logEvents": log_events,
    }
    packed = base64.b64encode(gzip.compress(json.dumps(data).encode())).decode()
    return {"awslogs": {"data": packed}}


def _take(taker: LambdaClient, reader: str, events: Sequence[tuple[str, Any]]) -> bool:
    """Hand records over as their log's subscription does; says whether all were taken."""
    event = subscription_event(events[0][0], [event for _, event in events])
    answer = taker.invoke(FunctionName=reader, Payload=json.dumps(event))
    return "FunctionError" not in answer


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("write it as 2026-03-02T14:00Z") from error
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError("add its offset, or Z for UTC")
    return instant
