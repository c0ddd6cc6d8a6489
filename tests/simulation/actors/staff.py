"""What members of staff and the operator do, by the real staff API."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from balance_alerts.domain.audit import OPERATOR
from balance_alerts.practices.brake import pause_all, resume_all
from infra.local.gateway.webhooks import signature_key
from tests.simulation.simulation import Simulation
from tests.simulation.world.functions import Invocation

PILOTS = ["+12025550201", "+12025550203", "p1@example.org", "P2@example.org"]
REASONS = ("payment_plan", "hardship", "other", "agency", "deceased")
KINDS_OF_ENTRIES = (
    ("responsibility", 6),
    ("payment", 4),
    ("adjustment", 2),
    ("refund", 1),
    ("chargeback", 1),
)


def ask(
    simulation: Simulation,
    practice_id: str,
    method: str,
    path: str,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    function: str = "staff.handler",
    more: Callable[[Invocation], None] = lambda _: None,
) -> Invocation:
    """One request to an API, as its gateway hands it on; the answer is told in the story.

    `more` is what whoever asked does next.
    """
    claims = {
        "token_use": "id",
        "custom:practice_id": practice_id,
        "cognito:groups": "[business_owner]",
        "sub": "staff-1",
        "name": "Sam",
    }
    event = {
        "version": "2.0",
        "routeKey": f"{method} {re.sub('^/u/.*', '/u/{token}', path)}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json", **(headers or {})},
        "requestContext": {
            "http": {"method": method, "path": path, "sourceIp": "192.0.2.1"},
            "stage": "$default",
            "authorizer": {"jwt": {"claims": claims, "scopes": None}},
        },
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }

    def then(invocation: Invocation) -> None:
        answer = invocation.result or {}
        status = answer.get("statusCode", invocation.outcome)
        problem = ""
        if isinstance(status, int) and status >= 400:
            problem = json.loads(answer["body"]).get("code", "")
        simulation.world.tell(f"    {method} {path} -> {status} {problem}")
        if status == 500:
            simulation.world.tell(f"    {invocation.error!r}")
        more(invocation)

    invocation, _ = simulation.invoke(function, event, then)
    return invocation


def of_patient(
    simulation: Simulation, who: int, method: str, path: str, body: Any = None, **headers: str
) -> Invocation:
    """A request about a patient, by the staff of their practice."""
    person = simulation.someone(who)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    path = f"/patients/{person.patient_id}{path}"
    return ask(simulation, person.practice_id, method, path, body, named)


def record_entry(
    simulation: Simulation, who: int, kind: str, cents: int, days_ago: float, name: int, twice: bool
) -> None:
    """An entry is recorded; the same may be told twice, or of another patient."""
    recorded_at = simulation.world.clock.now_at(simulation.world.clock.seconds - days_ago * 86_400)
    reverses = None
    if kind == "reversal":
        found = [
            entry for entry in simulation.entries(simulation.someone(who)) if entry.reverses is None
        ]
        if not found:
            return
        reversed_one = found[name % len(found)]
        sign = 1 if reversed_one.kind == "payment" else -1
        kind, cents, reverses = "adjustment", sign * reversed_one.cents, reversed_one.entry_id
    body = {
        "entry_id": f"e-{name}",
        "kind": kind,
        "amount_cents": cents,
        "case_id": simulation.case_of(simulation.someone(who), reverses, name),
        "recorded_at": recorded_at.isoformat(),
        "reverses": reverses,
    }
    others = name % 2 if reverses is None else 0
    for number in range(1 + twice):
        of_patient(simulation, who + number * others, "POST", "/entries", body)


def change_settings(simulation: Simulation, practice: int, **settings: Any) -> None:
    """A director changes when alerts go out."""
    practices = simulation.cast.practices
    practice_id = practices[practice % len(practices)]
    ask(simulation, practice_id, "PUT", "/practice/balance-alerts", settings)


def hold(simulation: Simulation, who: int, reason: str, days: int) -> None:
    """Alerts pause."""
    until = (simulation.world.clock.now().date().toordinal() + days) if days else None
    body = {"until": None if until is None else _iso(until)}
    of_patient(simulation, who, "PUT", f"/holds/{reason}", body)


def release(simulation: Simulation, who: int, reason: str) -> None:
    """They go on."""
    of_patient(simulation, who, "DELETE", f"/holds/{reason}")


def subscribe(simulation: Simulation, who: int, text: bool, email: bool) -> None:
    """Somebody at the desk switches alerts."""
    of_patient(simulation, who, "PUT", "/balance-alerts", {"text": text, "email": email})


def change_contact(
    simulation: Simulation, who: int, mobile: int | None, email: int | None, consent: bool
) -> None:
    """The patient has another number or address."""
    body: dict[str, Any] = {}
    cast = simulation.cast
    if mobile is not None:
        body["mobile"] = cast.numbers[mobile]
    if email is not None:
        body["email"] = cast.addresses[email]
    if consent:
        now = simulation.world.clock.now()
        body["consent"] = {"source": "by phone", "at": now.isoformat()}
    of_patient(simulation, who, "PUT", "", body)


def confirm(simulation: Simulation, who: int, channel: str) -> None:
    """The contact is right although messages failed."""
    of_patient(simulation, who, "POST", f"/contacts/{channel}/confirm")


def send_now(simulation: Simulation, who: int, key: int, clicks: int) -> None:
    """Somebody clicks, and clicks again."""
    for _ in range(clicks):
        of_patient(simulation, who, "POST", "/alerts", None, idempotency_key=f"click-{key}")


def connect(simulation: Simulation, practice: int, on: bool) -> None:
    """A director gives the merchant account's credentials again, or takes the account away."""
    practices = simulation.cast.practices
    practice_id = practices[practice % len(practices)]
    body = {
        "api_login_id": practice_id,
        "transaction_key": "a key",
        "signature_key": signature_key(practice_id),
    }
    path = "/practice/authorize-net"
    ask(simulation, practice_id, "PUT" if on else "DELETE", path, body if on else None)


