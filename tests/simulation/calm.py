"""What must hold once faults have ended, everything was delivered, and two send windows passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulation import items
from tests.simulation import second_opinion as second
from tests.simulation.dynamo.expressions import Item

if TYPE_CHECKING:
    from tests.simulation.simulation import Simulation

BRAKE = ("STACK", "BRAKE")


def check_nobody_is_forgotten(simulation: Simulation) -> None:
    """Nobody is due any more, by what is known of the contacts themselves (3)."""
    world = simulation.world
    stored = world.storage.items
    for key, account in list(stored.items()):
        if key[1] != "ACCOUNT":
            continue
        practice = stored[f"PRACTICE#{account['practice_id']['S']}", "PRACTICE"]
        if "daily_limit" in practice:
            continue
        entries = items.entries_of(world.storage.partition(key[0]))
        known = _with_contacts(account, stored, items.pilots_of(practice))
        patient = items.patient_of(known, entries)
        clinic = items.clinic_of(practice, stored.get(BRAKE))
        if second.why_not(patient, clinic, world.clock.now()) is None:
            world.fail("3 forgotten", f"{key[0]} is due and was not alerted")


def check_history(simulation: Simulation) -> None:
    """Each alert that a patient got is in the history, as sent or as unknown (3)."""
    world = simulation.world
    for claim in simulation.invariants.claims.values():
        account = world.storage.items[claim.account_key]
        told = {
            item["alert_id"]["S"]
            for item in world.storage.partition(claim.account_key[0])
            if item["sk"]["S"].startswith("ALERT#")
        }
        if claim.delivered and claim.claim_id not in told | {items.text(account, "claim_id")}:
            world.fail("3 history", f"an alert of {claim.account_key[0]} is not in its history")


def check_imports(simulation: Simulation) -> None:
    """Each file whose message was not lost was taken in, every line of it once (4)."""
    world = simulation.world
    queue = world.queues["imports"]
    lost = "".join(message.body for message in queue.dead + queue.expired)
    for name, content in world.bucket.items():
        if name in lost:
            continue
        _, practice_id, import_id, _ = name.split("/")
        told = world.storage.items.get((f"PRACTICE#{practice_id}", f"IMPORT#{import_id}"))
        if told is None or told["state"]["S"] != "done":
            world.fail("4 import", f"{name} is {told and told['state']['S']}")
            continue
        outcomes = ("added", "changed", "unchanged", "parked", "refused")
        counted = sum(items.number(told, outcome) for outcome in outcomes)
        remittance = name.endswith(".835")
        lines = content.count(b"~CLP*") if remittance else content.count(b"\n") - 1
        if counted != lines:
            world.fail("4 import", f"{name} has {lines} lines, {counted} are counted")


def check_secrecy(simulation: Simulation) -> None:
    """Nothing printed or queued tells who a patient is, how to reach them, or a way in (7)."""
    cast, world = simulation.cast, simulation.world
    personal = {*cast.numbers, *cast.addresses, "Okafor"}
    personal |= {person.born.isoformat() for person in cast.people}
    personal |= {one.token for one in world.providers.delivered if one.token}
    places = {"the logs": simulation.process.output.getvalue()}
    for name, queue in world.queues.items():
        places[f"the queue of {name}"] = "\n".join(queue.bodies)
    for place, content in places.items():
        for value in sorted(personal):
            if value in content:
                world.fail("7 personal", f"{value} is in {place}")


def _with_contacts(
    account: Item, stored: dict[tuple[str, str], Item], pilots: set[str] | None
) -> Item:
    """An account with the state of its contacts as they themselves have it.

    A channel whose contact is not among the `pilots`, where there are any, is off.
    """
    practice_id = account["practice_id"]["S"]
    told = dict(account)
    for channel, name in (("text", "mobile"), ("email", "email")):
        if name in account:
            contact = account[name]["S"]
            if pilots is not None and contact.casefold() not in pilots:
                told[f"{channel}_subscribed"] = {"BOOL": False}
            pk = contact if name == "mobile" else f"{practice_id}#{contact.casefold()}"
            told[f"{name}_state"] = stored[f"CONTACT#{pk}", "CONTACT"]["state"]
    return told
