"""Remittances (835): payers decide on claims, decide anew, take back; files come twice."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from tests.simulation.actors.files import last_of, put
from tests.simulation.simulation import Simulation
from tests.unit.imports.remittances import claim_segments, remittance

CASES = ("p-0", "p-0", "p-1", "p-1", "p-2", "p-3", "knee", "p-9")
"""What payers give back as CLP01: a patient's id, a case that several have, an id of nobody."""
NAME = "remittance.835"
FINAL, DENIED, FOLLOWED = "1", "4", "19"
REVERSED = "22"
OWED = ("0", "12.00", "40.00", "40.00")


def upload_remittance(
    simulation: Simulation, practice: int, seed: int, claims: int, twice: bool, anew: bool
) -> None:
    """A payer's file is put into the bucket: a new one, or the last one once more by hand."""
    practices = simulation.cast.practices
    practice_id = practices[practice % len(practices)]
    content = last_of(simulation, practice_id, NAME) if anew else None
    if content is None:
        content = _file(simulation, Random(seed), claims)
    put(simulation, practice_id, NAME, content, twice=twice)


def _file(simulation: Simulation, random: Random, claims: int) -> bytes:
    world = simulation.world
    today = world.clock.now().date()
    recorded = today - timedelta(days=random.choice((0, 0, 1, 4)))
    told: list[list[str]] = []
    for _ in range(claims):
        told += _claim(random, str(today - timedelta(days=random.choice((8, 9)))).replace("-", ""))
    return remittance(
        *told,
        control=str(len(world.bucket) + 1),
        recorded=str(recorded).replace("-", ""),
        trace=f"EFT{random.getrandbits(24)}",
    )


def _claim(random: Random, service_on: str) -> list[list[str]]:
    """A claim, a reversal of one, or a reversal with its correction."""
    case_id = random.choice(CASES)
    payer_claim_id = random.choice(("P1", "P1", "P2"))

    def told(status: str, owed: str) -> list[str]:
        return claim_segments(
            case_id,
            status=status,
            clp05=owed,
            payer_claim_id=payer_claim_id,
            extra=[f"DTM*232*{service_on}"],
        )

    kind = random.choice(("new", "new", "new", "corrected", "reversed", "open"))
    owed = random.choice(OWED)
    if kind == "corrected":
        return [told(REVERSED, "-40.00"), told(FINAL, owed)]
    if kind == "reversed":
        return [told(REVERSED, "-40.00")]
    return [told(FINAL if kind == "new" else random.choice((DENIED, FOLLOWED)), owed)]


def _upload(random: Random) -> dict[str, Any]:
    return {
        "practice": random.randrange(2),
        "seed": random.getrandbits(16),
        "claims": random.randint(1, 5),
        "twice": random.random() < 0.3,
        "anew": random.random() < 0.25,
    }


KINDS = {"upload_remittance": (4, _upload, upload_remittance)}
