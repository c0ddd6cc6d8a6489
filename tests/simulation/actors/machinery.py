"""What AWS does by itself: schedules that fire twice or never, queues that deliver in any order."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from tests.simulation.simulation import Simulation
from tests.simulation.world.functions import Invocation
from tests.simulation.world.queue import Message, Queue

BATCH = {"alerts": 2, "imports": 1}
WORKER = {"alerts": "send_alert.handler", "imports": "import_balances.handler"}


def scan(simulation: Simulation, times: int) -> None:
    """The schedule fires: once, or twice."""
    for _ in range(times):
        simulation.invoke("scan_balances.handler", {})


def deliver(simulation: Simulation, queue: str, workers: int, again: bool) -> None:
    """A queue's messages reach some workers at once; one that was dealt with may come again."""
    waiting = simulation.world.queues[queue]
    for _ in range(workers):
        messages = waiting.receive(BATCH[queue], simulation.random)
        if not messages:
            return
        for message in messages:
            if again and simulation.random.random() < 0.5:
                waiting.show_again(message)
        hand_over(simulation, queue, waiting, messages)


def hand_over(simulation: Simulation, name: str, queue: Queue, messages: list[Message]) -> None:
    """Start a worker on a batch of messages, and delete what it dealt with."""
    simulation.world.tell("    " + "; ".join(one.body for one in messages))
    event = {
        "Records": [
            {
                "messageId": str(one.number),
                "body": one.body,
                "eventSource": "aws:sqs",
                "attributes": {"ApproximateReceiveCount": str(one.received)},
            }
            for one in messages
        ]
    }

    def then(invocation: Invocation) -> None:
        if invocation.outcome != "done":
            return
        failed = {one["itemIdentifier"] for one in invocation.result["batchItemFailures"]}
        for one in messages:
            if str(one.number) not in failed:
                queue.delete(one)

    invocation, _ = simulation.invoke(WORKER[name], event, then)
    asked = [json.loads(one.body) for one in messages if name == "alerts"]
    invocation.notes["fresh_links"] = any("fresh_link_for" in one for one in asked)


def _scan(random: Random) -> dict[str, Any]:
    return {"times": random.choice((1, 1, 1, 2))}


def _deliver(random: Random) -> dict[str, Any]:
    queue = random.choices(("alerts", "imports"), (9, 1))[0]
    return {"queue": queue, "workers": random.randint(1, 3), "again": random.random() < 0.3}


KINDS = {"scan": (14, _scan, scan), "deliver": (26, _deliver, deliver)}
