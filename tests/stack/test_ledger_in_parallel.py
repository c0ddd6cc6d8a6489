"""Ledger and contacts under many writers at once: on the emulator, since moto loses updates."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier

from balance_alerts.domain.contact import Channel, ContactFact
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.ledger import EntryKind
from balance_alerts.store import keys
from balance_alerts.store.entries import CaseRecord, entries_of
from balance_alerts.store.registration import Registration
from tests import builders
from tests.builders import at, entry
from tests.stack.due import Clinic

THREADS = 8


def at_once(work: Callable[[int], object]) -> list[object]:
    """Run `work` in several threads that start together; what each returned or raised."""
    start = Barrier(THREADS)

    def run(number: int) -> object:
        start.wait()
        try:
            return work(number)
        except RuleError as error:
            return error.code

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def test_no_entry_is_lost_or_counted_twice(clinic: Clinic) -> None:
    """Each thread posts entries of its own and the same entries as all the others."""
    clinic.patient("p-1", owes=0)
    ledger = clinic.stack.wiring.ledger
    shared = [entry(f"shared-{n}", cents=1_000 + n) for n in range(10)]

    def post(thread: int) -> None:
        own = [
            entry(f"own-{thread}-{n}", EntryKind.PAYMENT, 10 + n, case_id=f"case-{thread}")
            for n in range(10)
        ]
        for mine, everybodys in zip(own, shared, strict=True):
            ledger.post(clinic.practice, "p-1", [mine, everybodys])

    at_once(post)
    posted = entries_of(clinic.practice.practice_id, "p-1")
    assert len(posted) == len({one.entry_id for one in posted}) == 10 * THREADS + 10
    owed = sum(one.signed_cents for one in posted)
    assert owed == sum(1_000 + n for n in range(10)) - THREADS * sum(10 + n for n in range(10))
    account = clinic.account("p-1")
    assert account.balance_cents == owed
    cases = CaseRecord.query(account.pk, CaseRecord.sk.startswith("CASE#"), consistent_read=True)
    assert sum(int(case.balance_cents) for case in cases) == owed


def test_one_entry_id_goes_to_one_of_two_patients(clinic: Clinic) -> None:
    for number in range(THREADS):
        clinic.patient(f"p-{number}", owes=0)
    ledger = clinic.stack.wiring.ledger
    outcomes = at_once(
        lambda n: ledger.post(clinic.practice, f"p-{n}", [entry("same id")])[0].outcome.value
    )
    assert sorted(map(str, outcomes)) == ["added"] + ["refused"] * (THREADS - 1)
    balances = [clinic.account(f"p-{n}").balance_cents for n in range(THREADS)]
    assert sorted(balances) == [0] * (THREADS - 1) + [5_000]


def test_an_entry_is_reversed_once(clinic: Clinic) -> None:
    clinic.patient("p-1")
    ledger = clinic.stack.wiring.ledger

    def reverse(number: int) -> str:
        undo = entry(f"undo-{number}", EntryKind.ADJUSTMENT, -5_000, reverses="p-1-owed")
        return ledger.post(clinic.practice, "p-1", [undo])[0].code

    assert sorted(map(str, at_once(reverse))) == [""] + ["already_reversed"] * (THREADS - 1)
    assert clinic.account("p-1").balance_cents == 0


def test_a_late_responsibility_and_new_ones_make_the_window_that_one_writer_would(
    clinic: Clinic,
) -> None:
    clinic.stack.clock.set(at(200))
    clinic.patient("p-1", owes=0)
    days = [0, 50, 100, 150, 199, 20, 70, 120]
    ledger = clinic.stack.wiring.ledger
    at_once(
        lambda n: ledger.post(clinic.practice, "p-1", [entry(f"e-{n}", recorded_at=at(days[n]))])
    )
    account = clinic.account("p-1")
    assert (account.window_opened_at, account.newest_responsibility_at) == (at(0), at(199))


def test_an_opt_out_reaches_whoever_gives_the_number_at_that_moment(clinic: Clinic) -> None:
    """A state set while accounts are being saved: none of them may stay reachable."""
    wiring = clinic.stack.wiring
    registration = Registration(wiring.practices)
    rounds = count()
    for _ in range(5):
        number = f"+1202557{next(rounds):04}"
        some = [f"{number[-4:]}-{n}" for n in range(THREADS)]

        def act(thread: int, number: str = number, some: list[str] = some) -> None:
            if thread == 0:
                wiring.accounts.tell_of_contact(
                    clinic.practice.practice_id,
                    Channel.TEXT,
                    number,
                    ContactFact.OPTED_OUT,
                    source="STOP",
                    at=at(1),
                )
            else:
                details = builders.patient(some[thread], mobile=number)
                registration.register(clinic.practice, details, recorded_by="test", now=at(1))

        at_once(act)
        states = {clinic.account(patient_id).mobile_state for patient_id in some[1:]}
        assert states == {"opted_out"}


def test_a_daily_limit_is_never_exceeded(clinic: Clinic) -> None:
    from dataclasses import replace

    practices = clinic.stack.wiring.practices
    limited = practices.save_settings(
        clinic.practice, replace(clinic.practice.alerts, daily_limit=20)
    )
    day = at(1).date()
    granted = at_once(lambda _: practices.reserve_alerts(limited, day=day, wanted=7, now=at(1)))
    assert (
        sum(int(str(n)) for n in granted) == 20 == practices.alerts_sent(limited.practice_id, day)
    )


def test_a_case_is_found_although_several_writers_opened_it(clinic: Clinic) -> None:
    clinic.patient("p-1", owes=0)
    ledger = clinic.stack.wiring.ledger
    at_once(lambda n: ledger.post(clinic.practice, "p-1", [entry(f"e-{n}", cents=100)]))
    key = keys.case(clinic.practice.practice_id, "p-1", "knee")
    case = CaseRecord.get(*key, consistent_read=True)
    assert case.balance_cents == 100 * THREADS
