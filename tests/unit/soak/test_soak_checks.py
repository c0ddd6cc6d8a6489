"""What a soak finds at its end: each kind of loss and doubling, and no more than that."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from balance_alerts.access.links import digest
from infra.local.gateway import transactions as books
from infra.local.outbox import Message, Outbox
from infra.local.provider_reports import ReportType
from tests import builders
from tests.soak.actors import patients, staff
from tests.soak.answers import Paid, Reported
from tests.soak.cast import Cast
from tests.soak.checks import check_money
from tests.soak.ending import all_tokens
from tests.soak.found_again import check_found_again
from tests.soak.memory import Life
from tests.soak.messages import check_messages
from tests.soak.report import check_memory
from tests.soak.secrecy import Logs
from tests.soak.stored import Items
from tests.soak.world import Soak

OFFICE, PATIENT = "practice0", "p-1"
PK = f"ACCOUNT#{OFFICE}#{PATIENT}"
NOON = builders.at(1, "12:00")
TOKEN = "harbor-token-1"


def item(pk: str, sk: str, **attributes: Any) -> dict[str, Any]:
    """An item as DynamoDB hands it out."""
    numbers = {name: {"N": str(v)} for name, v in attributes.items() if isinstance(v, int)}
    texts = {name: {"S": v} for name, v in attributes.items() if isinstance(v, str)}
    return {"pk": {"S": pk}, "sk": {"S": sk}, **numbers, **texts}


def entry(entry_id: str, cents: int, **more: Any) -> dict[str, Any]:
    told = {"kind": "responsibility", "amount_cents": cents, **more}
    return item(PK, f"ENTRY#2026#{entry_id}", entry_id=entry_id, **told)


def alert(alert_id: str, on: date, message_id: str | None, status: str = "accepted") -> Any:
    text = {"status": status, "message_id": message_id, "detail": ""}
    at = datetime.combine(on, NOON.timetz())
    return item(
        PK,
        f"ALERT#{at.isoformat()}#{alert_id}",
        alert_id=alert_id,
        sent_on=on.isoformat(),
        claimed_at=at.isoformat(),
        channels=json.dumps({"text": text}),
    )


ACCOUNT = item(PK, "ACCOUNT", practice_id=OFFICE, patient_id=PATIENT, mobile="+12025560001")
LINK = item(f"LINK#{digest(TOKEN)}", "LINK", practice_id=OFFICE, patient_id=PATIENT)
FRESH = item(PK, f"FRESHLINK#text#{NOON.date()}", claimed_at=NOON.isoformat())
CLICKED = item(PK, "SENTNOW#1", alert_id="a-2")
ATTEMPT = item(PK, "ATTEMPT#ba-1", trans_id="60000000001")
KEY = item(PK, f"PAYMENTKEY#{hashlib.sha256(b'k').hexdigest()}", attempt_id="ba-1")
PAYMENT = entry("online-1", 700, kind="payment", external_ref="60000000001")


@pytest.fixture
def soak() -> Soak:
    """A soak at its end, in which nothing was done."""
    gateway = SimpleNamespace(_books=SimpleNamespace(charges=list))
    stack: Any = SimpleNamespace(outbox=Outbox(), gateway=gateway, now=lambda: NOON)
    server: Any = None
    return Soak(stack=stack, server=server)


def broken(soak: Soak, *stored: dict[str, Any]) -> list[str]:
    """The kinds of what is broken."""
    items = Items([ACCOUNT, LINK, *stored])
    check_messages(soak, items)
    check_found_again(soak, items)
    return [each.partition(":")[0] for each in soak.broken]


def text(soak: Soak, message_id: str, *, after: float = 1.0) -> None:
    """A text with a link went out, so many seconds after noon."""
    sent_at = NOON + timedelta(seconds=after)
    link = f"http://127.0.0.1/a/{TOKEN}"
    message = Message("text", "+12025560001", None, link, None, {}, link, sent_at, message_id)
    soak.stack.outbox.admit(message)


# ------------------------------------------------------------------ what was answered


def test_an_entry_is_found_once_as_it_was_told(soak: Soak) -> None:
    soak.answers.entries[OFFICE, "e-1"] = (PATIENT, "responsibility", 500)
    assert broken(soak, entry("e-1", 500)) == []


@pytest.mark.parametrize(
    "stored",
    [
        [],
        [entry("e-1", 501)],
        [entry("e-1", 500), {**entry("e-1", 500), "sk": {"S": "ENTRY#2027#e-1"}}],
    ],
    ids=["lost", "another amount", "twice"],
)
def test_an_entry_that_is_not(soak: Soak, stored: list[dict[str, Any]]) -> None:
    soak.answers.entries[OFFICE, "e-1"] = (PATIENT, "responsibility", 500)
    assert broken(soak, *stored) == ["4 lost"]


def paid(**changes: Any) -> Paid:
    told: dict[str, Any] = {"cents": 700, "status": 201, "code": None, "payment_id": "ba-1"}
    return Paid(OFFICE, PATIENT, "k", **(told | changes))


def test_a_payment_is_found_in_full(soak: Soak) -> None:
    soak.answers.clicks = [paid(), paid()]
    assert broken(soak, ATTEMPT, KEY, PAYMENT) == []


@pytest.mark.parametrize(
    ("clicks", "stored", "found"),
    [
        ([paid()], [ATTEMPT, KEY], ["5 lost"]),
        ([paid(cents=900)], [ATTEMPT, KEY, PAYMENT], ["5 lost"]),
        ([paid()], [KEY, PAYMENT], ["5 lost"]),
        ([paid(status=202)], [ATTEMPT, PAYMENT], ["5 lost"]),
        ([paid(), paid(status=202, payment_id="ba-2")], [ATTEMPT, KEY, PAYMENT], ["5 click"]),
    ],
    ids=["no entry", "less", "no attempt", "no click", "two payments"],
)
def test_a_payment_that_is_not(
    soak: Soak, clicks: list[Paid], stored: list[dict[str, Any]], found: list[str]
) -> None:
    soak.answers.clicks = clicks
    assert broken(soak, *stored)[:1] == found


def test_whoever_was_told_of_no_charge_was_not_charged(soak: Soak) -> None:
    charge = SimpleNamespace(invoice_number="ba-1", status="capturedPendingSettlement")
    soak.stack.gateway._books.charges = lambda: [charge]  # type: ignore[method-assign]
    soak.answers.clicks = [paid(status=402, code="declined", payment_id=None)]
    assert broken(soak, ATTEMPT, KEY) == ["5 answer"]


def test_what_has_a_place_of_its_own_is_there(soak: Soak) -> None:
    soak.answers.patients = {(OFFICE, PATIENT), (OFFICE, "p-2")}
    soak.answers.questions = [(OFFICE, "q-1")]
    soak.answers.links = [TOKEN, "another"]
    assert broken(soak) == ["4 lost"] * 3


def test_each_line_of_a_file_is_counted(soak: Soak) -> None:
    soak.answers.imports = {(OFFICE, name): 3 for name in ("done", "short", "running", "gone")}
    counts = {"done": ("done", 2), "short": ("done", 1), "running": ("running", 2)}
    stored = [
        item(f"PRACTICE#{OFFICE}", f"IMPORT#{name}", state=state, added=added, refused=1)
        for name, (state, added) in counts.items()
    ]
    assert broken(soak, *stored) == ["4 import"] * 3


def test_a_report_is_known_or_a_heavier_one(soak: Soak) -> None:
    for name, kind in (("same", "DELIVERED"), ("heavier", "DELIVERED"), ("lighter", "BOUNCE")):
        soak.answers.reports.append(Reported("email", name, ReportType[kind], 0.0))
    stored = {"same": "delivered", "heavier": "bounced", "lighter": "delivered"}
    reports = [item(f"REPORT#email#{name}", "REPORT", status=s) for name, s in stored.items()]
    assert broken(soak, *reports) == ["3 report"]


def test_only_a_texts_report_may_be_lost_and_only_before_an_outage(soak: Soak) -> None:
    soak.outages._spans = [(100.0, 110.0)]
    for channel, at in (("text", 97.0), ("text", 90.0), ("email", 97.0)):
        soak.answers.reports.append(Reported(channel, "gone", ReportType.DELIVERED, at))
    assert broken(soak) == ["3 report"] * 2


def test_who_said_stop_gets_no_more(soak: Soak) -> None:
    soak.answers.stopped = {"+12025560001", "+12025560002"}
    states = {"+12025560001": "reachable", "+12025560002": "opted_out"}
    contacts = [item(f"CONTACT#{to}", "CONTACT", state=state) for to, state in states.items()]
    assert broken(soak, *contacts) == ["2 consent"]


def test_a_value_is_the_last_that_was_answered_or_a_later_one(soak: Soak) -> None:
    subject = ("mobile", OFFICE, PATIENT)
    soak.last_told.answered(subject, "+12025560009")
    assert broken(soak) == ["4 told"]
    soak.broken.clear()
    soak.last_told.unanswered(subject, "+12025560001")
    assert broken(soak) == []
    soak.last_told.answered(subject, "+12025560009")
    assert broken(soak) == ["4 told"]


# ------------------------------------------------------------------ money


@pytest.mark.parametrize(
    ("state", "posted", "found"),
    [
        ("approved", True, []),
        ("unknown", False, ["5 state"]),
        ("failed", True, ["5 state"]),
    ],
    ids=["well", "unknown and unlocked", "posted and failed"],
)
def test_an_attempt_is_what_its_account_and_ledger_say(
    soak: Soak, state: str, posted: bool, found: list[str]
) -> None:
    charge = SimpleNamespace(
        merchant=OFFICE,
        invoice_number="ba-1",
        trans_id="60000000001",
        status=books.SETTLED if posted else books.DECLINED,
        amount_cents=700,
        ref_trans_id=None,
    )
    soak.stack.gateway._books = SimpleNamespace(  # type: ignore[assignment]
        charges=lambda: [charge],
        find=lambda trans_id, merchant: charge,
        transactions={charge.trans_id: charge},
    )
    attempt = item(
        PK, "ATTEMPT#ba-1", practice_id=OFFICE, patient_id=PATIENT, attempt_id="ba-1", state=state
    )
    account = {**ACCOUNT, "balance_cents": {"N": "0"}}
    check_money(soak, Items([account, attempt, *([PAYMENT] if posted else [])]))
    assert [each.partition(":")[0] for each in soak.broken] == found


# ------------------------------------------------------------------ messages


def test_each_message_has_one_reason(soak: Soak) -> None:
    text(soak, "m-1")
    text(soak, "m-2", after=2.0)
    assert broken(soak, alert("a-1", NOON.date(), "m-1"), FRESH) == []


def test_the_same_reason_twice(soak: Soak) -> None:
    text(soak, "m-1")
    text(soak, "m-2", after=2.0)
    assert broken(soak, FRESH) == ["1 twice"]


def test_an_alert_whose_outcome_is_unknown_is_the_reason_for_one_message(soak: Soak) -> None:
    unknown = alert("a-1", NOON.date(), None, status="unknown")
    text(soak, "m-1")
    assert broken(soak, unknown) == []
    text(soak, "m-2", after=2.0)
    assert broken(soak, unknown) == ["1 twice"]


@pytest.mark.parametrize("after", [-1.0, 90.0])
def test_a_message_for_nothing(soak: Soak, after: float) -> None:
    text(soak, "m-1", after=after)
    assert broken(soak, FRESH) == ["3 history"]


@pytest.mark.parametrize(
    ("days", "stored", "found"),
    [(14, [], []), (13, [], ["1 period"]), (1, [CLICKED], [])],
    ids=["a period", "less", "by click"],
)
def test_a_period_lies_between_alerts(
    soak: Soak, days: int, stored: list[dict[str, Any]], found: list[str]
) -> None:
    first = alert("a-1", NOON.date(), None)
    second = alert("a-2", NOON.date() + timedelta(days=days), None)
    assert broken(soak, first, second, *stored) == found


@pytest.mark.parametrize(
    ("answered", "until", "days", "found"),
    [
        (True, None, 20, ["1 period"]),
        (False, None, 20, []),
        (True, 20, 20, []),
        (True, 10, 13, ["1 period"]),
    ],
    ids=["monthly", "monthly perhaps", "no more in the end", "too soon for either"],
)
def test_a_period_is_the_shortest_that_held_between(
    soak: Soak, answered: bool, until: int | None, days: int, found: list[str]
) -> None:
    before, after = NOON - timedelta(days=5), NOON + timedelta(days=days)
    if answered:
        soak.frequencies.answered(OFFICE, "monthly", before, before)
    else:
        soak.frequencies.unanswered(OFFICE, "monthly", before)
    if until is not None:
        changed = NOON + timedelta(days=until)
        soak.frequencies.answered(OFFICE, "two_weeks", changed, changed)
    alerts = [alert("a-1", NOON.date(), None), alert("a-2", after.date(), None)]
    assert broken(soak, *alerts) == found


def test_the_frequency_is_the_one_that_staff_set_last(soak: Soak) -> None:
    soak.stack.staff = SimpleNamespace(token=lambda **_: "a.b.staff")  # type: ignore[assignment]
    soak.sign_staff_in()
    told: list[str] = []

    def call(kind: str, _: str, path: str, body: Any, *__: Any) -> Any:
        if kind == "settings changed":
            told.append(body["frequency"])
        return SimpleNamespace(status=200)

    soak.call = call  # type: ignore[method-assign]
    office, later = soak.cast.offices[0], NOON + timedelta(hours=1)
    someone = soak.cast.new_person(office, Random(1))
    for seed in range(20):
        staff.settings(soak, Random(seed), office, someone)
        if told:
            assert soak.frequencies.between(OFFICE, later, later) == {told[-1]}
    assert set(told) == {"monthly", "two_weeks"}


# ------------------------------------------------------------------ secrecy


@pytest.mark.parametrize(
    "body",
    [
        '{"to": "+12025560001"}',
        '{"to": "2025560001"}',
        '{"reply": "patient1@example.org"}',
        '{"who": "Vantongerenb"}',
        '{"who": "Quillonb"}',
        '{"bearer": "header.claims.signature-1"}',
        '{"bearer": "session-secret.place-of-many"}',
        '{"born": "1930-01-08"}',
        '{"link": "http://127.0.0.1/a/harbor-token-1"}',
    ],
)
def test_whatever_is_personal_is_seen(body: str) -> None:
    cast, logs = Cast(), Logs(Any)  # type: ignore[arg-type]
    cast.registered(cast.offices[0], cast.new_person(cast.offices[0], Random(1)))
    logs.take_queued(['{"Type": "Notification", "Message": "+12025560001"}', '{"id": "p-1"}'])
    tokens = {TOKEN, "header.claims.signature-1", "session-secret.place-of-many"}
    logs.take_queued(['{"place": "place-of-many"}'])
    assert not logs.personal(cast, tokens)
    logs.take_queued([body])
    assert len(logs.personal(cast, tokens)) == 1


def test_all_that_lets_somebody_in_is_looked_for(soak: Soak) -> None:
    office = soak.cast.offices[0]
    soak.cast.registered(office, soak.cast.new_person(office, Random(1)))
    text(soak, "m-1")
    soak.answers.links.append("handed-out")
    soak.stack.staff = SimpleNamespace(token=lambda **_: "a.b.staff")  # type: ignore[assignment]
    soak.sign_staff_in()
    signed_in = SimpleNamespace(status=200, json={"session": "session.p"})

    def call(kind: str, *_: Any) -> Any:
        return signed_in if kind == "signed in" else None

    soak.call = call  # type: ignore[method-assign]
    for seed in range(3):
        patients.visit(soak, Random(seed))
    assert all_tokens(soak) == {TOKEN, "handed-out", "a.b.staff", "session.p"}


def test_what_is_too_short_to_be_seen_is_not_passed_over() -> None:
    with pytest.raises(ValueError, match="short"):
        Logs(Any).personal(Cast(), {"short"})  # type: ignore[arg-type]


# ------------------------------------------------------------------ memory


def life(*kib: float) -> Life:
    """A process that was looked at once a second."""
    return Life("portal", 0.0, [(float(at), int(each)) for at, each in enumerate(kib)])


def quarters(*kib: int) -> list[float]:
    return [each for each in kib for _ in range(50)]


@pytest.mark.parametrize(
    ("kib", "flat"),
    [
        (quarters(10_000, 60_000, 60_000, 60_500), True),
        (quarters(56_000, 56_000, 59_500, 61_000), True),
        ([60_000 + 40 * at for at in range(200)], False),
        ([60_000 + 600 * (at // 10) for at in range(200)], False),
        ([9_000 + 5 * at for at in range(200)], True),
        ([60_000 + 3_000 * (at % 7 == 0) for at in range(200)], True),
    ],
    ids=["got warm", "two things made late", "leaks", "leaks now and then", "little", "spikes"],
)
def test_memory_is_flat_but_for_what_is_made_at_its_first_use(kib: list[float], flat: bool) -> None:
    assert life(*kib).is_flat is flat


@pytest.mark.parametrize(("calls_a_second", "flat"), [(5, True), (25, False)])
def test_how_small_a_leak_of_a_kibibyte_a_call_is_seen_in_five_minutes(
    calls_a_second: int, flat: bool
) -> None:
    leak = [60 * 1024 + calls_a_second * at for at in range(301)]
    assert life(*leak).is_judged
    assert life(*leak).is_flat is flat


@pytest.mark.parametrize(("minutes", "lived", "found"), [(20, 301, 0), (20, 299, 1), (5, 299, 0)])
def test_a_long_soak_judges_somebody(soak: Soak, minutes: int, lived: int, found: int) -> None:
    check_memory(minutes * 60, soak, [life(*[60_000] * lived)])
    assert len(soak.broken) == found
