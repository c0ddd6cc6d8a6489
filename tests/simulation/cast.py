"""Who is in a run: practices, their patients, and what each owes in the beginning."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from balance_alerts.domain.ledger import EntryKind, LedgerEntry
from balance_alerts.domain.patient import Consent, PatientDetails
from balance_alerts.domain.personal import Contact, Name
from balance_alerts.domain.practice import Frequency
from balance_alerts.gateway.requests import Credentials
from balance_alerts.practices.set_up import change_settings, create_practice
from balance_alerts.store.registration import Registration
from infra.local.gateway.webhooks import signature_key
from tests.simulation.world.functions import SimulatedWiring
from tests.simulation.world.world import World

ZONES = ("America/New_York", "America/Los_Angeles")
BORN = date(1984, 7, 9)


@dataclass(frozen=True)
class Person:
    """A patient of one practice."""

    practice_id: str
    patient_id: str
    born: date


@dataclass
class Cast:
    """Everybody. Numbers are shared on purpose, within practices and between them."""

    practices: list[str] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    numbers: tuple[str, ...] = tuple(f"+1202555{number:04}" for number in range(201, 207))
    addresses: tuple[str, ...] = tuple(f"p{number}@example.org" for number in range(5))


def begin(world: World, random: Random) -> Cast:
    """Set up one practice or two, by the project's own means and without faults."""
    cast = Cast()
    wiring = SimulatedWiring("table")
    for number in range(random.choice((1, 1, 2))):
        practice_id = ("harbor", "summit")[number]
        cast.practices.append(practice_id)
        create_practice(
            wiring.practices,
            practice_id=practice_id,
            display_name=f"{practice_id.title()} Physical Therapy",
            phone="202-555-0100",
            time_zone=ZONES[number],
        )
        frequency = random.choice((Frequency.TWO_WEEKS, Frequency.TWO_WEEKS, Frequency.MONTHLY))
        limit = random.choice((None, None, None, None, 2))
        change_settings(wiring.practices, practice_id, frequency=frequency, daily_limit=limit)
        wiring.connections.connect(
            practice_id, Credentials(practice_id, "a key", signature_key(practice_id))
        )
        for place in range(random.randint(2, 4)):
            _register(world, wiring, cast, random, practice_id, f"p-{place}")
    return cast


def _register(
    world: World,
    wiring: SimulatedWiring,
    cast: Cast,
    random: Random,
    practice_id: str,
    patient_id: str,
) -> None:
    now = world.clock.now()
    practice = wiring.practices.get(practice_id)
    born = BORN + timedelta(days=len(cast.people))
    cast.people.append(Person(practice_id, patient_id, born))
    details = PatientDetails(
        patient_id=patient_id,
        first_name=Name(f"First{patient_id[-1]}"),
        last_name=Name("Okafor"),
        date_of_birth=born,
        mobile=Contact(random.choice(cast.numbers)),
        email=Contact(random.choice(cast.addresses)),
        time_zone=random.choice((None, None, None, "America/Chicago")),
        text=random.random() < 0.8,
        email_alerts=random.random() < 0.6,
        consent=Consent(source="intake form", at=now - timedelta(days=10)),
    )
    Registration(wiring.practices).register(practice, details, recorded_by="import", now=now)
    if random.random() < 0.8:
        charge = LedgerEntry(
            entry_id=f"{patient_id}-first",
            kind=EntryKind.RESPONSIBILITY,
            amount_cents=random.choice((100, 2_500, 8_000)),
            case_id="knee",
            recorded_at=now - timedelta(days=random.choice((0, 0, 1, 20, 58))),
        )
        wiring.ledger.post(practice, patient_id, [charge])