def brake(simulation: Simulation, on: bool) -> None:
    """The operator pauses all alerts, or lets them go on."""
    now = simulation.world.clock.now()
    if on:
        pause_all(by=OPERATOR, note=None, now=now)
    else:
        resume_all(by=OPERATOR, note=None, now=now)


def _iso(ordinal: int) -> str:
    from datetime import date

    return date.fromordinal(ordinal).isoformat()


def _who(random: Random, **more: Any) -> dict[str, Any]:
    return {"who": random.randrange(8), **more}


def _entry(random: Random) -> dict[str, Any]:
    kinds, weights = zip(*KINDS_OF_ENTRIES, ("reversal", 2), strict=True)
    kind = random.choices(kinds, weights)[0]
    cents = random.choice((100, 900, 2_500, 8_000))
    return _who(
        random,
        kind=kind,
        cents=-cents if kind == "adjustment" and random.random() < 0.6 else cents,
        days_ago=random.choice((0, 0, 0, 0.2, 1, 3, 30, 61, 70)),
        name=random.randrange(25),
        twice=random.random() < 0.3,
    )


def _settings(random: Random) -> dict[str, Any]:
    changed: dict[str, Any] = random.choice(
        (
            {"frequency": random.choice(("two_weeks", "monthly", "dont_send", "two_weeks"))},
            {"paused": random.random() < 0.5},
            {"minimum_balance_cents": random.choice((1, 1, 1_000))},
            {"first_alert_after_days": random.choice((0, 1, 5))},
            {"daily_limit": random.choice((None, None, 1, 2))},
            {"pilot_contacts": random.choice((None, None, PILOTS))},
            {
                "send_window": random.choice(
                    ({"opens": "09:00", "closes": "20:00"}, {"opens": "11:00", "closes": "13:00"})
                )
            },
            {
                "send_days": random.choice(
                    (
                        ["mon", "tue", "wed", "thu", "fri"],
                        ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
                    )
                )
            },
        )
    )
    return {"practice": random.randrange(2), **changed}


def _hold(random: Random) -> dict[str, Any]:
    reason = random.choice(REASONS)
    endless = reason in ("agency", "deceased") and random.random() < 0.5
    return _who(random, reason=reason, days=0 if endless else random.choice((1, 3, 20)))


def _contact(random: Random) -> dict[str, Any]:
    return _who(
        random,
        mobile=random.choice((None, random.randrange(6))),
        email=random.choice((None, random.randrange(5))),
        consent=random.random() < 0.7,
    )


KINDS = {
    "record_entry": (14, _entry, record_entry),
    "change_settings": (6, _settings, change_settings),
    "hold": (3, _hold, hold),
    "release": (3, lambda r: _who(r, reason=r.choice(REASONS)), release),
    "subscribe": (
        5,
        lambda r: _who(r, text=r.random() < 0.8, email=r.random() < 0.8),
        subscribe,
    ),
    "change_contact": (5, _contact, change_contact),
    "confirm": (3, lambda r: _who(r, channel=r.choice(("text", "email"))), confirm),
    "send_now": (
        6,
        lambda r: _who(r, key=r.randrange(5), clicks=r.choice((1, 2, 3))),
        send_now,
    ),
    "connect": (
        1,
        lambda r: {"practice": r.randrange(2), "on": r.random() < 0.6},
        connect,
    ),
    "brake": (1, lambda r: {"on": r.random() < 0.3}, brake),
}
