"""What is done at a patient's request, by the operator's command over moto."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from balance_alerts.domain.account import HoldReason
from balance_alerts.domain.audit import THE_PATIENT
from balance_alerts.domain.personal import Contact
from balance_alerts.domain.practice import Practice
from balance_alerts.domain.question import QuestionReason
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.audit import changes_of
from balance_alerts.store.practices import Practices
from balance_alerts.store.questions import Question, Questions
from balance_alerts.store.registration import Registration
from infra.operator import cli
from infra.operator.cli import main
from infra.operator.stack import Stack
from tests import builders
from tests.builders import at

ADDRESS = "maya@example.org"
ERASE = ("erase-contacts", "harbor", "p-1")


@pytest.fixture(autouse=True)
def patient(
    practice: Practice,
    registration: Registration,
    accounts: Accounts,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A patient with both contacts, who asked something."""
    monkeypatch.delenv("BALANCE_ALERTS_LOCAL", raising=False)
    monkeypatch.setattr(cli, "deployed_stack", lambda name: Stack({"TableName": "table"}))
    details = builders.patient(email=ADDRESS, email_alerts=True)
    registration.register(practice, details, recorded_by="import i-1", now=at(0))
    question = Question(
        question_id="q-1",
        reason=QuestionReason.OTHER,
        message="Is that mine?",
        call_back=True,
        asked_at=at(1),
    )
    Questions(accounts).ask("harbor", "p-1", question, today=at(1).date())


def test_all_that_is_on_file_is_written_for_one_reader(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "maya.json"
    assert main(["export-patient", "harbor", "p-1", str(file)]) == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert "Okafor" not in capsys.readouterr().out
    told = json.loads(file.read_text("utf-8"))
    assert (told["first_name"], told["date_of_birth"]) == ("Maya", "1984-07-09")
    assert [
        (each["channel"], each["contact"], each["state"], each["subscribed"])
        for each in told["contacts"]
    ] == [("text", "+12025550123", "reachable", True), ("email", ADDRESS, "reachable", True)]
    assert [(each["contact"], each["source"], each["withdrawn"]) for each in told["consents"]] == [
        (ADDRESS, "intake form", False),
        ("+12025550123", "intake form", False),
    ]
    assert [each["message"] for each in told["questions"]] == ["Is that mine?"]
    assert told["alerts"] == []
    assert main(["export-patient", "harbor", "p-1", str(file)]) == 1
    assert "already" in capsys.readouterr().err


def test_without_a_file_it_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export-patient", "harbor", "p-1"]) == 0
    assert json.loads(capsys.readouterr().out)["patient_id"] == "p-1"


def test_who_takes_a_patient_s_data_or_erases_it_is_noted_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "ines")
    assert main(["export-patient", "harbor", "p-1", str(tmp_path / "maya.json")]) == 0
    assert main([*ERASE, "--yes"]) == 0
    assert main(["pause", "harbor"]) == 0
    assert main(["settings", "harbor", "--daily-limit", "5"]) == 0
    changes, _ = changes_of("harbor", after=None, limit=10)
    ours = [each for each in changes if each.by.name != THE_PATIENT.name]
    assert {(each.action, each.subject, each.by.name) for each in ours} == {
        ("patient_exported", "patient p-1", "Operator ines"),
        ("contacts_erased", "patient p-1", "Operator ines"),
        ("balance_alerts_changed", "practice", "Operator ines"),
    }
    assert len(ours) == 4


@pytest.mark.parametrize(("said", "erased"), [("y", True), ("", False), (None, False)])
def test_contacts_are_erased_once_that_is_confirmed(
    said: str | None,
    erased: bool,
    accounts: Accounts,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def answer(_: str) -> str:
        if said is None:
            raise EOFError
        return said

    monkeypatch.setattr("builtins.input", answer)
    assert main(ERASE) == (0 if erased else 1)
    account = accounts.get("harbor", "p-1")
    assert (account.mobile is None, account.email is None) == (erased, erased)
    assert HoldReason.PATIENT_QUESTION in account.to_domain().holds, "the rest stays"
    output = capsys.readouterr()
    assert ("2 contacts" in output.out) is erased
    assert ("nothing was erased" in output.err) is not erased


def test_without_asking(
    practices: Practices, practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    pilot = replace(practice.alerts, pilot_contacts=(Contact(ADDRESS),))
    practices.save_settings(practice, pilot)
    assert main([*ERASE, "--yes"]) == 0
    assert "pilot contacts" in capsys.readouterr().out
    assert main([*ERASE, "--yes"]) == 0
    assert "0 contacts, 0 links" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["export-patient", "erase-contacts"])
def test_who_is_unknown_is_said(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "harbor", "nobody"]) == 1
    assert "no patient with this id" in capsys.readouterr().err
