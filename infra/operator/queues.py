"""Trying failed messages again: `redrive`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple

from tqdm import tqdm

from infra.operator.stack import Stack

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef, SendMessageBatchRequestEntryTypeDef

    from infra.operator.arguments import Commands

QUEUES = {
    "alerts": ("AlertDeadLetterQueueUrl", "AlertQueueUrl"),
    "imports": ("ImportDeadLetterQueueUrl", "ImportQueueUrl"),
    "delivery-events": ("DeliveryDeadLetterQueueUrl", "DeliveryEventQueueUrl"),
}
"""Queues of failed messages and those they came from, by what the operator calls them."""

_A_CALL = 10
_HIDDEN_SECONDS = 60
_MARGIN = 10


def add(commands: Commands) -> None:
    """Tell argparse about this command."""
    command = commands.add_parser(
        "redrive",
        help="put failed messages back on their queues",
        description="Safe at any time: the sender decides again for every account, and an import "
        "goes on where it stopped; one that is marked failed is over, so import its file again; "
        "reports and replies may come twice and late, since what was told after them stands, and "
        "a START of long ago takes no number off AWS's list. "
        "Find out first why the messages failed. Failed runs of the schedule are not put back: the "
        "next run finds what is due.",
    )
    command.add_argument("queue", nargs="?", choices=[*QUEUES, "all"], default="all")
    command.set_defaults(run=_redrive)


def _redrive(stack: Stack, options: argparse.Namespace) -> int:
    failed = False
    for name, (source, target) in QUEUES.items():
        if options.queue in (name, "all"):
            moved = move(stack.sqs, stack.output(source), stack.output(target), name=name)
            print(f"{name}: {moved.put_back} put back" + _left(moved))
            failed = failed or moved.refused > 0
    return int(failed)


class Moved(NamedTuple):
    """Messages that another queue has now, and those that it would not take."""

    put_back: int
    refused: int


def _left(moved: Moved) -> str:
    if not moved.refused:
        return ""
    return f", {moved.refused} refused by the queue, which stay; try again in a minute"


def move(sqs: SQSClient, source: str, target: str, *, name: str = "messages") -> Moved:
    """Move what lies in one queue to another, showing how far it is.

    A message is deleted only once the other queue has it. What fails again meanwhile and comes
    back is left for the next time.
    """
    found = sqs.get_queue_attributes(
        QueueUrl=source, AttributeNames=["ApproximateNumberOfMessages"]
    )
    waiting = int(found["Attributes"]["ApproximateNumberOfMessages"])
    put_back = refused = 0
    with tqdm(total=waiting, desc=name, disable=None) as bar:
        while put_back + refused < waiting + _MARGIN:
            received = sqs.receive_message(
                QueueUrl=source,
                MaxNumberOfMessages=_A_CALL,
                VisibilityTimeout=_HIDDEN_SECONDS,
                WaitTimeSeconds=1,
                MessageSystemAttributeNames=["MessageGroupId"],
            )
            messages = received.get("Messages", [])
            if not messages:
                break
            moved = _move_some(sqs, source, target, messages)
            put_back += moved
            refused += len(messages) - moved
            bar.update(moved)
    return Moved(put_back, refused)


def _move_some(sqs: SQSClient, source: str, target: str, messages: list[MessageTypeDef]) -> int:
    answer = sqs.send_message_batch(
        QueueUrl=target, Entries=[_entry(number, m) for number, m in enumerate(messages)]
    )
    sent = [messages[int(entry["Id"])] for entry in answer.get("Successful", [])]
    if sent:
        sqs.delete_message_batch(
            QueueUrl=source,
            Entries=[
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                for number, message in enumerate(sent)
            ],
        )
    return len(sent)


def _entry(number: int, message: MessageTypeDef) -> SendMessageBatchRequestEntryTypeDef:
    entry: SendMessageBatchRequestEntryTypeDef = {"Id": str(number), "MessageBody": message["Body"]}
    group = message.get("Attributes", {}).get("MessageGroupId")
    if group is not None:
        entry["MessageGroupId"] = group
    return entry
