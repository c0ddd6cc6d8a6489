"""Staff hand in files through the API, and see what became of each line."""

from __future__ import annotations

from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from balance_alerts.domain.permissions import Level
from infra.local.waiting import wait_until
from tests.component.imports.worker import entries
from tests.stack.due import Clinic, clinics
from tests.stack.portal_client import Browser
from tests.stack.staff_client import staff

DEMO_835 = Path(__file__).parents[1] / "data" / "835" / "demo.835"
CSV = {"Content-Type": "text/csv; header=present"}
ENTRIES = entries(
    {"entry_id": "e-1", "kind": "payment", "amount": "10.00"},
    {"entry_id": "e-2", "kind": "payment", "amount": "lots"},
)


@pytest.fixture
def desk(browser: Browser, clinic: Clinic) -> Browser:
    return staff(browser, clinic, Level.FRONT_DESK)


def finished(desk: Browser, import_id: str) -> Any:
    path = f"/imports/{import_id}"
    wait_until(
        lambda: desk.get(path).json["state"] in ("done", "failed"), "an import", within_seconds=60
    )
    return desk.get(path).json


def test_a_file_is_taken_in_line_by_line(clinic: Clinic, browser: Browser, desk: Browser) -> None:
    clinic.patient("p-1")
    answer = desk.send("POST", "/imports?kind=entries", ENTRIES, CSV)
    assert answer.status == HTTPStatus.ACCEPTED, answer
    import_id = answer.json["import_id"]
    told = finished(desk, import_id)
    assert (told["state"], told["lines_read"], told["total_lines"]) == ("done", 2, 2)
    assert (told["counts"]["added"], told["counts"]["refused"]) == (1, 1)
    assert [(each["line"], bool(each["message"])) for each in told["refused"]] == [(3, True)]
    assert clinic.account("p-1").balance_cents == 4_000
    as_csv = desk.get(f"/imports/{import_id}?format=csv")
    assert as_csv.headers["Content-Type"].startswith("text/csv")
    assert as_csv.raw.decode().splitlines()[0] == "line,code,message"
    assert as_csv.raw.decode().splitlines()[1].startswith("3,")
    assert [each["import_id"] for each in desk.get("/imports").json["imports"]] == [import_id]
    other = staff(browser, next(clinics(clinic.stack)), Level.BUSINESS_OWNER)
    assert other.get(f"/imports/{import_id}").code == "unknown_import"


def test_a_large_file_is_put_where_the_answer_says(clinic: Clinic, desk: Browser) -> None:
    clinic.patient("p-1")
    answer = desk.send("POST", "/imports/uploads?kind=entries")
    assert answer.status == HTTPStatus.ACCEPTED, answer
    assert answer.json["url"].startswith(f"{desk.address}/"), "locally there is one address only"
    address = urlsplit(answer.json["url"])
    connection = HTTPConnection(address.netloc, timeout=30)
    connection.request("PUT", f"{address.path}?{address.query}", ENTRIES)
    assert connection.getresponse().status == HTTPStatus.OK
    connection.close()
    assert finished(desk, answer.json["import_id"])["counts"]["added"] == 1


def test_a_letter_that_a_payer_lost_keeps_no_remittance_out(desk: Browser) -> None:
    lost = DEMO_835.read_bytes().replace(b"*JONES*", "*JO\N{REPLACEMENT CHARACTER}ES*".encode())
    answer = desk.send("POST", "/imports", lost, {"Content-Type": "application/edi-x12"})
    assert answer.status == HTTPStatus.ACCEPTED, answer
    assert finished(desk, answer.json["import_id"])["state"] == "done"


@pytest.mark.parametrize(
    ("path", "content", "kind", "status", "code"),
    [
        ("/imports?kind=entries", b"x" * (4 * 1024 * 1024 + 1), CSV, 413, "import_too_large"),
        ("/imports", ENTRIES, CSV, 422, "invalid_value"),
        ("/imports?kind=835", ENTRIES, CSV, 422, "invalid_value"),
        ("/imports?kind=entries", b"", CSV, 422, "invalid_value"),
        (
            "/imports?kind=patients",
            "patient_id\nH\u00e9ctor".encode("latin-1"),
            CSV,
            422,
            "not_utf8",
        ),
        ("/imports", b"{}", {"Content-Type": "application/json"}, 415, "unsupported_media_type"),
        ("/imports/uploads?kind=photos", b"", {}, 422, "invalid_value"),
    ],
)
def test_what_is_no_import_is_refused(
    desk: Browser, path: str, content: bytes, kind: dict[str, str], status: int, code: str
) -> None:
    answer = desk.send("POST", path, content, kind)
    assert (answer.status, answer.code) == (status, code)
