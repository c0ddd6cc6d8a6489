"""Signing in: what fails looks the same, and guessing gets nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from balance_alerts.access.links import LINK_LIFE, digest, new_token
from balance_alerts.domain.account import HoldReason
from balance_alerts.domain.contact import Channel
from balance_alerts.store import keys
from balance_alerts.store.sign_in_tries import LockedLinkRecord, TriesRecord
from tests.stack.due import Clinic
from tests.stack.portal_client import BORN, Answer, Browser, link_to

WRONG = date(1984, 7, 10)
LOCK = timedelta(minutes=15)


@pytest.fixture
def token(clinic: Clinic) -> str:
    clinic.patient("p-1", email=True)
    return link_to(clinic, "p-1")


def pass_time(clinic: Clinic, time: timedelta) -> None:
    clinic.stack.clock.set(clinic.stack.now() + time)


def revoke(clinic: Clinic) -> None:
    now = clinic.stack.now()
    clinic.stack.wiring.accounts.change(
        clinic.practice.practice_id,
        "p-1",
        lambda account: account.revoke_links(Channel.TEXT, now),
    )


def end_by_tries(clinic: Clinic, browser: Browser, token: str) -> None:
    for _ in range(3):
        for _ in range(5):
            assert browser.try_to_sign_in(token, WRONG).status == 401
        assert browser.try_to_sign_in(token, WRONG).status == 429
        pass_time(clinic, LOCK)


def seen(answer: Answer) -> tuple[int, bytes, set[str], str]:
    names = {name.lower() for name in answer.headers}
    return answer.status, answer.raw, names, answer.headers["Content-Type"]


def test_the_right_date_opens_a_session_of_half_an_hour(
    clinic: Clinic, browser: Browser, token: str
) -> None:
    before = clinic.stack.now()
    answer = browser.try_to_sign_in(token)
    assert answer.status == 200
    assert answer.json.keys() == {"session", "expires_at"}
    expected = (before + timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M")
    assert answer.json["expires_at"].startswith(expected)
    assert answer.headers["Cache-Control"] == "no-store"


def test_every_failed_answer_is_the_same_bytes(
    clinic: Clinic, browser: Browser, token: str
) -> None:
    reference = seen(browser.try_to_sign_in(new_token(clinic.practice.code)))
    assert reference[0] == 401
    assert seen(browser.try_to_sign_in("no token at all")) == reference
    assert seen(browser.try_to_sign_in(token, WRONG)) == reference
    assert seen(browser.try_to_sign_in(token, date(1900, 1, 1))) == reference
    ended = link_to(clinic, "p-1")
    end_by_tries(clinic, browser, ended)
    assert seen(browser.try_to_sign_in(ended, BORN)) == reference
    expired = link_to(clinic, "p-1")
    pass_time(clinic, LINK_LIFE)
    assert seen(browser.try_to_sign_in(expired, BORN)) == reference
    revoked = link_to(clinic, "p-1")
    revoke(clinic)
    assert seen(browser.try_to_sign_in(revoked, BORN)) == reference


def test_a_link_works_until_its_last_second(clinic: Clinic, browser: Browser, token: str) -> None:
    pass_time(clinic, LINK_LIFE - timedelta(seconds=30))
    assert browser.try_to_sign_in(token).status == 200


@pytest.mark.parametrize("known", [True, False], ids=["a link", "no link"])
def test_five_wrong_tries_lock_for_a_quarter_of_an_hour(
    clinic: Clinic, browser: Browser, token: str, known: bool
) -> None:
    tried = token if known else new_token(clinic.practice.code)
    statuses = [browser.try_to_sign_in(tried, WRONG).status for _ in range(6)]
    assert statuses == [401, 401, 401, 401, 401, 429]
    locked = browser.try_to_sign_in(tried, BORN)
    assert (locked.status, locked.code) == (429, "locked")
    assert 0 < int(locked.headers["Retry-After"]) <= 15 * 60
    pass_time(clinic, LOCK)
    assert browser.try_to_sign_in(tried, BORN).status == (200 if known else 401)


def test_a_lock_reads_the_same_for_a_link_and_for_none(
    clinic: Clinic, browser: Browser, token: str
) -> None:
    locked = []
    for tried in (token, new_token(clinic.practice.code)):
        for _ in range(5):
            browser.try_to_sign_in(tried, WRONG)
        locked.append(seen(browser.try_to_sign_in(tried, WRONG)))
    assert locked[0] == locked[1]


@pytest.mark.parametrize("known", [True, False], ids=["a link", "no link"])
def test_no_more_than_five_of_many_tries_at_once_are_compared(
    clinic: Clinic, browser: Browser, token: str, known: bool
) -> None:
    tried = token if known else new_token(clinic.practice.code)
    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda _: browser.try_to_sign_in(tried, WRONG), range(24)))
    assert Counter(answer.status for answer in answers) == {401: 5, 429: 19}
    assert TriesRecord.get(*keys.tries(digest(tried))).to_domain().wrong == 5


def test_fifteen_wrong_tries_end_a_link_for_good(
    clinic: Clinic, browser: Browser, token: str
) -> None:
    end_by_tries(clinic, browser, token)
    assert browser.try_to_sign_in(token).code == "not_recognised"
    pass_time(clinic, timedelta(days=3))
    assert browser.try_to_sign_in(token).code == "not_recognised"
    assert browser.try_to_sign_in(link_to(clinic, "p-1")).status == 200


def test_staff_can_see_a_link_that_was_locked_and_one_that_ended(
    clinic: Clinic, browser: Browser, token: str
) -> None:
    key = keys.locked_link(clinic.practice.practice_id, digest(token))
    for _ in range(5):
        browser.try_to_sign_in(token, WRONG)
    note = LockedLinkRecord.get(*key)
    assert (note.patient_id, note.ended) == ("p-1", False)
    pass_time(clinic, LOCK)
    for _ in range(2):
        for _ in range(5):
            browser.try_to_sign_in(token, WRONG)
        pass_time(clinic, LOCK)
    assert LockedLinkRecord.get(*key).ended


def test_a_right_try_is_none_of_the_wrong_ones(
    clinic: Clinic, browser: Browser, token: str
) -> None:
    for _ in range(3):
        for _ in range(4):
            assert browser.try_to_sign_in(token, WRONG).status == 401
        assert browser.try_to_sign_in(token).status == 200
    for _ in range(3):
        browser.try_to_sign_in(token, WRONG)
    assert browser.try_to_sign_in(token).code == "not_recognised"  # twelve and three: ended


def test_a_session_ends_after_half_an_hour(clinic: Clinic, browser: Browser, token: str) -> None:
    patient = browser.signed_in(token)
    pass_time(clinic, timedelta(minutes=29))
    assert patient.get("/portal/balance").status == 200
    pass_time(clinic, timedelta(minutes=1))
    ended = patient.get("/portal/balance")
    assert (ended.status, ended.code) == (401, "no_session")


def set_hold(clinic: Clinic) -> None:
    clinic.stack.wiring.accounts.set_hold(
        clinic.practice.practice_id,
        "p-1",
        HoldReason.BANKRUPTCY,
        until=None,
        now=clinic.stack.now(),
    )


@pytest.mark.parametrize("end", [revoke, set_hold], ids=["revoked by staff", "bankruptcy"])
def test_what_revokes_links_ends_sessions(
    clinic: Clinic, browser: Browser, token: str, end: Callable[[Clinic], None]
) -> None:
    patient = browser.signed_in(token)
    end(clinic)
    assert patient.get("/portal/balance").code == "no_session"
    assert browser.try_to_sign_in(token).code == "not_recognised"


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer x", "Bearer x.eA", "Bearer x.*", "Basic eDp5", f"Bearer x.{'A' * 600}"],
)
def test_what_is_no_session_opens_nothing(
    stack: object, browser: Browser, authorization: str
) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = browser.send("GET", "/portal/balance", headers=headers)
    assert (answer.status, answer.code) == (401, "no_session")


def test_a_session_that_names_another_account_opens_nothing(
    clinic: Clinic, browser: Browser, token: str
) -> None:
    clinic.patient("p-2")
    patients = [browser.signed_in(token), browser.signed_in(link_to(clinic, "p-2"))]
    secrets = [each.headers["Authorization"].partition(".") for each in patients]
    swapped = f"{secrets[0][0]}.{secrets[1][2]}"
    answer = browser.send("GET", "/portal/balance", headers={"Authorization": swapped})
    assert answer.code == "no_session"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "invalid_json"),
        (b"[]", "invalid_json"),
        (b'{"token": NaN, "date_of_birth": "1984-07-09"}', "invalid_json"),
        ({"token": "x"}, "missing_field"),
        ({"token": "x", "date_of_birth": "1984-07-09", "more": 1}, "unknown_field"),
        ({"token": 5, "date_of_birth": "1984-07-09"}, "invalid_value"),
        ({"token": "x" * 1001, "date_of_birth": "1984-07-09"}, "invalid_value"),
        ({"token": "x", "date_of_birth": "07/09/1984"}, "invalid_value"),
        ({"token": "x", "date_of_birth": "19840709"}, "invalid_value"),
        ({"token": "x", "date_of_birth": "1984-02-30"}, "invalid_value"),
        (b'{"token": "' + b"x" * 70_000 + b'"}', "too_large"),
    ],
)
def test_a_body_that_means_nothing_is_refused_and_not_counted(
    stack: object, browser: Browser, body: object, code: str
) -> None:
    answer = browser.send("POST", "/portal/session", body)
    assert (answer.status, answer.code) == (413 if code == "too_large" else 422, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
