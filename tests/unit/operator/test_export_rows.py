"""What is kept of patients, as rows: complete, and importable where they are said to be."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest

from balance_alerts.domain.account import HoldReason
from balance_alerts.domain.contact import Channel, ContactState
from balance_alerts.domain.ledger import EntryKind, LedgerEntry
from balance_alerts.domain.patient import PatientDetails
from balance_alerts.imports.csv_header import COLUMNS, CsvKind, read_header
from balance_alerts.imports.csv_rows import EntryRow, read_rows
from balance_alerts.store import keys
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.consents import ConsentRecord
from balance_alerts.store.contacts import ContactRecord
from infra.operator.export_rows import (
    account_row,
    contact_rows,
    entry_row,
    hold_rows,
    in_import_order,
    patient_rows,
    withdrawn,
    would_be_parked,
)
from tests.builders import NEW_YORK, at, entry

KEY = keys.account("harbor", "p-1")
REACHABLE, STOPPED = ContactState.REACHABLE, ContactState.OPTED_OUT


def account(**changes: Any) -> AccountRecord:
    known: dict[str, Any] = {
        "practice_id": "harbor",
        "patient_id": "p-1",
        "first_name": "Maya",
        "last_name": 'O\'Kafor, née "Ruiz"',
        "date_of_birth": date(1984, 7, 9),
        "mobile": "+12025550123",
        "mobile_state": "reachable",
        "email": "maya@example.org",
        "email_state": "reachable",
        "text_subscribed": True,
        "email_subscribed": True,
        "member_ids": {"W2", "W1"},
        "version": 7,
        "due_practice": "harbor",
    }
    return AccountRecord(*KEY, **{**known, **changes})


def consent(channel: Channel, day: int = -10, **changes: Any) -> ConsentRecord:
    known: dict[str, Any] = {"source": "intake\nform", "recorded_by": "import 1", **changes}
    key = keys.consent_in(KEY, channel, at(day))
    return ConsentRecord(*key, channel=channel.value, given_at=at(day), **known)


def contacts(**states: ContactState) -> dict[Channel, ContactRecord]:
    return {
        Channel(name): ContactRecord(*keys.mobile(name), state=state.value)
        for name, state in {"text": REACHABLE, "email": REACHABLE, **states}.items()
    }


def imported(kind: CsvKind, rows: list[dict[str, str]]) -> list[Any]:
    """The rows as an import reads them, from the very columns that it takes."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS[kind])
    writer.writeheader()
    writer.writerows(rows)
    content = file.getvalue().encode()
    header = read_header(io.BytesIO(content), kind)
    stream = io.BytesIO(content[header.after.offset :])
    return [line.row for line in read_rows(stream, header, now=at(30))]


def patients(
    *consents: ConsentRecord, on: AccountRecord | None = None, **states: ContactState
) -> list[Any]:
    """The patient's rows as an import reads them."""
    rows = patient_rows(on or account(), consents, contacts(**states))
    return imported(CsvKind.PATIENTS, list(rows))


def test_a_patient_is_read_back_by_an_import() -> None:
    both = [consent(channel) for channel in Channel]
    [read] = patients(*both, on=account(time_zone="America/Denver", language="es"))
    assert read == PatientDetails(
        patient_id="p-1",
        first_name="Maya",
        last_name='O\'Kafor, née "Ruiz"',
        date_of_birth=date(1984, 7, 9),
        mobile="+12025550123",
        email="maya@example.org",
        language="es",
        time_zone="America/Denver",
        member_ids=frozenset({"W1", "W2"}),
        text=True,
        email_alerts=True,
        consent=read.consent,
    )
    assert (read.consent.source, read.consent.at) == ("intake form", at(-10))


def test_each_consent_keeps_its_own_source_and_time() -> None:
    first, second = patients(
        consent(Channel.TEXT, -10), consent(Channel.EMAIL, -3, source="portal")
    )
    assert (first.text, first.email_alerts, first.consent.at) == (True, False, at(-10))
    assert (second.text, second.email_alerts, second.consent.at) == (False, True, at(-3))


def test_the_newest_consent_counts_and_no_withdrawal() -> None:
    [read] = patients(
        consent(Channel.TEXT, -10),
        consent(Channel.TEXT, -8, withdrawn=True),
        consent(Channel.TEXT, -5),
        on=account(email_subscribed=False),
    )
    assert (read.text, read.consent.at) == (True, at(-5))


