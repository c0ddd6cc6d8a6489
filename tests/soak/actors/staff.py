"""Staff: they record and import what is owed, keep files and settings, send now, and look."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from tests.soak.cast import Office, Person
from tests.soak.world import DIRECTOR, Soak, together

CASES = ("knee", "back", "shoulder")
KINDS = ("responsibility", "responsibility", "responsibility", "payment", "refund", "adjustment")
PAGES = 4
HOLDS = ("payment_plan", "hardship", "insurance_pending")
TO_READ = (
    "/patients",
    "/audit",
    "/attention",
    "/questions?state=open",
    "/reports/balance-alerts",
    "/reports/payments",
    "/reports/deposits",
    "/imports",
)


def work(soak: Soak, random: Random) -> None:
    """Whatever is next at a front desk."""
    office, person = soak.cast.anyone(random)
    things = (record, record, record, file_changed, hold, send_now, read, read, answer_questions)
    random.choice((*things, settings, issue_link, reverse, add, confirm))(
        soak, random, office, person
    )


def record(soak: Soak, random: Random, office: Office, person: Person) -> None:
    """Record an entry; one time in five twice at once, always again where no answer comes."""
    entry_id = f"e-{random.getrandbits(64):x}"
    body = {
        "entry_id": entry_id,
        "kind": random.choice(KINDS),
        "amount_cents": random.randint(100, 20_000),
        "case_id": random.choice(CASES),
        "recorded_at": (soak.stack.now() - timedelta(hours=random.choice((0, 1, 30)))).isoformat(),
    }
    _post(soak, random, office, person, body)


def reverse(soak: Soak, random: Random, office: Office, person: Person) -> None:
    """Cancel a responsibility that was recorded before."""
    with person.office:
        if not person.entries:
            return
        reversed_id, cents = person.entries.pop()
        body = {
            "entry_id": f"r-{reversed_id}",
            "kind": "adjustment",
            "amount_cents": -cents,
            "case_id": _case_of(soak, office, person, reversed_id),
            "recorded_at": soak.stack.now().isoformat(),
            "reverses": reversed_id,
        }
        if body["case_id"]:
            _post(soak, random, office, person, body)


def _case_of(soak: Soak, office: Office, person: Person, entry_id: str) -> str | None:
    path = f"/patients/{person.patient_id}/entries"
    answer = soak.call("ledger read", "GET", path, None, soak.staff(office))
    if answer is None or answer.status != 200:
        return None
    found = {each["entry_id"]: each["case_id"] for each in answer.json["entries"]}
    return found.get(entry_id)


def _post(soak: Soak, random: Random, office: Office, person: Person, body: dict[str, Any]) -> None:
    path = f"/patients/{person.patient_id}/entries"
    post = partial(
        soak.call_until_answered, "entry recorded", "POST", path, body, soak.staff(office)
    )
    answers = together(post, post) if random.random() < 0.2 else [post()]
    if not any(each is not None and each.status in (200, 201) for each in answers):
        return
    told = (person.patient_id, body["kind"], body["amount_cents"])
    soak.answers.entries[office.practice_id, body["entry_id"]] = told
    if body["kind"] == "responsibility":
        person.entries.append((body["entry_id"], body["amount_cents"]))


def file_changed(soak: Soak, random: Random, office: Office, person: Person) -> None:
    """Another number with consent, or the switches, as somebody says on the phone."""
    path, headers = f"/patients/{person.patient_id}", soak.staff(office)
    with person.office:
        if random.random() < 0.3:
            mobile = soak.cast.new_mobile()
            consent = {"source": "phone", "at": soak.stack.now().isoformat()}
            body = {"mobile": mobile, "consent": consent}
            soak.cast.moved(person, mobile)
            answer = soak.call("contact changed", "PUT", path, body, headers)
            subject = ("mobile", office.practice_id, person.patient_id)
            if answer is None:
                soak.last_told.unanswered(subject, mobile)
            elif answer.status == 200:
                soak.last_told.answered(subject, mobile)
        switches = {"text": random.random() < 0.9, "email": random.random() < 0.9}
        soak.call("subscription changed", "PUT", f"{path}/balance-alerts", switches, headers)


def hold(soak: Soak, random: Random, office: Office, person: Person) -> None:
    """Let alerts pause for some days, or go on."""
    reason = random.choice(HOLDS)
    path = f"/patients/{person.patient_id}/holds/{reason}"
    with person.office:
        until: str | None = None
        if random.random() < 0.4:
            until = (soak.stack.now() + timedelta(days=random.randint(3, 20))).date().isoformat()
            answer = soak.call("hold set", "PUT", path, {"until": until}, soak.staff(office))
        else:
            answer = soak.call("hold released", "DELETE", path, None, soak.staff(office))
        subject = ("hold", office.practice_id, person.patient_id, reason)
        if answer is None:
            soak.last_told.unanswered(subject, until)
        elif answer.status in (200, 204):
            soak.last_told.answered(subject, until)


def settings(soak: Soak, random: Random, office: Office, person: Person) -> None:
    """A director turns a knob, or looks at what that would do."""
    path, headers = "/practice/balance-alerts", soak.staff(office, DIRECTOR)
    wanted: dict[str, Any] = {
        "frequency": random.choice(("two_weeks", "two_weeks", "two_weeks", "monthly")),
        "minimum_balance_cents": random.choice((1, 1, 500)),
        "include_amount": random.random() < 0.5,
        "paused": random.random() < 0.1,
    }
    if random.random() < 0.3:
        soak.call("preview seen", "POST", f"{path}/preview", wanted, headers)
        return
    with office.settings:
        began = soak.stack.now()
        answer = soak.call("settings changed", "PUT", path, wanted, headers)
        changed = office.practice_id, wanted["frequency"], began
        if answer is None:
            soak.frequencies.unanswered(*changed)
        elif answer.status == 200:
            soak.frequencies.answered(*changed, soak.stack.now())
        for name, value in wanted.items():
            subject = ("setting", office.practice_id, name)
            if answer is None:
                soak.last_told.unanswered(subject, value)
            elif answer.status == 200:
                soak.last_told.answered(subject, value)


def send_now(soak: Soak, random: Random, office: Office, person: Person) -> None:
    """Click to send now, at times twice; repeat where no answer comes."""
    headers = {
        **soak.staff(office),
        "Idempotency-Key": str(UUID(int=random.getrandbits(128))),
    }
    path = f"/patients/{person.patient_id}/alerts"
    click = partial(soak.call_until_answered, "sent now", "POST", path, None, headers)
    answers = together(click, click) if random.random() < 0.3 else [click()]
    sent = {each.json["alert_id"] for each in answers if each is not None and each.status == 201}
    if len(sent) > 1:
        soak.fail("1 click", f"one click of {office.practice_id} became {len(sent)} alerts")
    for alert_id in sent:
        soak.answers.alerts.append((office.practice_id, person.patient_id, alert_id))


def read(soak: Soak, random: Random, office: Office, person: Person) -> None:
    """Look at a patient, then at a list, page by page."""
    headers = soak.staff(office)
    patient = f"/patients/{person.patient_id}"
    for path in (patient, f"{patient}/alerts", f"{patient}/payments"):
        soak.call("patient read", "GET", path, None, headers)
    path = random.choice(TO_READ)
    cursor: str | None = ""
    for _ in range(PAGES):
        more = f"{'&' if '?' in path else '?'}cursor={cursor}" if cursor else ""
        answer = soak.call("list read", "GET", path + more, None, soak.staff(office, DIRECTOR))
        if answer is None or answer.status != 200 or not answer.raw.startswith(b"{"):
            return
        cursor = answer.json.get("next_cursor")
        if not cursor:
            return


def answer_questions(soak: Soak, random: Random, office: Office, person: Person) -> None:
    """Answer some of the open questions, and let alerts go on."""
    headers = soak.staff(office)
    listed = soak.call("list read", "GET", "/questions?state=open", None, headers)
    if listed is None or listed.status != 200:
        return
    for question in listed.json["questions"][:2]:
        path = f"/questions/{question['question_id']}/answer"
        body = {"release_hold": random.random() < 0.8}
        soak.call("question answered", "POST", path, body, headers)


def issue_link(soak: Soak, random: Random, office: Office, person: Person) -> None:
    """Hand out a link; seldom take all of them back."""
    path, headers = f"/patients/{person.patient_id}/links", soak.staff(office)
    if random.random() < 0.1:
        soak.call("links revoked", "DELETE", path, None, headers)
        return
    answer = soak.call("link issued", "POST", path, None, headers)
    if answer is not None and answer.status == 201:
        soak.answers.links.append(answer.json["url"].rpartition("/")[2])


def add(soak: Soak, random: Random, office: Office, person: Person) -> None:
    """Put a new patient on file, who agrees to alerts."""
    new = soak.cast.new_person(office, random)
    path, headers = f"/patients/{new.patient_id}", soak.staff(office)
    body = {
        "first_name": new.first_name,
        "last_name": new.last_name,
        "date_of_birth": new.born.isoformat(),
        "mobile": new.mobile,
        "email": new.email,
        "consent": {"source": "intake form", "at": soak.stack.now().isoformat()},
    }
    answer = soak.call_until_answered("patient added", "PUT", path, body, headers)
    if answer is None or answer.status not in (200, 201):
        return
    soak.answers.patients.add((office.practice_id, new.patient_id))
    soak.last_told.answered(("mobile", office.practice_id, new.patient_id), new.mobile)
    switches = {"text": True, "email": True}
    soak.call("subscription changed", "PUT", f"{path}/balance-alerts", switches, headers)
    soak.cast.registered(office, new)
    record(soak, random, office, new)


def confirm(soak: Soak, random: Random, office: Office, person: Person) -> None:
    """Say that a contact that went bad is right after all."""
    channel = random.choice(("text", "email"))
    path = f"/patients/{person.patient_id}/contacts/{channel}/confirm"
    soak.call("contact confirmed", "POST", path, None, soak.staff(office))
