"""Everything kept of a practice as files, and from the files into another practice."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from balance_alerts.domain.contact import Channel, ContactState
from balance_alerts.domain.permissions import Level
from balance_alerts.store import table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.audit import changes_of
from balance_alerts.store.entries import EntryRecord, entries_of
from balance_alerts.store.practice_accounts import patient_ids_of
from infra.local import sample
from infra.local.server import LocalServer
from infra.local.stack import LocalStack
from infra.operator import export_reading
from infra.operator.export_reading import accounts_in, patients_in
from tests.builders import entry
from tests.stack.due import Clinic, clinics
from tests.stack.operating import Operator
from tests.stack.portal_client import Browser, link_to
from tests.stack.staff_client import staff
from tests.stack.test_portal_paying import click, pay
from tests.stack.workers import broken_at

TODAY = date(2026, 11, 23)
PAYS, BORN = "HP-1001", date(1984, 3, 9)
STOPPED = "HP-1021"
NOTE = "Says the knee was paid for."


@pytest.fixture(scope="module")
def clinic(shared_stack: LocalStack) -> Clinic:
    """The sample practice, in which all sorts of things have happened."""
    stack = shared_stack
    stack.empty()
    stack.clock.set(sample.first_look(TODAY))
    practice_id = sample.load(stack)
    return Clinic(stack, stack.wiring.practices.get(practice_id))


@pytest.fixture(scope="module")
def operator(clinic: Clinic) -> Iterator[Operator]:
    server = LocalServer(port=0)
    server.serve_stack(clinic.stack)
    happen(clinic, Browser(server.url))
    yield Operator(BALANCE_ALERTS_LOCAL=server.url)
    server.stop()


def happen(clinic: Clinic, browser: Browser) -> None:
    """Alerts, a payment by card, a question, a hold with a note, links, a colleague."""
    assert clinic.stack.scan().sent
    token = link_to(clinic, PAYS)
    session = browser.try_to_sign_in(token, BORN).json["session"]
    patient = Browser(browser.address, {"Authorization": f"Bearer {session}"})
    assert pay(patient, click(clinic)).status == 201
    asked = {"reason": "other", "message": "=1+1, “really”?"}
    assert patient.send("POST", "/portal/questions", asked).status == 201
    desk = staff(browser, clinic, Level.FRONT_DESK)
    hold = {"until": "2026-12-24", "note": NOTE}
    assert desk.send("PUT", "/patients/HP-1002/holds/dispute", hold).status == 200
    assert desk.send("POST", "/patients/HP-1002/links").status == 201


@pytest.fixture(scope="module")
def exported(
    operator: Operator, clinic: Clinic, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    """The folder, and what the command said."""
    folder = tmp_path_factory.mktemp("exports") / "harbor"
    return folder, operator.run("export", clinic.practice.practice_id, str(folder))


@pytest.fixture
def folder(exported: tuple[Path, str]) -> Path:
    return exported[0]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def accounts(clinic: Clinic, practice_id: str) -> dict[str, AccountRecord]:
    get = clinic.stack.wiring.accounts.get
    return {each: get(practice_id, each) for each in patient_ids_of(practice_id)}


def test_it_is_whole_for_nobody_else_and_says_what_it_holds(
    exported: tuple[Path, str], clinic: Clinic
) -> None:
    folder, said = exported
    contents = json.loads((folder / "export.json").read_text())
    assert contents["practice_id"] == clinic.practice.practice_id
    for name, number in contents["rows"].items():
        assert re.search(rf"^{re.escape(name)} +{number}$", said, re.MULTILINE), name
        read = rows if name.endswith(".csv") else lines
        assert len(read(folder / name)) == number
    assert {path.name for path in folder.iterdir()} == {
        "export.json",
        "practice.json",
        *contents["rows"],
    }
    assert "This is personal data" in said
    stopped = [each for each in lines(folder / "contacts.jsonl") if each["state"] == "opted_out"]
    assert contents["opt_outs_an_import_would_not_know"] == len(stopped) > 0
    assert f"{len(stopped)} opt-out" in said
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_every_kind_of_thing_is_in_it(folder: Path, clinic: Clinic) -> None:
    practice_id = clinic.practice.practice_id
    ids = set(patient_ids_of(practice_id))
    told = {each["patient_id"]: each for each in lines(folder / "accounts.jsonl")}
    assert set(told) == ids
    stored = clinic.account("HP-1009")
    assert told["HP-1009"]["mobile"] == stored.mobile
    assert told["HP-1009"]["balance_cents"] == stored.balance_cents
    for patient_id in ids:
        sums = [e for e in lines(folder / "entries.jsonl") if e["patient_id"] == patient_id]
        signed = (-e["amount_cents"] if e["kind"] == "payment" else e["amount_cents"] for e in sums)
        assert sum(signed) == told[patient_id]["balance_cents"]
    [alert] = [a for a in lines(folder / "alerts.jsonl") if a["patient_id"] == PAYS]
    assert alert["sent_on"] == "2026-11-23"
    assert alert["channels"]["text"]["status"] == "accepted"
    [stop] = [
        contact
        for contact in lines(folder / "contacts.jsonl")
        if (contact["patient_id"], contact["channel"]) == (STOPPED, "text")
    ]
    assert (stop["state"], stop["source"]) == ("opted_out", "sample")
    [payment] = lines(folder / "payments.jsonl")
    assert (payment["patient_id"], payment["amount_cents"]) == (PAYS, 2_000)
    assert (payment["state"], payment["last_four"]) == ("approved", "1111")
    [question] = lines(folder / "questions.jsonl")
    assert question["message"] == "=1+1, “really”?"
    [hold] = [h for h in lines(folder / "holds.jsonl") if h["patient_id"] == "HP-1002"]
    assert (hold["until"], hold["note"], hold["set_by"]) == ("2026-12-24", NOTE, "Ines Vega")
    consent = next(c for c in lines(folder / "consents.jsonl") if c["patient_id"] == PAYS)
    assert (consent["channel"], consent["source"]) == ("text", "intake_form")
    assert [each["patient_id"] for each in lines(folder / "issued-links.jsonl")] == ["HP-1002"]
    assert {each["name"] for each in lines(folder / "staff.jsonl")} >= {"Ines Vega"}
    assert len(lines(folder / "imports.jsonl")) == 4
    assert {each["state"] for each in lines(folder / "parked.jsonl")} == {"open"}
    assert lines(folder / "claim-levels.jsonl")
    changes = [each["action"] for each in lines(folder / "changes.jsonl")]
    assert changes[:3] == ["practice_exported", "link_issued", "hold_set"]
    settings = json.loads((folder / "practice.json").read_text())["balance_alerts"]
    assert settings["frequency"] == clinic.practice.alerts.frequency


def test_nothing_that_lets_anybody_in_is_in_it(folder: Path, clinic: Clinic) -> None:
    everything = "".join(path.read_text("utf-8") for path in folder.iterdir())
    gateway = clinic.practice.gateway
    assert gateway is not None
    assert gateway.client_key not in everything
    digests = re.findall(r"\b[0-9a-f]{64}\b|\b[A-Za-z0-9_-]{43}\b", everything)
    assert digests == []
    assert not {"pk", "sk", "digest", "session", "token"} & {
        name for path in folder.glob("*.jsonl") for each in lines(path) for name in each
    }


def test_what_is_exported_is_noted(folder: Path, clinic: Clinic) -> None:
    changes, _ = changes_of(clinic.practice.practice_id, after=None, limit=50)
    [note] = [change for change in changes if change.action == "practice_exported"][-1:]
    assert note.by.name.startswith("Operator ")


def test_taken_into_another_practice_it_is_the_same(
    folder: Path, operator: Operator, clinic: Clinic
) -> None:
    """Balances, windows, subscriptions and contacts; who opted out is reminded nowhere."""
    operator.run(
        *("create-practice", "elsewhere", "--display-name", "Elsewhere PT"),
        *("--phone", "202-555-0100", "--time-zone", clinic.practice.time_zone),
    )
    files = [str(folder / name) for name in ("patients.csv", "entries.csv")]
    said = operator.run("import", "elsewhere", *files)
    assert "refused:" not in said
    assert " parked; " not in said
    before = accounts(clinic, clinic.practice.practice_id)
    after = accounts(clinic, "elsewhere")
    assert before.keys() == after.keys()
    for patient_id, was in before.items():
        now = after[patient_id]
        assert told(now) == told(was), patient_id
        for channel in Channel:
            withdrawn = was.contact_state(channel) == ContactState.OPTED_OUT
            wished = bool(was.subscribed(channel)) and not withdrawn
            assert bool(now.subscribed(channel)) is wished, (patient_id, channel)
            if wished:
                assert now.consent_at(channel) == was.consent_at(channel)
    assert not after[STOPPED].subscribed(Channel.TEXT)
    assert after[STOPPED].subscribed(Channel.EMAIL)
    assert entries_of("elsewhere", PAYS) == entries_of(clinic.practice.practice_id, PAYS)
    again = operator.run("import", "elsewhere", *files)
    assert not re.search(r"csv +\d+ +[1-9]", again), f"all of it is there\n{again}"


def told(account: AccountRecord) -> dict[str, object]:
    names = (
        *("first_name", "last_name", "date_of_birth", "language", "time_zone", "member_ids"),
        *("mobile", "email", "balance_cents", "window_opened_at", "newest_responsibility_at"),
    )
    return {name: getattr(account, name) for name in names}


def test_what_is_in_the_way_is_said(
    operator: Operator, clinic: Clinic, folder: Path, tmp_path: Path
) -> None:
    practice_id = clinic.practice.practice_id
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert "is not empty" in operator.run("export", practice_id, str(folder), code=1)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    file = tmp_path / "file"
    file.touch()
    assert "is no folder" in operator.run("export", practice_id, str(file), code=1)
    new = tmp_path / "new"
    assert "no practice nowhere" in operator.run("export", "nowhere", str(new), code=1)
    assert not new.exists()


def test_an_account_written_to_while_it_is_read_is_read_again(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its entries are seen with a charge of which the balance, a page earlier, knew nothing."""
    other = next(clinics(clinic.stack))
    other.patient("p-1")
    items_in, charges = export_reading.items_in, [entry("late", recorded_at=clinic.stack.now())]

    def torn(pk: str, kinds: Any, **more: Any) -> Iterator[Any]:
        before = list(items_in(pk, kinds, **more))
        if charges:
            other.stack.wiring.ledger.post(other.practice, "p-1", [charges.pop()])
        yield from (item for item in before if isinstance(item, AccountRecord))
        for item in items_in(pk, kinds, **more):
            if not isinstance(item, AccountRecord):
                yield item

    monkeypatch.setattr(export_reading, "items_in", torn)
    [one] = accounts_in(other.practice.practice_id, [EntryRecord])
    assert (int(one.account.balance_cents), one.adds_up) == (10_000, True)


def test_a_busy_table_is_waited_for(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(export_reading.time, "sleep", waits.append)
    busy = ClientError({"Error": {"Code": "ThrottlingException"}}, "Query")
    with broken_at("Query", calls=[1, 2], after=False, error=busy):
        assert patients_in(clinic.practice.practice_id) == 84
    assert len(waits) == 2
    with (
        broken_at("Query", calls=range(99), after=False, error=busy),
        pytest.raises(table.Throttled),
    ):
        patients_in(clinic.practice.practice_id)