@pytest.mark.parametrize("state", [ContactState.OPTED_OUT, ContactState.COMPLAINED])
def test_who_opted_out_is_not_subscribed_anew_elsewhere(state: ContactState) -> None:
    [read] = patients(consent(Channel.TEXT), consent(Channel.EMAIL), text=state)
    assert (read.text, read.email_alerts) == (False, True)
    [read] = patients(consent(Channel.TEXT), consent(Channel.EMAIL), text=state, email=state)
    assert (read.text, read.email_alerts, read.consent) == (False, False, None)


def test_what_nobody_elsewhere_would_know_of_opt_outs_is_counted() -> None:
    off = account(email_withdrawn_at=at(-1), email_subscribed=False)
    assert withdrawn(account(), contacts()) == []
    assert withdrawn(off, contacts(text=STOPPED)) == [Channel.TEXT, Channel.EMAIL]
    assert withdrawn(off, {}) == [Channel.EMAIL]


@pytest.mark.parametrize("subscribed", [False, None])
def test_a_channel_that_is_off_is_empty(subscribed: bool | None) -> None:
    off = account(text_subscribed=subscribed, email_subscribed=False)
    [read] = patients(consent(Channel.TEXT, withdrawn=True), on=off)
    assert (read.text, read.email_alerts, read.consent) == (False, False, None)


def test_entries_are_read_back_by_an_import() -> None:
    entries = [
        entry("e-1", cents=1, case_label='Knee, "left"', service_date=date(2026, 3, 1)),
        entry("e-2", EntryKind.ADJUSTMENT, cents=-123_405, description="=1+1; größer"),
        entry("e-3", EntryKind.PAYMENT, cents=10_000_000, method="card", external_ref="600-1"),
        entry("e-4", EntryKind.ADJUSTMENT, cents=-1, reverses="e-1", recorded_at=at(1)),
    ]
    read = imported(CsvKind.ENTRIES, [entry_row("p-1", each) for each in entries])
    assert read == [EntryRow("p-1", each) for each in entries]


def reversal(entry_id: str, of: str, day: int) -> LedgerEntry:
    return entry(entry_id, EntryKind.ADJUSTMENT, -5_000, reverses=of, recorded_at=at(day))


def test_a_reversal_comes_after_what_it_reverses_and_the_rest_as_recorded() -> None:
    early, again = reversal("r-1", "e-1", 0), reversal("r-2", "r-1", 1)
    charge, other = entry("e-1", recorded_at=at(2)), entry("e-2", recorded_at=at(3))
    stranger = reversal("r-3", "another patient's", 4)
    ordered = in_import_order([early, again, charge, other, stranger])
    assert ordered == [charge, other, stranger, early, again]
    circle = [reversal("a", "b", 0), reversal("b", "a", 0)]
    assert in_import_order(circle) == circle


def test_payments_that_an_import_would_park_are_counted() -> None:
    online = entry("o", EntryKind.PAYMENT, 2_000, external_ref="600-1", recorded_at=at(5))
    near = entry("n", EntryKind.PAYMENT, 2_000, recorded_at=at(7))
    far = entry("f", EntryKind.PAYMENT, 2_000, recorded_at=at(9))
    assert would_be_parked([online, near, far], NEW_YORK) == 1
    assert would_be_parked([near, far], NEW_YORK) == 0


def test_an_account_s_row_tells_everything_and_how_nothing_is_stored() -> None:
    row = account_row(account(text_consent_at=at(-10)))
    assert row["last_alert_on"] is None, "not the date that stands for never"
    assert (row["member_ids"], row["date_of_birth"]) == (["W1", "W2"], "1984-07-09")
    assert row["text_consent_at"] == "2026-02-20T15:00:00Z"
    assert {"pk", "sk", "version", "due_practice", "holds"}.isdisjoint(row)


def test_holds_and_contacts_are_rows_of_their_own() -> None:
    held = account()
    held.hold(HoldReason.DISPUTE, date(2026, 4, 1))
    held.note_hold(HoldReason.DISPUTE, {"note": "Called.", "by": "Ines", "at": "2026-03-02"})
    held.hold(HoldReason.DECEASED, None)
    first, second = hold_rows(held)
    assert (first["until"], first["note"], first["set_by"]) == ("2026-04-01", "Called.", "Ines")
    assert (second["reason"], second["until"], second["note"]) == ("deceased", None, None)
    text, _ = contact_rows(held, contacts(text=STOPPED))
    assert (text["contact"], text["state"]) == ("+12025550123", "opted_out")
