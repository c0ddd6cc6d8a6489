"""What both channels make of a network and a provider that misbehave.

Through a real SDK client and real sockets; nothing replaces the SDK's exceptions.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from balance_alerts.channels.email import EmailChannel
from balance_alerts.channels.sms import TextChannel
from balance_alerts.channels.wording import EmailContent
from balance_alerts.domain.delivery import Delivery, SendOutcome
from tests.component.channels.misbehaving import (
    Answer,
    Server,
    free_port,
    hang,
    hang_in_the_middle,
    hang_up,
    http,
    impatient,
    raw,
    reset,
    serving,
)

_, _, NOT_SENT, STOPPED, UNKNOWN = SendOutcome

CONTENT = EmailContent(subject="Hello", text="Hello", html="<p>Hello</p>", headers={})


def send_text(url: str, config: Config | None = None) -> Delivery:
    client = boto3.client("sns", endpoint_url=url, config=config or impatient())
    return TextChannel(client).send("+13035550123", "Riverside PT: you have a balance to view")


def send_email(url: str, config: Config | None = None) -> Delivery:
    client = boto3.client("sesv2", endpoint_url=url, config=config or impatient())
    return EmailChannel(client, "alerts@clinic.example").send(
        to="pat@example.org",
        from_name="Riverside PT",
        content=CONTENT,
        alert_id="a1",
        practice_code="hrbr23",
    )


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that only its own key vouches for, and that key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    file.write_bytes(
        signed.public_bytes(Encoding.PEM)
        + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return file


SendTo = Callable[..., Delivery]
SENDERS = pytest.mark.parametrize("send", [send_text, send_email], ids=["text", "email"])

BROKEN = [
    pytest.param(hang, "read_timeout", id="hangs after reading the request"),
    pytest.param(hang_in_the_middle, "read_timeout", id="hangs in the middle of the answer"),
    pytest.param(reset, "connection_closed", id="resets after reading the request"),
    pytest.param(hang_up, "connection_closed", id="hangs up after reading the request"),
    pytest.param(raw(b"\x00\xff nonsense\r\n\r\n"), "connection_closed", id="is no HTTP"),
    pytest.param(
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<Pub"), None, id="cuts the answer short"
    ),
    pytest.param(http(500, ""), "http_500", id="500 without a body"),
    pytest.param(
        http(502, "<html>Bad Gateway</html>"), "http_502", id="502 from something between"
    ),
    pytest.param(http(503, "<html>Unavailable</html>"), "http_503", id="503"),
    pytest.param(http(504, ""), "http_504", id="504"),
    pytest.param(http(408, "<html></html>"), None, id="408"),
    pytest.param(http(307, "", "Location: http://127.0.0.1:1/"), None, id="a redirect"),
]


@SENDERS
@pytest.mark.parametrize(("answer", "detail"), BROKEN)
def test_what_may_have_been_sent_is_unknown_and_not_repeated(
    server: Server, send: SendTo, answer: Answer, detail: str | None
) -> None:
    server.answer = answer
    delivery = send(server.url)
    assert delivery.outcome is UNKNOWN
    assert delivery.message_id is None
    assert detail is None or delivery.detail == detail
    assert len(server.requests) == 1


@SENDERS
def test_a_port_nobody_listens_on_is_certainly_not_sent(send: SendTo) -> None:
    assert send(f"http://127.0.0.1:{free_port()}") == Delivery(NOT_SENT, detail="not_connected")


@SENDERS
def test_a_name_that_does_not_resolve_is_certainly_not_sent(
    monkeypatch: pytest.MonkeyPatch, send: SendTo
) -> None:
    def no_such_name(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_such_name)
    assert send("http://nobody.invalid") == Delivery(NOT_SENT, detail="not_connected")


@SENDERS
def test_a_proxy_that_is_down_is_certainly_not_sent(send: SendTo) -> None:
    config = impatient(proxies={"https": f"http://127.0.0.1:{free_port()}"})
    delivery = send("https://sns.us-east-1.amazonaws.com", config)
    assert delivery == Delivery(NOT_SENT, detail="not_connected")


@SENDERS
def test_a_connection_never_answered_is_certainly_not_sent(send: SendTo) -> None:
    """A listener whose queue is full leaves the handshake unanswered."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = []
        for _ in range(4):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(full.getsockname())
            waiting.append(client)
        delivery = send(f"http://127.0.0.1:{full.getsockname()[1]}")
        for client in waiting:
            client.close()
    assert delivery == Delivery(NOT_SENT, detail="not_connected")


@SENDERS
def test_a_server_that_speaks_no_tls_is_unknown(server: Server, send: SendTo) -> None:
    delivery = send(server.url.replace("http:", "https:"))
    assert delivery.outcome is UNKNOWN


@SENDERS
def test_a_certificate_nobody_vouches_for_stops_the_channel(
    send: SendTo, certificate: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(context) as server:
        delivery = send(server.url.replace("http:", "https:"))
        assert delivery == Delivery(STOPPED, detail="certificate_refused")
        assert server.requests == []


@SENDERS
def test_no_credentials_stop_the_channel(
    monkeypatch: pytest.MonkeyPatch, server: Server, send: SendTo
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    assert send(server.url) == Delivery(STOPPED, detail="no_credentials")
    assert server.requests == []
