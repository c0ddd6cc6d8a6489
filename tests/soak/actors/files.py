"""Files that staff upload: patients in the beginning, entries all the time, some of it broken."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from tests.simulation.actors.files import ENTRIES, PATIENTS
from tests.soak.cast import Office, Person
from tests.soak.world import Soak

CSV = {"Content-Type": "text/csv; header=present"}
LINES = (3, 30)


def upload_entries(soak: Soak, random: Random) -> None:
    """A day's entries; at times with a line that is refused, at times twice."""
    office = random.choice(soak.cast.offices)
    people = random.choices(office.people, k=random.randint(*LINES))
    rows, told = [], {}
    for person in people:
        entry_id, cents = f"f-{random.getrandbits(64):x}", random.randint(100, 9_000)
        at = soak.stack.now() - timedelta(hours=random.choice((1, 5, 26)))
        rows.append(_entry(entry_id, person, cents, at.isoformat()))
        told[office.practice_id, entry_id] = (person.patient_id, "responsibility", cents)
    if random.random() < 0.2:
        rows.append(_entry("broken", people[0], 100, "yesterday"))
    for _ in range(1 + (random.random() < 0.2)):
        if upload(soak, office, "entries", [ENTRIES, *rows]):
            soak.answers.entries.update(told)


def upload_patients(soak: Soak, office: Office, people: list[Person]) -> None:
    """Everybody, with their consent to both kinds of alert."""
    agreed = (soak.stack.now() - timedelta(days=10)).isoformat()
    rows = []
    for person in people:
        told = {
            "patient_id": person.patient_id,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "date_of_birth": person.born.isoformat(),
            "mobile": person.mobile,
            "email": person.email,
            "text": "true",
            "email_alerts": "true",
            "consent_source": "intake form",
            "consent_at": agreed,
        }
        rows.append(",".join(told.get(name, "") for name in PATIENTS.split(",")))
    if upload(soak, office, "patients", [PATIENTS, *rows]):
        for person in people:
            soak.answers.patients.add((office.practice_id, person.patient_id))
            soak.last_told.answered(
                ("mobile", office.practice_id, person.patient_id), person.mobile
            )


def upload(soak: Soak, office: Office, kind: str, lines: list[str]) -> bool:
    """Hand a file in; what becomes of it is looked at in the end."""
    body = "\n".join([*lines, ""]).encode()
    headers = {**soak.staff(office), **CSV}
    answer = soak.call("file uploaded", "POST", f"/imports?kind={kind}", body, headers)
    if answer is None or answer.status != 202:
        return False
    soak.answers.imports[office.practice_id, answer.json["import_id"]] = len(lines) - 1
    return True


def _entry(entry_id: str, person: Person, cents: int, recorded_at: str) -> str:
    told = {
        "entry_id": entry_id,
        "patient_id": person.patient_id,
        "case_id": "knee",
        "kind": "responsibility",
        "amount": f"{cents / 100:.2f}",
        "recorded_at": recorded_at,
    }
    return ",".join(told.get(name, "") for name in ENTRIES.split(","))
