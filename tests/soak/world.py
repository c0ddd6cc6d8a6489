"""What everybody in a soak acts on, and how they call."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPException
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from balance_alerts.domain.practice import Frequency
from infra.local.server import LocalServer
from infra.local.stack import LocalStack
from infra.local.waiting import StackError
from tests.soak.answers import Answers, LastTold, Tally
from tests.soak.cast import Cast, Office
from tests.soak.frequencies import Frequencies
from tests.soak.passing_time import Gate, Outages
from tests.stack.portal_client import Answer, Browser

T = TypeVar("T")

ON_PURPOSE = {"gateway_unavailable", "gateway_unreachable", "alert_not_sent", "try_again"}
"""What is answered by 503 while gateway or provider misbehave: the answer says what it means."""
FRONT_DESK, DIRECTOR = "front_desk", "therapy_director"
EMULATORS_OWN = "changed size during iteration"
"""What the emulator says where it got in its own way; AWS would have answered."""
FREQUENCY = Frequency.TWO_WEEKS
"""With which every practice begins."""
TRIES = 8
A_WHILE = 1.0


@dataclass(eq=False)
class Soak:
    """One run."""

    stack: LocalStack
    server: LocalServer
    cast: Cast = field(default_factory=Cast)
    answers: Answers = field(default_factory=Answers)
    last_told: LastTold = field(default_factory=LastTold)
    frequencies: Frequencies = field(default_factory=lambda: Frequencies(FREQUENCY.value))
    tally: Tally = field(default_factory=Tally)
    gate: Gate = field(default_factory=Gate)
    outages: Outages = field(default_factory=Outages)
    stopping: threading.Event = field(default_factory=threading.Event)
    broken: list[str] = field(default_factory=list)
    """What did not hold; empty if all is well."""
    _tokens: dict[tuple[str, str], str] = field(default_factory=dict)

    def fail(self, invariant: str, what: str) -> None:
        """Note that something does not hold. Named as the simulation does, whose checks ask it."""
        self.broken.append(f"{invariant}: {what}")

    def call(
        self,
        kind: str,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Answer | None:
        """An answer of the API; None where there was none, or one that says nothing."""
        began = time.monotonic()
        try:
            answer = Browser(self.server.url, headers or {}).send(method, path, body)
        except (OSError, HTTPException):
            answer = None
        code = None if answer is None else code_of(answer)
        broken = answer is None or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        if answer is None or (broken and code not in ON_PURPOSE):
            self.tally.count(kind, "unanswered")
            if not self.outages.excuse(began):
                said = "nothing" if answer is None else f"{answer.status} {answer.raw[:200]!r}"
                self.fail("0 answer", f"{method} {path} was answered by {said}, with AWS there")
            self.stopping.wait(A_WHILE)  # nobody tries again at once
            return None
        done = answer.status < HTTPStatus.BAD_REQUEST
        self.tally.count(kind, "done" if done else "refused", code)
        return answer

    def call_until_answered(self, *args: Any) -> Answer | None:
        """Repeat a call that may be repeated, as a client does that has no answer."""
        for _ in range(TRIES):
            answer = self.call(*args)
            if answer is not None:
                return answer
            self.outages.wait_until_over()
        return None

    def ask_aws(self, kind: str, call: Callable[[], T]) -> T | None:
        """The result of a call of AWS itself; None where there was none."""
        began = time.monotonic()
        try:
            result = call()
        except (BotoCoreError, ClientError, StackError) as error:
            self.tally.count(kind, "unanswered")
            if not self.outages.excuse(began) and EMULATORS_OWN not in str(error):
                self.fail("0 aws", f"{kind}: {error}")
            self.stopping.wait(A_WHILE)
            return None
        self.tally.count(kind, "done")
        return result

    def sign_staff_in(self) -> None:
        """Give everybody at the practices a token, or a new one."""
        for office in self.cast.offices:
            for level in (FRONT_DESK, DIRECTOR):
                token = self.stack.staff.token(
                    practice_id=office.practice_id, level=level, name="Ines Vega"
                )
                self._tokens[office.practice_id, level] = token
                self.answers.tokens.add(token)

    def staff(self, office: Office, level: str = FRONT_DESK) -> dict[str, str]:
        """The headers of somebody at a practice."""
        return {"Authorization": f"Bearer {self._tokens[office.practice_id, level]}"}

    def act(self, one: Callable[[], None]) -> None:
        """Do one thing; what breaks in the soak itself is told as well."""
        try:
            with self.gate.inside():
                one()
        except Exception:
            self.fail("0 soak", traceback.format_exc(limit=-4))


def together(*calls: Callable[[], T]) -> list[T]:
    """What calls return that are made at the same time."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [each.result() for each in [pool.submit(call) for call in calls]]


def code_of(answer: Answer) -> str | None:
    """The code of a problem; None where all is well."""
    if answer.status < HTTPStatus.BAD_REQUEST:
        return None
    try:
        code: str | None = answer.json.get("code")
    except (ValueError, AttributeError):
        return None
    return code
