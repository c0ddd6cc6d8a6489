"""What the client makes of a network and a gateway that fail it: charged, or nobody can say."""

from __future__ import annotations

import logging
import socket
import ssl
import time
from collections.abc import Iterator

import pytest

from balance_alerts.gateway.authorize_net import AuthorizeNet, GatewayError
from balance_alerts.gateway.codes import ChargeOutcome
from balance_alerts.gateway.requests import Charge, Credentials
from balance_alerts.gateway.transport import Transport
from tests.component.channels.misbehaving import (
    Answer,
    Server,
    free_port,
    hang,
    hang_up,
    http,
    raw,
    reset,
    serving,
)

UNKNOWN, UNAVAILABLE = ChargeOutcome.UNKNOWN, ChargeOutcome.UNAVAILABLE

ASKED = Charge(
    attempt_id="ba1",
    amount_cents=12_34,
    data_descriptor="D",
    data_value="the-nonce",
)
APPROVED = '{"transactionResponse": {"responseCode": "1", "transId": "600"}}'
BAD_LOGIN = '{"messages": {"resultCode": "Error", "message": [{"code": "E00007"}]}}'


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def client(url: str, read_seconds: float = 0.4) -> AuthorizeNet:
    transport = Transport(url, connect_seconds=0.5, read_seconds=read_seconds)
    return AuthorizeNet(Credentials("the-login", "the-key"), transport)


