"""What patients do with the links they get: look, switch, ask, pay, unsubscribe."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from balance_alerts.access.links import digest
from tests.simulation import items
from tests.simulation.actors import money
from tests.simulation.actors.staff import ask
from tests.simulation.cast import Person
from tests.simulation.simulation import Simulation
from tests.simulation.world import faults
from tests.simulation.world.functions import Invocation
from tests.simulation.world.providers import Delivered

GIVEN_UP_AT = 20.5
"""Seconds after a click: half a second earlier nobody waits for the gateway's answer any more."""
DOES = (("look", 3), ("switch", 4), ("question", 2), ("pay", 9))


Go_On = Callable[[Invocation], None]


def portal(
    simulation: Simulation,
    method: str,
    path: str,
    body: Any = None,
    more: Go_On = lambda _: None,
    **headers: str,
) -> Invocation:
    """A request of a patient's browser; `more` is what the patient does next."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return ask(simulation, "", method, path, body, named, "portal.handler", more)


def _worked(ended: Invocation) -> bool:
    return ended.outcome == "done" and ended.result["statusCode"] == 200


def _message(simulation: Simulation, which: int) -> Delivered | None:
    linked = [one for one in simulation.world.providers.delivered if one.token]
    return linked[-1 - which % len(linked)] if linked else None


def _whose(simulation: Simulation, message: Delivered) -> Person | None:
    assert message.token is not None
    link = simulation.world.storage.items.get((f"LINK#{digest(message.token)}", "LINK"))
    if link is None:
        return None
    for person in simulation.cast.people:
        if (person.practice_id, person.patient_id) == (
            link["practice_id"]["S"],
            link["patient_id"]["S"],
        ):
            return person
    return None


@dataclass(frozen=True)
class KeptSession:
    """A session as a browser holds it, and what it was opened by."""

    person: Person
    token: str
    link: str
    opened_at: datetime


def visit(
    simulation: Simulation,
    which: int,
    does: str,
    right: bool,
    more: Callable[[], None] = lambda: None,
    **wish: Any,
) -> None:
    """Somebody opens the link of a message, signs in, and does something, or whatever is next."""
    message = _message(simulation, which)
    person = message and _whose(simulation, message)
    if message is None or person is None:
        return
    born = person.born if right else person.born.replace(year=1950)
    body = {"token": message.token, "date_of_birth": born.isoformat()}
    over = _is_over(simulation, message, person)
    locked = simulation.tries.is_locked(message.token or "")

    def signed_in(ended: Invocation) -> None:
        simulation.tries.tried(message.token or "", ended, right=right)
        if not _worked(ended):
            more()
            return
        if not right:
            simulation.world.fail("6 sign-in", "a wrong date of birth opened a session")
        if over:
            simulation.world.fail("6 link", f"a link of {person} that was over opened a session")
        if locked:
            simulation.world.fail("6 lock", f"a locked link of {person} opened a session")
        session = json.loads(ended.result["body"])["session"]
        now = simulation.world.clock.now()
        simulation.sessions.append(KeptSession(person, session, message.token or "", now))
        ACTS[does](simulation, person, session, **wish)
        more()

    portal(simulation, "POST", "/portal/session", body, signed_in)


def _is_over(simulation: Simulation, message: Delivered, person: Person) -> bool:
    """Whether a link's 45 days have passed, or it was revoked."""
    link = simulation.world.storage.items[f"LINK#{digest(message.token or '')}", "LINK"]
    made = items.instant(link, "created_at")
    revoked = items.instant(simulation.account(person), f"{link['channel']['S']}_links_revoked_at")
    assert made is not None
    too_old = simulation.world.clock.now() - made >= timedelta(days=45)
    return too_old or (revoked is not None and made <= revoked)


def has_ended(simulation: Simulation, kept: KeptSession) -> bool:
    """Whether a session's half hour is over, or its link was revoked."""
    link = simulation.world.storage.items[f"LINK#{digest(kept.link)}", "LINK"]
    made = items.instant(link, "created_at")
    revoked = items.instant(
        simulation.account(kept.person), f"{link['channel']['S']}_links_revoked_at"
    )
    assert made is not None
    too_old = simulation.world.clock.now() - kept.opened_at >= timedelta(minutes=30, seconds=30)
    return too_old or (revoked is not None and made <= revoked)


