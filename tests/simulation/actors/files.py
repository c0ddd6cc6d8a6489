"""Files of the office's own system: uploaded, told of twice, taken in by workers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from random import Random
from typing import Any

from infra.local.gateway.transactions import SETTLED
from tests.simulation.simulation import Simulation

TOLD_AGAIN = 0.25
"""How often a line tells of an online payment, if any is settled."""
ENTRIES = (
    "entry_id,patient_id,case_id,case_label,kind,amount,recorded_at,service_date,cause,payer,"
    "method,external_ref,reverses,description"
)
PATIENTS = (
    "patient_id,first_name,last_name,date_of_birth,mobile,email,language,time_zone,member_ids,"
    "text,email_alerts,consent_source,consent_at"
)


def upload(
    simulation: Simulation, practice: int, kind: str, seed: int, rows: int, twice: bool, anew: bool
) -> None:
    """A file is put into the bucket: a new one, or the last of its kind once more by hand."""
    practices = simulation.cast.practices
    practice_id = practices[practice % len(practices)]
    name = f"{kind}.csv"
    content = last_of(simulation, practice_id, name) if anew else None
    if content is None:
        lines = _entries if kind == "entries" else _patients
        header = ENTRIES if kind == "entries" else PATIENTS
        told = lines(simulation, practice_id, Random(seed), rows)
        content = "\n".join([header, *told, ""]).encode()
    put(simulation, practice_id, name, content, twice=twice)


def last_of(simulation: Simulation, practice_id: str, name: str) -> bytes | None:
    """What a practice's last file of this name held."""
    before = [
        content
        for key, content in simulation.world.bucket.items()
        if key.startswith(f"imports/{practice_id}/") and key.endswith(f"/{name}")
    ]
    return before[-1] if before else None


def put(
    simulation: Simulation, practice_id: str, name: str, content: bytes, *, twice: bool
) -> None:
    """Put a file of a practice into the bucket, which queues it, maybe twice."""
    world = simulation.world
    key = f"imports/{practice_id}/upload-{len(world.bucket) + 1}/{name}"
    world.bucket[key] = content
    record = {"s3": {"object": {"key": key}}}
    for _ in range(1 + twice):
        world.queues["imports"].send(json.dumps({"Records": [record]}))


def _entries(simulation: Simulation, practice_id: str, random: Random, rows: int) -> list[str]:
    now = simulation.world.clock
    lines = []
    for _ in range(rows):
        told_again = _of_the_gateway(simulation, practice_id, random)
        if told_again:
            lines.append(",".join(told_again.get(name, "") for name in ENTRIES.split(",")))
            continue
        days = random.choice((0, 0, 1, 20))
        kind = random.choice(("responsibility", "responsibility", "payment", "adjustment"))
        told: Mapping[str, str] = {
            "entry_id": f"f-{random.randrange(30)}",
            "patient_id": f"p-{random.randrange(5)}",
            "case_id": random.choice(("knee", "back")),
            "kind": kind,
            "amount": random.choice(("1.00", "25.00", "80.00")),
            "recorded_at": now.now_at(now.seconds - days * 86_400).isoformat(),
        }
        lines.append(",".join(told.get(name, "") for name in ENTRIES.split(",")))
    return lines


def _of_the_gateway(simulation: Simulation, practice_id: str, random: Random) -> Mapping[str, str]:
    """A settled online payment as the office's own system learns of it: by its reference."""
    world = simulation.world
    settled = [
        charge
        for charge in world.gateway._books.charges()
        if charge.merchant == practice_id and charge.status == SETTLED
    ]
    if not settled or random.random() > TOLD_AGAIN:
        return {}
    charge = random.choice(settled)
    owner = world.storage.items.get((f"ATTEMPT#{practice_id}#{charge.invoice_number}", "ATTEMPT"))
    if owner is None or simulation.money.is_doubtful(practice_id, charge):
        return {}
    return {
        "entry_id": f"gw-{charge.trans_id}",
        "patient_id": owner["patient_id"]["S"],
        "case_id": "knee",
        "kind": "payment",
        "amount": f"{charge.amount_cents / 100:.2f}",
        "recorded_at": charge.submitted_at.isoformat(),
        "method": "card",
        "external_ref": charge.trans_id,
    }


def _patients(simulation: Simulation, practice_id: str, random: Random, rows: int) -> list[str]:
    cast, clock = simulation.cast, simulation.world.clock
    people = [person for person in cast.people if person.practice_id == practice_id]
    lines = []
    for person in random.sample(people, min(rows, len(people))):
        told: dict[str, str] = {
            "patient_id": person.patient_id,
            "mobile": random.choice(("", *cast.numbers)),
            "email": random.choice(("", *cast.addresses)),
        }
        if random.random() < 0.6:
            told |= {"text": "true", "email_alerts": random.choice(("true", ""))}
            told |= {"consent_source": "intake_form", "consent_at": clock.now().isoformat()}
        lines.append(",".join(told.get(name, "") for name in PATIENTS.split(",")))
    return lines


def _upload(random: Random) -> dict[str, Any]:
    return {
        "practice": random.randrange(2),
        "kind": random.choice(("entries", "entries", "patients")),
        "seed": (seed := random.getrandbits(16)),
        "rows": random.randint(1, 8),
        "twice": random.random() < 0.3,
        "anew": seed % 8 == 0,  # not drawn: the seeds that mutations are caught by stay as they are
    }


KINDS = {"upload": (5, _upload, upload)}
