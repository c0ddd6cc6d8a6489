"""`decide` and the reckoned window, held against an independent telling of the rules."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from balance_alerts.domain.account import Account, HoldReason, Subscription
from balance_alerts.domain.calendar import SendWindow, Weekday
from balance_alerts.domain.contact import ContactState
from balance_alerts.domain.decide import decide, reason_against_sending_now
from balance_alerts.domain.ledger import (
    EntryKind,
    LedgerEntry,
    Window,
    counted_responsibilities,
    extend,
    window_of,
)
from balance_alerts.domain.practice import AlertSettings, Frequency, Practice
from tests.simulation import second_opinion as second

ZONES = ("America/New_York", "America/Los_Angeles", "Pacific/Honolulu", "America/St_Johns")
FIRST = datetime(2026, 2, 20, tzinfo=ZoneInfo("UTC"))
"""Clocks go forward in the United States sixteen days later."""

instants = st.builds(
    lambda days, minutes: FIRST + timedelta(days=days, minutes=minutes),
    st.integers(0, 150),
    st.integers(0, 1439),
)


@st.composite
def ledgers(draw: st.DrawFn) -> list[second.Entry]:
    """Ledgers in any order of arrival; some entries are reversed."""
    entries: list[second.Entry] = []
    for number in range(draw(st.integers(0, 8))):
        kind = draw(st.sampled_from(["responsibility"] * 3 + [k.value for k in EntryKind]))
        free = [
            e
            for e in entries
            if e.reverses is None and e.entry_id not in {r.reverses for r in entries}
        ]
        if kind == "adjustment" and free and draw(st.booleans()):
            other = draw(st.sampled_from(free))
            cents = other.cents if other.kind == "payment" else -other.cents
            reverses = other.entry_id
        else:
            cents, reverses = draw(st.sampled_from([1, 500, 5_000])), None
            if kind == "adjustment" and draw(st.booleans()):
                cents = -cents
        entries.append(
            second.Entry(
                entry_id=f"e{number}",
                kind=kind,
                cents=cents,
                recorded_at=draw(instants),
                reverses=reverses,
            )
        )
    return entries


clinics = st.builds(
    lambda opens, hours, **more: second.Clinic(
        opens=time(opens), closes=time(opens + hours), **more
    ),
    opens=st.integers(8, 13),
    hours=st.integers(2, 8),
    time_zone=st.sampled_from(ZONES),
    frequency=st.sampled_from(["two_weeks", "two_weeks", "monthly", "dont_send"]),
    paused=st.sampled_from([False, False, False, True]),
    send_days=st.frozensets(st.sampled_from(second.WEEK), min_size=1),
    minimum_cents=st.sampled_from([1, 501]),
    first_after=st.integers(0, 30),
)
channels = st.tuples(
    st.sampled_from([True, True, False]),
    st.sampled_from(["reachable", "reachable", None, *[state.value for state in ContactState]]),
)
days = st.builds(lambda ahead: FIRST.date() + timedelta(days=ahead), st.integers(-10, 160))
patients = st.builds(
    second.Patient,
    time_zone=st.sampled_from([None, *ZONES]),
    channels=st.fixed_dictionaries({"text": channels, "email": channels}),
    entries=ledgers(),
    holds=st.dictionaries(
        st.sampled_from([r.value for r in HoldReason]), st.one_of(st.none(), days), max_size=1
    ),
    payment_open=st.sampled_from([False, False, False, True]),
    last_alert=st.one_of(st.none(), days),
)


def as_ours(patient: second.Patient, clinic: second.Clinic) -> tuple[Account, Practice]:
    """The same as the project's code has it."""
    zone = patient.time_zone or clinic.time_zone
    ledger = [entry_of(entry) for entry in patient.entries]
    account = Account(
        practice_id="harbor",
        patient_id="p-1",
        time_zone=patient.time_zone,
        text=_subscription(patient.channels["text"]),
        email=_subscription(patient.channels["email"]),
        balance_cents=sum(entry.signed_cents for entry in ledger),
        window=window_of(counted_responsibilities(ledger), zone),
        holds={HoldReason(name): until for name, until in patient.holds.items()},
        payment_open=patient.payment_open,
        last_alert_on=patient.last_alert,
    )
    practice = Practice(
        practice_id="harbor",
        code="hrbr23",
        display_name="Harbor",
        short_name="Harbor",
        phone="+12025550100",
        time_zone=clinic.time_zone,
        alerts=AlertSettings(
            frequency=Frequency(clinic.frequency),
            paused=clinic.paused,
            send_window=SendWindow(clinic.opens, clinic.closes),
            send_days=frozenset(Weekday(day) for day in clinic.send_days),
            minimum_balance_cents=clinic.minimum_cents,
            first_alert_after_days=clinic.first_after,
        ),
    )
    return account, practice