def look(
    simulation: Simulation, person: Person, session: str, over: bool = False, **_: Any
) -> None:
    """The balance; a session that was `over` before shows none."""

    def seen(ended: Invocation) -> None:
        if _worked(ended):
            if over:
                simulation.world.fail("6 session", f"a session of {person} that was over is good")
            simulation.money.check_seen(person, json.loads(ended.result["body"]), since)

    since = simulation.money.moment(person)
    portal(simulation, "GET", "/portal/balance", None, seen, authorization=f"Bearer {session}")


def switch(
    simulation: Simulation, person: Person, session: str, text: bool, email: bool, **_: Any
) -> None:
    """The switches."""
    account = simulation.account(person)
    consents, began = simulation.invariants.consents, simulation.world.clock.seconds
    for wanted, name in ((text, "mobile"), (email, "email")):
        if wanted and name in account:
            consents.wants(_place(person, account[name]["S"]), began)
    portal(
        simulation,
        "PUT",
        "/portal/alerts",
        {"text": text, "email": email},
        authorization=f"Bearer {session}",
    )


def _place(person: Person, contact: str) -> str:
    """What a contact is known by: an address is one of its practice."""
    return f"{person.practice_id} {contact.casefold()}" if "@" in contact else contact


def question(simulation: Simulation, person: Person, session: str, **_: Any) -> None:
    """A question, which pauses alerts."""
    portal(
        simulation,
        "POST",
        "/portal/questions",
        {"reason": "need_time"},
        authorization=f"Bearer {session}",
    )


def pay(
    simulation: Simulation,
    person: Person,
    session: str,
    cents: int,
    key: int,
    clicks: int,
    told_after: float,
    **_: Any,
) -> None:
    """A payment; impatient people click again, with the same key or another one.

    The gateway tells of it by itself after so many seconds, if any; it may do so just as the
    portal has given up waiting and is about to write that down.
    """
    owed = int(simulation.account(person)["balance_cents"]["N"])
    amount = owed if cents == 0 or cents > owed else cents

    def answered(key: str, ended: Invocation) -> None:
        if ended.outcome == "done":
            told = json.loads(ended.result["body"])
            simulation.money.check_answer(key, ended.result["statusCode"], told.get("code"))

    unanswered = told_after == GIVEN_UP_AT
    for click in range(clicks):
        token = simulation.world.gateway.card_token(merchant=None)
        name = f"pay-{person.practice_id}-{person.patient_id}-{key + (click == 2)}"
        asked = portal(
            simulation,
            "POST",
            "/portal/payments",
            {
                "amount_cents": amount,
                "opaque_data": {
                    "data_descriptor": token.data_descriptor,
                    "data_value": token.data_value,
                },
            },
            partial(answered, name),
            authorization=f"Bearer {session}",
            idempotency_key=name,
        )
        if unanswered and not click:
            simulation.meet(asked, {"Gateway": faults.LOST_AFTER, "UpdateItem": faults.SLOW})
    if told_after:
        simulation.later(told_after, partial(money.newest_webhook, simulation))


def unsubscribe(simulation: Simulation, which: int) -> None:
    """One click in an email opts its address out."""
    message = _message(simulation, which)
    person = message and _whose(simulation, message)
    if message is None or person is None or message.channel != "email":
        return
    began = simulation.world.clock.seconds

    def done(ended: Invocation) -> None:
        if _worked(ended):
            simulation.invariants.consents.wants_none(_place(person, message.to), began)

    portal(simulation, "POST", f"/u/{message.token}", None, done)


def want_fresh_link(simulation: Simulation, which: int) -> None:
    """The page offers a fresh link."""
    message = _message(simulation, which)
    if message is not None:
        portal(simulation, "POST", "/portal/link-requests", {"token": message.token})


ACTS: dict[str, Callable[..., None]] = {
    "look": look,
    "switch": switch,
    "question": question,
    "pay": pay,
}


def _visit(random: Random) -> dict[str, Any]:
    acts, weights = zip(*DOES, strict=True)
    return {
        "which": random.randrange(8),
        "does": random.choices(acts, weights)[0],
        "right": random.random() < 0.93,
        "text": random.random() < 0.6,
        "email": random.random() < 0.6,
        "cents": random.choice((0, 0, 100, 500)),
        "key": random.randrange(40),
        "clicks": random.choice((1, 1, 2, 3)),
        "told_after": random.choice((0.0, 0.0, 1.0, GIVEN_UP_AT, 23.0)),
    }


KINDS = {
    "visit": (18, _visit, visit),
    "unsubscribe": (2, lambda r: {"which": r.randrange(8)}, unsubscribe),
    "want_fresh_link": (2, lambda r: {"which": r.randrange(8)}, want_fresh_link),
}