def dribble(connection: socket.socket) -> None:
    """Send a byte at a time, each well within any timeout of a single read."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
    for _ in range(100):
        connection.sendall(b" ")
        time.sleep(0.05)


def half(connection: socket.socket) -> None:
    body = APPROVED.encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    connection.sendall(head + body[: len(body) // 2])


def half_of_a_chunk(connection: socket.socket) -> None:
    connection.sendall(
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{"transactionResponse"'
    )


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        pytest.param(hang, "timeout", id="no answer"),
        pytest.param(dribble, "timeout", id="an answer that drips"),
        pytest.param(reset, "connection_lost", id="reset"),
        pytest.param(hang_up, "connection_lost", id="closed without an answer"),
        pytest.param(half, "cut_off", id="half an answer"),
        pytest.param(half_of_a_chunk, "cut_off", id="half a chunk"),
        pytest.param(raw(b"HTTP/9 what\r\n\r\n"), "connection_lost", id="no HTTP"),
        pytest.param(http(500, APPROVED), "http_500", id="500, whatever it says"),
        pytest.param(http(502, "<html>"), "http_502", id="502"),
        pytest.param(http(503, ""), "http_503", id="503"),
        pytest.param(http(429, ""), "http_429", id="429"),
        pytest.param(http(403, "<html>"), "http_403", id="403 of something in between"),
        pytest.param(
            http(302, "", "Location: http://127.0.0.1:1/"), "http_302", id="never follows"
        ),
        pytest.param(http(200, "<html>"), "garbled", id="a page"),
        pytest.param(http(200, APPROVED[:-9]), "garbled", id="cut JSON"),
        pytest.param(http(200, ""), "garbled", id="nothing"),
        pytest.param(http(200, "{}"), "no_answer_in_answer", id="an empty object"),
    ],
)
def test_after_connecting_nobody_can_say_and_nothing_is_sent_twice(
    server: Server, answer: Answer, detail: str
) -> None:
    server.answer = answer
    found = client(server.url).charge(ASKED)
    assert (found.outcome, found.detail) == (UNKNOWN, detail)
    assert len(server.requests) == 1


def test_an_answer_that_drips_is_waited_for_no_longer_than_one_that_hangs(server: Server) -> None:
    server.answer = dribble
    began = time.monotonic()
    client(server.url).charge(ASKED)
    assert time.monotonic() - began < 2


def test_an_answer_larger_than_any_of_the_gateways_is_not_read_to_its_end(server: Server) -> None:
    server.answer = raw(b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 9_000_000)
    assert client(server.url, 10).charge(ASKED).detail == "garbled"


def test_a_connection_that_nobody_takes_charged_nothing() -> None:
    found = client(f"http://127.0.0.1:{free_port()}").charge(ASKED)
    assert (found.outcome, found.detail) == (UNAVAILABLE, "not_connected")


def test_a_name_that_does_not_resolve_charged_nothing() -> None:
    found = client("https://gateway.invalid/xml/v1/request.api").charge(ASKED)
    assert found.outcome is UNAVAILABLE


def test_a_handshake_that_fails_charged_nothing(server: Server) -> None:
    server.answer = raw(b"no TLS here\r\n\r\n")
    url = server.url.replace("http://", "https://")
    assert client(url).charge(ASKED).outcome is UNAVAILABLE
    assert b"the-key" not in b"".join(server.requests)


def test_an_approval_behind_a_byte_order_mark_is_one(server: Server) -> None:
    server.answer = http(200, "\ufeff" + APPROVED)
    assert client(server.url).charge(ASKED).trans_id == "600"


def test_the_key_never_travels_in_the_clear() -> None:
    for url in ("http://api.authorize.net/xml/v1/request.api", "ftp://127.0.0.1.example", "x"):
        with pytest.raises(ValueError, match="https"):
            Transport(url)


def test_certificates_are_checked() -> None:
    from balance_alerts.gateway import transport

    context = transport._trust()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


@pytest.mark.parametrize(
    "answer",
    [http(200, APPROVED), http(200, BAD_LOGIN), http(500, "Ana the-key"), hang_up],
    ids=["approved", "refused", "500", "lost"],
)
def test_the_log_says_what_happened_and_nothing_of_whom(
    server: Server, answer: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    server.answer = answer
    with caplog.at_level(logging.DEBUG):
        outcome = client(server.url).charge(ASKED).outcome
    logged = " ".join(repr(vars(record)) for record in caplog.records)
    assert "ba1" in logged
    assert outcome.value in logged
    for secret in ("the-login", "the-key", "the-nonce", "Ana", "80202", "12.34", "1234"):
        assert secret not in logged


def test_a_token_of_odd_letters_is_sent_all_the_same(server: Server) -> None:
    server.answer = http(200, APPROVED)
    odd = Charge(attempt_id="ba1", amount_cents=1, data_descriptor="D", data_value="\ud800é")
    assert client(server.url).charge(odd).trans_id == "600"
    assert b"\\ud800" in server.body


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param(hang, "timeout", id="no answer"),
        pytest.param(half, "cut_off", id="half an answer"),
        pytest.param(http(500, ""), "http_500", id="500"),
        pytest.param(http(200, "<html>"), "garbled", id="garbled"),
        pytest.param(http(200, "{}"), "gateway_trouble", id="empty"),
        pytest.param(
            http(200, '{"messages": {"resultCode": "Ok", "message": []}}'),
            "incomplete_list", id="an Ok without a list",
        ),
        pytest.param(
            http(200, '{"messages": {"resultCode": "Ok"}, "transactions": [null]}'),
            "incomplete_list", id="a list of nothing",
        ),
        pytest.param(
            http(200, '{"messages": {"resultCode": "Ok"}, "transactions": [{"transId": "1"}]}'),
            "garbled", id="a line without a status",
        ),
        pytest.param(
            http(200, '{"messages": {"resultCode": "Ok"}, "transactions": [{"transId": "1",'
                 ' "transactionStatus": "declined"}], "totalNumInResultSet": 2}'),
            "incomplete_list", id="fewer than the gateway has",
        ),
    ],
)  # fmt: skip
def test_a_failed_look_up_is_an_error_and_never_an_empty_list(
    server: Server, answer: Answer, code: str
) -> None:
    server.answer = answer
    with pytest.raises(GatewayError) as failed:
        client(server.url).unsettled()
    assert failed.value.code == code


def test_a_look_up_that_never_connects_is_an_error() -> None:
    with pytest.raises(GatewayError) as failed:
        client(f"http://127.0.0.1:{free_port()}").unsettled()
    assert failed.value.code == "not_connected"


def test_a_list_that_repeats_its_pages_is_not_complete(server: Server) -> None:
    lines = ",".join(
        f'{{"transId": "{number}", "transactionStatus": "declined"}}' for number in range(1000)
    )
    server.answer = http(200, f'{{"messages": {{"resultCode": "Ok"}}, "transactions": [{lines}]}}')
    with pytest.raises(GatewayError) as failed:
        client(server.url, 5).unsettled()
    assert failed.value.code == "incomplete_list"
    assert len(server.requests) == 2


def test_an_answer_about_another_transaction_is_an_error(server: Server) -> None:
    server.answer = http(
        200,
        '{"messages": {"resultCode": "Ok"},'
        ' "transaction": {"transId": "7", "transactionStatus": "declined"}}',
    )
    with pytest.raises(GatewayError) as failed:
        client(server.url).transaction("8")
    assert failed.value.code == "answer_to_another"
