"""Asking the sender to alert at once, whatever becomes of the call."""

from __future__ import annotations

import io
import json
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from balance_alerts.domain.audit import Who
from balance_alerts.domain.errors import NotDueError, RuleError
from balance_alerts.office.send_now_desk import SendNowDesk

STAFF = Who("s-1", "Ines Vega", "front_desk")


class Lambda:
    """Answers as told, and keeps what it was called with."""

    def __init__(self, answer: Any = None, error: Exception | None = None, **more: str) -> None:
        self.answer = {"Payload": io.BytesIO(json.dumps(answer).encode()), **more}
        self.error = error
        self.asked: list[dict[str, Any]] = []

    def invoke(self, **call: Any) -> dict[str, Any]:
        self.asked.append(json.loads(call["Payload"]))
        if self.error is not None:
            raise self.error
        return self.answer


def send(client: Lambda, key: str = "a click") -> str:
    desk = SendNowDesk(cast("Any", client), "sender")
    return desk.send("harbor", "p-1", key, by=STAFF).alert_id


def test_the_sender_is_told_whose_click_it_is_and_not_its_key() -> None:
    client = Lambda({"alert_id": "a-1"})
    assert send(client) == "a-1"
    [asked] = client.asked
    assert asked["send_now"].keys() == {"practice_id", "patient_id", "key_digest", "by"}
    assert asked["send_now"]["by"] == {"id": "s-1", "name": "Ines Vega", "level": "front_desk"}
    assert "a click" not in json.dumps(asked)


def test_why_not_is_passed_on() -> None:
    with pytest.raises(NotDueError) as not_due:
        send(Lambda({"reason": "on_hold"}))
    assert not_due.value.members == {"reason": "on_hold"}
    with pytest.raises(RuleError) as refused:
        send(Lambda({"code": "alert_not_sent", "message": "Later."}))
    assert refused.value.code == "alert_not_sent"


@pytest.mark.parametrize(
    "client",
    [
        Lambda(error=ReadTimeoutError(endpoint_url="https://lambda")),
        Lambda(error=ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke")),
        Lambda({"errorType": "SendNowFailed"}, FunctionError="Unhandled"),
        Lambda(None),
    ],
    ids=["no answer in time", "throttled", "broke", "nothing"],
)
def test_without_an_answer_the_same_click_may_ask_again(client: Lambda) -> None:
    with pytest.raises(RuleError) as refused:
        send(client)
    assert refused.value.code == "try_again"
