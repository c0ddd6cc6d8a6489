from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from infra.local.loopback import LoopbackServer, QuietHandler
from infra.operator.checks.address import answered, public_url
from tests.unit.operator.checks.patient import one, patient

OURS = {"Content-Security-Policy": "default-src 'none'; report-uri /csp-reports"}
URL = "https://pay.example.com"


@dataclass
class Site:
    """What answers at the domain, over plain HTTP on loopback."""

    headers: dict[str, str] = field(default_factory=lambda: dict(OURS))
    status: int = 200
    body: str = "<h1>Ross &amp; Sons PT</h1>"
    asked: list[str] = field(default_factory=list)
    connect: Callable[[str], http.client.HTTPConnection] | None = None


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()

    class Handler(QuietHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            self.answer(site.status, site.body.encode(), site.headers)

    server = LoopbackServer(Handler)
    server.start()
    netloc = server.url.partition("://")[2]
    site.connect = lambda _: http.client.HTTPConnection(netloc, timeout=5)
    yield site
    server.stop()


def test_our_own_page_is_known_by_its_policy_and_the_practice_s_name(site: Site) -> None:
    found = answered(URL, "abcdef", "Ross & Sons PT", site.connect)
    assert (found.verdict, found.found) == ("ok", f"{URL} leads to this stack")
    [path] = site.asked
    assert path.startswith("/a/abcdef")
    assert len(path) == len("/a/") + 28
    assert answered(URL, "000000", None, site.connect).verdict == "ok"


def test_another_stack_and_other_sites_are_told(site: Site) -> None:
    assert "another stack" in answered(URL, "abcdef", "Harbor PT", site.connect).found
    site.headers, site.status = {}, 403
    found = answered(URL, "abcdef", None, site.connect)
    assert (found.verdict, found.found) == (
        "broken",
        f"something else answers at {URL} (status 403)",
    )


def failing(error: OSError) -> Callable[[str], Any]:
    def connect(_: str) -> Any:
        raise error

    return connect


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (socket.gaierror(-2, "unknown"), "is not in DNS"),
        (ssl.SSLCertVerificationError("self-signed"), "no good certificate"),
        (TimeoutError(), "nothing answers"),
    ],
)
def test_why_nothing_answers_is_told(error: OSError, words: str) -> None:
    found = answered(URL, "abcdef", None, failing(error))
    assert (found.verdict, words in found.found) == ("broken", True)


def test_addresses_that_no_patient_should_get() -> None:
    assert answered("http://pay.example.com", "abcdef", None).verdict == "broken"
    aws = "https://x.execute-api.us-east-1.amazonaws.com"
    assert answered(aws, "abcdef", None).verdict == "attention"


def test_the_local_stack_is_not_asked() -> None:
    assert one(public_url, patient(is_local=True)).verdict == "unchecked"
