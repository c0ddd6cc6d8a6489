"""Patients: they follow links, sign in, look, pay and pay again, ask, switch, unsubscribe."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from infra.local.gateway.cards import DECLINING_ZIP, TEST_CARD
from infra.local.outbox import Message
from tests.soak.answers import Paid
from tests.soak.cast import Person
from tests.soak.world import Soak, code_of, together
from tests.stack.portal_client import Answer

LATELY = 400
"""How many of the newest messages are still looked at."""
MISTYPED = "1901-01-01"
REASONS = ("insurance_not_finished", "already_paid", "wrong_amount", "need_time", "other")
POSTED, TAKEN = 201, 202


def visit(soak: Soak, random: Random) -> None:
    """Follow a link to whatever one comes for."""
    messages = [each for each in soak.stack.outbox.messages()[-LATELY:] if each.link]
    if not messages:
        return
    message = random.choice(messages)
    token = str(message.link).rpartition("/")[2]
    soak.call("page opened", "GET", f"/a/{token}")
    if random.random() < 0.05:
        soak.call("fresh link wanted", "POST", "/portal/link-requests", {"token": token})
        return
    if message.channel == "email" and random.random() < 0.03:
        _unsubscribe(soak, message)
        return
    found = _sign_in(soak, random, message, token)
    if found is not None:
        person, session = found
        headers = {"Authorization": f"Bearer {session}"}
        balance = _look(soak, random, headers)
        chosen = random.random()
        if balance is not None and chosen < 0.65:
            _pay(soak, random, person, headers, balance)
        elif chosen < 0.75:
            _ask(soak, random, person, headers)
        elif chosen < 0.85:
            _switch(soak, random, person, headers)


def _sign_in(soak: Soak, random: Random, message: Message, token: str) -> tuple[Person, str] | None:
    """Who signed in, and the session; of those who share a contact, each tries."""
    if random.random() < 0.05:
        body = {"token": token, "date_of_birth": MISTYPED}
        soak.call("date of birth mistyped", "POST", "/portal/session", body)
    people = soak.cast.behind(message.to)
    for person in random.sample(people, min(3, len(people))):
        body = {"token": token, "date_of_birth": person.born.isoformat()}
        answer = soak.call("signed in", "POST", "/portal/session", body)
        if answer is not None and answer.status == 200:
            session: str = answer.json["session"]
            soak.answers.tokens.add(session)
            return person, session
    return None


def _look(soak: Soak, random: Random, headers: dict[str, str]) -> dict[str, Any] | None:
    balance = soak.call("balance seen", "GET", "/portal/balance", None, headers)
    for what in ("activity", "payments", "alerts"):
        if random.random() < 0.4:
            soak.call(f"{what} seen", "GET", f"/portal/{what}", None, headers)
    if balance is None or balance.status != 200:
        return None
    shown: dict[str, Any] = balance.json
    if sum(case["balance_cents"] for case in shown["cases"]) != shown["balance_cents"]:
        soak.fail("6 sum", "a patient was shown cases that do not add up to the balance")
    return shown


def _pay(
    soak: Soak, random: Random, person: Person, headers: dict[str, str], shown: dict[str, Any]
) -> None:
    """Pay all or a part; click twice at once, or again later; repeat where no answer comes."""
    owed = shown["balance_cents"]
    if owed <= 0 or shown["online_payments"] is None or shown["open_payment"] is not None:
        return
    cents = owed if random.random() < 0.5 else max(min(100, owed), owed // random.randint(2, 5))
    bad = random.random() < 0.1
    card = soak.stack.gateway.card_token(TEST_CARD, DECLINING_ZIP if bad else "")
    opaque = {"data_descriptor": card.data_descriptor, "data_value": card.data_value}
    body = {"amount_cents": cents, "opaque_data": opaque}
    key = str(UUID(int=random.getrandbits(128)))
    again = {**headers, "Idempotency-Key": key}
    click = partial(
        soak.call_until_answered, "paid by card", "POST", "/portal/payments", body, again
    )
    answers = together(click, click) if random.random() < 0.3 else [click()]
    if random.random() < 0.3:
        answers.append(click())
    for answer in answers:
        if answer is not None:
            _note(soak, person, key, cents, answer)


def _note(soak: Soak, person: Person, key: str, cents: int, answer: Answer) -> None:
    paid = answer.status in (POSTED, TAKEN)
    click = Paid(
        practice_id=person.practice_id,
        patient_id=person.patient_id,
        key=key,
        cents=cents,
        status=answer.status,
        code=code_of(answer),
        payment_id=answer.json["payment_id"] if paid else None,
    )
    soak.answers.clicks.append(click)


def _ask(soak: Soak, random: Random, person: Person, headers: dict[str, str]) -> None:
    body = {"reason": random.choice(REASONS)}
    answer = soak.call("question asked", "POST", "/portal/questions", body, headers)
    if answer is not None and answer.status == 201:
        soak.answers.questions.append((person.practice_id, answer.json["question_id"]))


def _switch(soak: Soak, random: Random, person: Person, headers: dict[str, str]) -> None:
    """Turn alerts on or off; who turns texts on takes a STOP of before back."""
    switches = {"text": random.random() < 0.8, "email": random.random() < 0.8}
    soak.call("alerts switched", "PUT", "/portal/alerts", switches, headers)
    if switches["text"]:  # whether or not that was answered
        soak.answers.stopped -= person.numbers


def _unsubscribe(soak: Soak, message: Message) -> None:
    """One click of the mail program (RFC 8058)."""
    link = message.headers.get("List-Unsubscribe", "").strip("<>")
    if link:
        soak.call("unsubscribed", "POST", "/u/" + link.rpartition("/")[2])
