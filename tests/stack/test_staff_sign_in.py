"""Staff sign in by the pool's own pages and PKCE, all at the one local address."""

from __future__ import annotations

import base64
import hashlib
from http import HTTPStatus
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from balance_alerts.domain.permissions import Level
from infra.local.stack import LocalStack
from infra.local.staff import PASSWORD
from tests.stack.due import Clinic
from tests.stack.portal_client import Browser

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
VERIFIER = "v" * 64


def test_who_signs_in_by_the_page_gets_into_the_api(clinic: Clinic, browser: Browser) -> None:
    stack = clinic.stack
    sign_ins = stack.staff.add_sample(clinic.practice.practice_id)
    assert [level for _, level, _, _ in sign_ins] == list(Level)
    _, level, _, email = sign_ins[2]
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")
    asked = {
        "client_id": stack.outputs["ConsoleClientId"],
        "redirect_uri": f"{stack.public_url}/console/",
        "response_type": "code",
        "scope": "openid email profile",
        "state": "s-1",
        "code_challenge": challenge.decode(),
        "code_challenge_method": "S256",
    }
    page = browser.get(f"/oauth2/authorize?{urlencode(asked)}")
    assert page.status == HTTPStatus.OK
    assert b"password" in page.raw
    form = urlencode({**asked, "username": email, "password": PASSWORD}).encode()
    answer = browser.send("POST", "/login", form, FORM)
    assert answer.status == HTTPStatus.FOUND, answer
    back = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert back["state"] == ["s-1"]

    exchange = {
        "grant_type": "authorization_code",
        "client_id": asked["client_id"],
        "redirect_uri": asked["redirect_uri"],
        "code": back["code"][0],
        "code_verifier": VERIFIER,
    }
    tokens = browser.send("POST", "/oauth2/token", urlencode(exchange).encode(), FORM)
    assert tokens.status == HTTPStatus.OK, tokens
    signed_in = Browser(browser.address, {"Authorization": f"Bearer {tokens.json['id_token']}"})
    assert signed_in.get("/practice").status == HTTPStatus.OK
    access = Browser(browser.address, {"Authorization": f"Bearer {tokens.json['access_token']}"})
    assert access.get("/practice").status == HTTPStatus.FORBIDDEN
    assert level == "therapy_director"


@pytest.fixture
def far_away(stack: LocalStack, browser: Browser) -> Browser:
    """The stack at a time at which no token of today could be good."""
    stack.clock.set(stack.now().replace(year=2031))
    return browser


def test_a_token_is_good_whatever_the_local_clock_says(clinic: Clinic, far_away: Browser) -> None:
    body = {"practice_id": clinic.practice.practice_id, "level": "front_desk", "name": "Noor"}
    answer = far_away.send("POST", "/local/staff-token", body)
    assert answer.status == HTTPStatus.OK
    noor = Browser(far_away.address, {"Authorization": f"Bearer {answer.json['token']}"})
    assert noor.get("/practice").json["practice_id"] == clinic.practice.practice_id
    for wrong in ({"level": "boss"}, {"practice_id": "a/b"}, {"name": ""}):
        assert far_away.send("POST", "/local/staff-token", {**body, **wrong}).status == 422
