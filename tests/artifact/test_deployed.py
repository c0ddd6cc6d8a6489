"""The deployment does the main job: files in, alerts out, a link that opens the portal."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from infra.local.waiting import wait_until
from tests.artifact.built import HANDLERS
from tests.artifact.deploying import Deployed
from tests.component.imports.worker import entries, patients
from tests.stack.operating import Operator

ZONES = ("Pacific/Honolulu", "America/New_York", "Europe/Berlin", "Asia/Tokyo", "Pacific/Auckland")
"""It is day in one of them, whenever this runs."""
LINK = re.compile(r"https://pay\.example\.com(/a/\S+)")

pytestmark = pytest.mark.xdist_group("deployed")


def _where_it_is_day() -> str:
    now = datetime.now(UTC)
    return next(zone for zone in ZONES if 9 <= now.astimezone(ZoneInfo(zone)).hour < 19)


def test_every_function_is_there(deployed: Deployed) -> None:
    assert set(deployed.functions) == set(HANDLERS)


def test_alerts_whom_files_say_owe_and_shows_the_portal(deployed: Deployed, tmp_path: Path) -> None:
    operator = Operator(**deployed.settings)
    stack = ("--stack", deployed.name)
    details = ("--display-name", "Harbor Point PT", "--phone", "508-555-0100")
    operator.run(*stack, "create-practice", "harbor", *details, "--time-zone", _where_it_is_day())
    days = "mon,tue,wed,thu,fri,sat,sun"
    operator.run(*stack, "settings", "harbor", "--frequency", "two_weeks", "--days", days)
    recorded = (datetime.now(UTC) - timedelta(days=2)).isoformat(timespec="seconds")
    consent = {"consent_source": "intake_form", "consent_at": recorded}
    who = {"patient_id": "p-1", "mobile": "508-555-0101", "text": "true"}
    files = {
        "patients.csv": patients({**who, **consent}),
        "entries.csv": entries({"entry_id": "e-1", "recorded_at": recorded}),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        operator.run(*stack, "import", "harbor", str(tmp_path / name))

    assert deployed.invoke("ScanBalances", {})["queued"] == 1
    wait_until(lambda: bool(deployed.texts()), "the alert", within_seconds=60)
    (text,) = deployed.texts()
    found = LINK.search(text)
    assert found, text
    status, page = deployed.get(found[1])
    assert status == 200
    assert "/assets/" in page


def test_the_api_calls_the_newest_version_of_the_portal(deployed: Deployed) -> None:
    portal = deployed.functions["Portal"]
    alias = deployed.client("lambda").get_alias(FunctionName=portal, Name="live")
    version = deployed.client("lambda").get_function_configuration(
        FunctionName=portal, Qualifier=alias["FunctionVersion"]
    )
    assert alias["FunctionVersion"] != "$LATEST"
    assert version["SnapStart"]["ApplyOn"] == "None"


def test_staff_are_asked_to_sign_in(deployed: Deployed) -> None:
    assert deployed.get("/console/")[0] == 200
    assert deployed.get("/practice")[0] == 401
