"""The routes of the local stack over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from infra.local.gateway.modes import GatewayMode
from infra.local.server import LocalServer
from infra.local.stack import LocalStack
from tests.stack.due import Clinic


class Answer(NamedTuple):
    status: int
    body: Any
    headers: dict[str, str]


@pytest.fixture
def server(stack: LocalStack) -> Iterator[LocalServer]:
    server = LocalServer(port=0)
    server.serve_stack(stack)
    yield server
    server.stop()


def ask(server: LocalServer, method: str, path: str, body: Any = None) -> Answer:
    connection = HTTPConnection(urlsplit(server.url).netloc, timeout=60)
    content = (
        body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    )
    connection.request(method, path, content)
    response = connection.getresponse()
    raw = response.read()
    connection.close()
    is_json = "json" in response.headers.get_content_type()
    return Answer(response.status, json.loads(raw) if is_json else raw, dict(response.headers))


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/local/nothing", None, 404, "not_found"),
        ("GET", "/portal/balance", None, 401, "no_session"),
        ("GET", "/_ministack/health", None, 404, "not_found"),
        ("DELETE", "/local/clock", None, 405, "method_not_allowed"),
        ("POST", "/local/", None, 405, "method_not_allowed"),
        ("PUT", "/local/clock", b"{", 422, "invalid_json"),
        ("PUT", "/local/clock", [], 422, "invalid_json"),
        ("PUT", "/local/clock", {}, 422, "missing_field"),
        ("PUT", "/local/clock", {"now": 5}, 422, "invalid_value"),
        ("PUT", "/local/clock", {"now": "tomorrow"}, 422, "invalid_value"),
        ("PUT", "/local/clock", {"now": "2026-03-01T10:00:00"}, 422, "invalid_value"),
        ("PUT", "/local/clock", {"now": "0001-01-01T00:00:00Z"}, 422, "invalid_value"),
        ("PUT", "/local/clock", {"now": "2026-03-01T10:00:00Z", "by": "me"}, 422, "unknown_field"),
        ("POST", "/local/scan", {"fast": True}, 422, "unknown_field"),
        ("POST", "/local/reconcile", {"all": True}, 422, "unknown_field"),
        ("GET", "/local/reconcile", None, 405, "method_not_allowed"),
        ("PUT", "/local/gateway", {}, 422, "missing_field"),
        ("PUT", "/local/gateway", {"mode": "closed"}, 422, "invalid_value"),
        ("PUT", "/local/gateway", {"mode": "down", "for": "ever"}, 422, "unknown_field"),
        ("POST", "/local/gateway/charges", None, 405, "method_not_allowed"),
        ("POST", "/local/card-token", {"card_number": "4111111111111112"}, 422, "invalid_value"),
        ("POST", "/local/gateway/reviews", {"trans_id": "1"}, 422, "missing_field"),
        (
            "POST",
            "/local/gateway/reviews",
            {"trans_id": "1", "decision": "keep"},
            422,
            "invalid_value",
        ),
        (
            "POST",
            "/local/gateway/reviews",
            {"trans_id": "1", "decision": "refuse"},
            409,
            "not_held",
        ),
        ("POST", "/local/card-token", {"zip": 46282}, 422, "invalid_value"),
        ("POST", "/local/card-token", {"cvv": "900"}, 422, "unknown_field"),
        ("GET", "/local/card-token", None, 405, "method_not_allowed"),
        ("POST", "/local/imports?kind=pdf", b"", 422, "invalid_value"),
        ("POST", "/local/imports?kind=entries&practice_id=nobody", b"", 404, "unknown_practice"),
    ],
)
def test_a_request_that_cannot_be_fulfilled_is_a_problem(
    server: LocalServer, method: str, path: str, body: object, status: int, code: str
) -> None:
    answer = ask(server, method, path, body)
    assert (answer.status, answer.body["status"], answer.body["code"]) == (status, status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body["detail"]


PRACTICE = {
    "practice_id": "elm-street",
    "display_name": "Elm Street Sports and Spine Physical Therapy",
    "phone": "202-555-0100",
    "time_zone": "America/Chicago",
}


def test_a_practice_is_made_with_a_short_name_that_fits(server: LocalServer) -> None:
    answer = ask(server, "POST", "/local/practices", PRACTICE)
    assert answer.status == 201
    assert PRACTICE.items() <= answer.body.items()
    assert 0 < len(answer.body["short_name"]) < len(PRACTICE["display_name"])
    assert ask(server, "GET", "/local/practices").body == {"practices": [answer.body]}


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({}, 409, "practice_exists"),
        ({"time_zone": "America/Bostonn"}, 422, "unknown_time_zone"),
        ({"practice_id": "elm street"}, 422, "invalid_value"),
        ({"display_name": " "}, 422, "invalid_value"),
        ({"colour": "red"}, 422, "unknown_field"),
    ],
)
def test_a_practice_that_makes_no_sense_is_refused(
    server: LocalServer, changes: dict[str, str], status: int, code: str
) -> None:
    ask(server, "POST", "/local/practices", PRACTICE)
    answer = ask(server, "POST", "/local/practices", PRACTICE | changes)
    assert (answer.status, answer.body["code"]) == (status, code)


def test_answers_are_dated_by_the_clock_that_functions_see(server: LocalServer) -> None:
    ask(server, "PUT", "/local/clock", {"now": "2031-07-01T12:00:00Z"})
    answer = ask(server, "GET", "/console/config.json")
    assert answer.headers["Date"].startswith("Tue, 01 Jul 2031 12:00:")


def test_clock_scan_and_outbox_over_http(server: LocalServer, clinic: Clinic) -> None:
    number = clinic.patient("p-1", text=True, email=True)
    now = ask(server, "PUT", "/local/clock", {"now": "2026-03-03T15:00:00Z"}).body["now"]
    assert now.startswith("2026-03-03T15:00:00")
    assert ask(server, "GET", "/local/scan").body == {"last": None}
    counts = ask(server, "POST", "/local/scan").body
    assert counts == {"queued": 1, "sent": 1, "failed": 0, "skipped": 0}
    assert ask(server, "GET", "/local/scan").body == {"last": counts}
    messages = ask(server, "GET", "/local/outbox").body["messages"]
    fields = ["channel", "to", "subject", "text", "html", "headers", "link", "sent_at"]
    assert [list(message) for message in messages] == [fields, fields]
    text, email = sorted(messages, key=lambda message: str(message["channel"]), reverse=True)
    assert (text["channel"], text["to"], text["subject"], text["html"]) == (
        "text", number, None, None,
    )  # fmt: skip
    assert text["link"] in text["text"]
    assert email["link"] in email["text"]
    assert email["link"] in email["html"]
    assert email["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Reply-To" not in email["headers"]
    assert ask(server, "DELETE", "/local/outbox").status == 204
    assert ask(server, "GET", "/local/outbox").body == {"messages": []}


def test_a_file_is_taken_in_before_the_answer(server: LocalServer, clinic: Clinic) -> None:
    clinic.patient("p-1", owes=0)
    content = (
        b"entry_id,patient_id,case_id,case_label,kind,amount,recorded_at,service_date,cause,payer,"
        b"method,external_ref,reverses,description\n"
        b"e-1,p-1,c-1,Knee,responsibility,40.00,2026-03-02T12:00:00Z,,,,,,,\n"
        b"e-2,nobody,c-1,Knee,responsibility,40.00,2026-03-02T12:00:00Z,,,,,,,\n"
    )
    practice_id = clinic.practice.practice_id
    path = f"/local/imports?kind=entries&practice_id={practice_id}"
    outcome = ask(server, "POST", path, content).body
    assert (outcome["counts"]["added"], outcome["counts"]["refused"]) == (1, 1)
    assert [refused["line"] for refused in outcome["refused"]] == [3]
    assert clinic.account("p-1").balance_cents == 4_000


def test_the_gateway_answers_charges_as_it_is_told_to(server: LocalServer) -> None:
    assert ask(server, "GET", "/local/gateway").body == {"mode": "approve"}
    for mode in GatewayMode:
        assert ask(server, "PUT", "/local/gateway", {"mode": mode}).body == {"mode": mode}
        assert ask(server, "GET", "/local/gateway").body == {"mode": mode}
    refusal = ask(server, "PUT", "/local/gateway", {"mode": "closed"}).body["detail"]
    assert all(mode in refusal for mode in GatewayMode)
    assert ask(server, "GET", "/local/gateway/charges").body == {"charges": []}


@pytest.mark.parametrize("card", [None, {}, {"card_number": "5424 0000 0000 0015", "zip": "46282"}])
def test_a_card_gives_a_token_each_time(server: LocalServer, card: object) -> None:
    tokens = [ask(server, "POST", "/local/card-token", card).body for _ in range(2)]
    assert {token["data_descriptor"] for token in tokens} == {"COMMON.ACCEPT.INAPP.PAYMENT"}
    assert len({token["data_value"] for token in tokens}) == 2


def test_the_console_page_runs_nothing_but_its_own_scripts(server: LocalServer) -> None:
    page = ask(server, "GET", "/local/")
    markup = page.body.decode()
    assert page.status == 200
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=", markup)
    for name in re.findall(r'(?:src|href)="([\w.]+)"', markup):
        assert ask(server, "GET", f"/local/{name}").status == 200
