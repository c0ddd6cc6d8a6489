"""What comes back: delivery reports, replies, lists; late, twice, in any order."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from random import Random
from typing import Any

from tests.simulation.simulation import Simulation
from tests.simulation.world.functions import Invocation

Report = tuple[str, dict[str, Any]]


def report(simulation: Simulation, many: int, again: bool) -> None:
    """Some reports arrive that wait."""
    waiting = simulation.world.providers.reports
    chosen = simulation.random.sample(waiting, min(many, len(waiting)))
    for each in chosen:
        waiting.remove(each)
    for each in [*chosen, *chosen[: int(again)]]:
        bring(simulation, each)


def bring(simulation: Simulation, one: Report) -> None:
    """Bring one report to its function; if that fails it comes again later."""
    kind, content = one

    def then(invocation: Invocation) -> None:
        taken = invocation.outcome == "done" and not (invocation.result or {}).get(
            "batchItemFailures"
        )
        simulation.world.tell(f"    {kind} {_brief(kind, content)} -> {taken}")
        if not taken:
            simulation.world.providers.reports.append(one)
        elif kind == "reply":
            simulation.invariants.consents.taken(content)

    if kind == "text":
        simulation.invoke("delivery_events.text_log", _log_event(content), then)
        return
    if kind == "reply" and content["asks"] == "in":
        simulation.invariants.consents.begun(content)
    record = {"messageId": "1", "eventSource": "aws:sqs", "body": _topic(simulation, one)}
    simulation.invoke("delivery_events.handler", {"Records": [record]}, then)


def complain(simulation: Simulation, which: int) -> None:
    """Somebody calls one of their emails spam."""
    emails = [one for one in simulation.world.providers.delivered if one.channel == "email"]
    if emails:
        email = emails[which % len(emails)]
        code = email.token[:6] if email.token else ""
        tags = {"alert_id": email.tag or "", "practice": code}
        simulation.world.providers.report_email("Complaint", email.to, tags)


def reply(simulation: Simulation, who: int, says: str, kept: bool) -> None:
    """Somebody replies to a text; the carrier may keep STOP to itself, or note it, too."""
    world = simulation.world
    mobile = simulation.mobile_of(who)
    if mobile is None:
        return
    if says == "STOP":
        world.providers.opted_out.add(mobile)
        if kept:
            return
    content = {
        "number": mobile,
        "says": says,
        "asks": {"STOP": "out", "START": "in"}.get(says, ""),
        "at": world.clock.seconds,
    }
    world.providers.reports.append(("reply", content))


def look_at_list(simulation: Simulation) -> None:
    """The hourly look at the numbers that opted out with the provider."""
    simulation.invoke("delivery_events.opt_out_list", {})


def use_up_quota(simulation: Simulation, used_up: bool) -> None:
    """The month's spending limit for texts is reached; SNS takes texts and sends none."""
    simulation.world.providers.quota_used_up = used_up


def lose_contact(simulation: Simulation, who: int, address: int) -> None:
    """A number is given up, and an address; or they work again."""
    dead = simulation.world.providers.dead_contacts
    dead ^= {simulation.mobile_of(who) or "", simulation.cast.addresses[address]}


def _brief(kind: str, content: dict[str, Any]) -> str:
    if kind == "reply":
        return f"{content['says']} from {content['number']}"
    if kind == "text":
        return f"{content['delivery']['destination']}: {content['delivery']['providerResponse']}"
    return f"{content['eventType']} of {content['mail']['destination'][0]}"


def _topic(simulation: Simulation, one: Report) -> str:
    """As a topic delivers it."""
    kind, content = one
    at = simulation.world.clock.now()
    message = content
    if kind == "reply":
        at = simulation.world.clock.now_at(content["at"])
        message = {"originationNumber": content["number"], "messageBody": content["says"]}
    return json.dumps({"Message": json.dumps(message), "Timestamp": at.isoformat()})


def _log_event(record: dict[str, Any]) -> dict[str, Any]:
    """As a log group hands it on."""
    lines = {
        "messageType": "DATA_MESSAGE",
        "owner": "123456789012",
        "logGroup": "sns",
        "logStream": "s",
        "subscriptionFilters": ["texts"],
        "logEvents": [{"id": "1", "timestamp": 0, "message": json.dumps(record)}],
    }
    data = b64encode(gzip.compress(json.dumps(lines).encode(), mtime=0)).decode()
    return {"awslogs": {"data": data}}


def _reply(random: Random) -> dict[str, Any]:
    return {
        "who": random.randrange(8),
        "says": random.choice(("STOP", "STOP", "START", "START", "HELP", "thanks")),
        "kept": random.random() < 0.2,
    }


KINDS = {
    "report": (
        12,
        lambda r: {"many": r.randint(1, 6), "again": r.random() < 0.3},
        report,
    ),
    "complain": (2, lambda r: {"which": r.randrange(30)}, complain),
    "reply": (8, _reply, reply),
    "look_at_list": (1, lambda _: {}, look_at_list),
    "use_up_quota": (1, lambda r: {"used_up": r.random() < 0.5}, use_up_quota),
    "lose_contact": (
        1,
        lambda r: {"who": r.randrange(8), "address": r.randrange(5)},
        lose_contact,
    ),
}
