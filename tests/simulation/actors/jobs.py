"""Work that staff ask for and nobody waits for: previews and reports, made by a worker."""

from __future__ import annotations

import json
from functools import partial
from random import Random
from typing import Any

from tests.simulation.actors.staff import ask
from tests.simulation.simulation import Simulation
from tests.simulation.world.functions import Invocation

WANTED = {
    "preview": ("POST", "/practice/balance-alerts/preview"),
    "alerts": ("GET", "/reports/balance-alerts"),
    "payments": ("GET", "/reports/payments"),
}
SHOWN = {"preview": "/practice/balance-alerts/preview/", "alerts": "/reports/jobs/"}


def want_report(simulation: Simulation, practice: int, what: str, seconds: float) -> None:
    """Somebody asks for one; where a worker makes it, they look after some seconds."""
    practices = simulation.cast.practices
    practice_id = practices[practice % len(practices)]
    method, path = WANTED[what]
    body = {"minimum_balance_cents": 100} if method == "POST" else None
    ask(
        simulation, practice_id, method, path, body, more=partial(_asked, simulation, what, seconds)
    )


def _asked(simulation: Simulation, what: str, seconds: float, ended: Invocation) -> None:
    if ended.outcome != "done":
        return
    claims = ended.event["requestContext"]["authorizer"]["jwt"]["claims"]
    practice_id = claims["custom:practice_id"]
    if ended.result["statusCode"] == 200 and what == "payments":
        simulation.money.check_report(practice_id, ended.result["body"])
    if ended.result["statusCode"] != 202:
        return
    path = SHOWN.get(what, SHOWN["alerts"]) + json.loads(ended.result["body"])["job_id"]

    def look() -> None:
        for each in simulation.cast.practices:
            shown = partial(_shown, simulation, own=each == practice_id)
            ask(simulation, each, "GET", path, more=shown)

    simulation.later(seconds, look)


def _shown(simulation: Simulation, ended: Invocation, *, own: bool) -> None:
    if ended.outcome != "done" or ended.result["statusCode"] != 200:
        return
    if not own:
        simulation.world.fail("6 job", "a practice was shown the job of another one")
    told = json.loads(ended.result["body"])
    if told["state"] == "done" and told["looked_at"] != told["accounts"]:
        simulation.world.fail("6 job", f"job {told['job_id']} is done, and did not look at all")


def _want(random: Random) -> dict[str, Any]:
    return {
        "practice": random.randrange(2),
        "what": random.choice(tuple(WANTED)),
        "seconds": random.choice((1.0, 30.0, 900.0)),
    }


KINDS = {"want_report": (2, _want, want_report)}
