"""Who is in a soak: practices, their patients, and who works there."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

ZONES = ("America/New_York", "America/Los_Angeles")
SHARED = 0.1
"""How many patients have a number, or an address, of another one of their practice."""
_BORN = date(1930, 1, 1)


@dataclass(eq=False)
class Person:
    """A patient of one practice; `mobile` and `email` are what was last asked to be on file."""

    practice_id: str
    patient_id: str
    first_name: str
    last_name: str
    born: date
    mobile: str
    email: str
    entries: list[tuple[str, int]] = field(default_factory=list)
    """Responsibilities that staff recorded and nobody has reversed: id and cents."""
    numbers: set[str] = field(default_factory=set)
    """Every mobile number that was ever asked to be on file."""
    office: threading.Lock = field(default_factory=threading.Lock)
    """Held by who changes the patient's file, so that it is known which change came last."""


@dataclass(eq=False)
class Office:
    """A practice."""

    practice_id: str
    zone: str
    daily_limit: int | None
    people: list[Person] = field(default_factory=list)
    settings: threading.Lock = field(default_factory=threading.Lock)
    """Held by who changes its settings."""


class Cast:
    """Everybody; patients are added while a soak runs. Safe to share between threads."""

    def __init__(self) -> None:
        self.offices = [
            Office(f"practice{number}", ZONES[number % 2], 25 if number == 4 else None)
            for number in range(5)
        ]
        self._added = 0
        self._at: dict[str, list[Person]] = defaultdict(list)
        self._lock = threading.Lock()

    @property
    def people(self) -> list[Person]:
        """Every patient."""
        with self._lock:
            return [person for office in self.offices for person in office.people]

    def anyone(self, random: Random) -> tuple[Office, Person]:
        """A patient, and where."""
        office = random.choice(self.offices)
        with self._lock:
            return office, random.choice(office.people)

    def new_person(self, office: Office, random: Random) -> Person:
        """Somebody who is not on file yet."""
        with self._lock:
            self._added += 1
            number = self._added
            known = office.people
            mobile, email = _mobile(number), f"patient{number}@example.org"
            if known and random.random() < SHARED:
                mobile = random.choice(known).mobile
            if known and random.random() < SHARED:
                email = random.choice(known).email
            return Person(
                practice_id=office.practice_id,
                patient_id=f"p-{number}",
                first_name=f"Quillon{_letters(number)}",
                last_name=f"Vantongeren{_letters(number)}",
                born=_BORN + timedelta(days=7 * number),
                mobile=mobile,
                email=email,
            )

    def new_mobile(self) -> str:
        """A number that nobody has yet."""
        with self._lock:
            self._added += 1
            return _mobile(self._added)

    def registered(self, office: Office, person: Person) -> None:
        """Somebody is on file now."""
        with self._lock:
            office.people.append(person)
            person.numbers.add(person.mobile)
            self._at[person.mobile].append(person)
            self._at[person.email].append(person)

    def moved(self, person: Person, mobile: str) -> None:
        """Somebody's number may be another one now."""
        with self._lock:
            person.mobile = mobile
            person.numbers.add(mobile)
            self._at[mobile].append(person)

    def behind(self, contact: str) -> list[Person]:
        """Who may read what is sent there."""
        with self._lock:
            return list(self._at[contact])

    def contacts(self) -> set[str]:
        """Every number and address that was ever on file."""
        with self._lock:
            return set(self._at)


def _mobile(number: int) -> str:
    return f"+1202556{number:04}"


def _letters(number: int) -> str:
    text = ""
    while number:
        number, place = divmod(number, 26)
        text += chr(ord("a") + place)
    return text