def entry_of(entry: second.Entry) -> LedgerEntry:
    return LedgerEntry(
        entry_id=entry.entry_id,
        kind=EntryKind(entry.kind),
        amount_cents=entry.cents,
        case_id="knee",
        recorded_at=entry.recorded_at,
        reverses=entry.reverses,
    )


def _subscription(channel: tuple[bool, str | None]) -> Subscription:
    on, state = channel
    return Subscription(on, None if state is None else ContactState(state))


@settings(max_examples=1500, deadline=None)
@given(patient=patients, clinic=clinics, at=instants)
def test_decide_agrees_with_the_second_opinion(
    patient: second.Patient, clinic: second.Clinic, at: datetime
) -> None:
    account, practice = as_ours(patient, clinic)
    decision = decide(account, practice, at)
    assert decision.reason == second.why_not(patient, clinic, at)
    assert decision.next_on == (
        None
        if patient.payment_open and decision.reason is not None
        else second.next_on(patient, clinic, at)
    )
    now_reason = reason_against_sending_now(account, practice, at)
    assert now_reason == second.why_not(patient, clinic, at, by_click=True)


@settings(max_examples=600, deadline=None)
@given(entries=ledgers(), zone=st.sampled_from(ZONES))
@example(entries=[], zone=ZONES[0])
def test_windows_extended_entry_by_entry_agree_with_the_second_opinion(
    entries: list[second.Entry], zone: str
) -> None:
    """As postings do it: by the account alone where that suffices, else by the whole ledger."""
    found: Window | None = None
    for number, entry in enumerate(entries):
        if entry.reverses is not None:
            ledger = [entry_of(each) for each in entries[: number + 1]]
            found = window_of(counted_responsibilities(ledger), zone)
        elif entry.kind == "responsibility":
            extended = extend(found, entry.recorded_at, zone)
            ledger = [entry_of(each) for each in entries[: number + 1]]
            found = extended or window_of(counted_responsibilities(ledger), zone)
        wanted = second.window(entries[: number + 1], zone)
        assert wanted == (None if found is None else (found.opened_at, found.newest_at))


def test_one_unpaid_charge_gives_the_alerts_that_the_rules_tell() -> None:
    """The check at the end of the rules: day by day, one look a day."""
    zone = "America/New_York"
    charged = datetime(2026, 3, 2, 10, tzinfo=ZoneInfo(zone))
    for frequency, expected in (("two_weeks", [1, 15, 29, 43, 57]), ("monthly", [1, 31])):
        clinic = second.Clinic(time_zone=zone, frequency=frequency)
        alerted: list[int] = []
        last: date | None = None
        for day in range(120):
            at = datetime.combine(charged.date() + timedelta(days=day), time(12), ZoneInfo(zone))
            patient = second.Patient(
                channels={"text": (True, "reachable")},
                entries=[
                    second.Entry(
                        entry_id="e", kind="responsibility", cents=100, recorded_at=charged
                    )
                ],
                last_alert=last,
            )
            if second.why_not(patient, clinic, at) is None:
                alerted.append(day)
                last = at.date()
        assert alerted == expected
