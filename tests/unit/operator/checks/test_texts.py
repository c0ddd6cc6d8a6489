from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.operator.checks import text_log, text_number, text_rights, texts
from tests.unit.operator.checks.patient import Said, diagnosed, one, patient

NUMBER, TOPIC = "+18005550100", "arn:aws:sns:us-east-1:123456789012:replies"
ROLE = "arn:aws:iam::123456789012:role/text-log"


@pytest.mark.parametrize(("inside", "verdict"), [(False, "ok"), (True, "broken")])
def test_sandbox(inside: bool, verdict: str) -> None:
    stack = patient(("sns", "get_sms_sandbox_account_status", {"IsInSandbox": inside}))
    assert one(texts.sandbox, stack).verdict == verdict


@pytest.mark.parametrize(
    ("told", "verdict", "words"),
    [
        pytest.param({}, "attention", "$1.00 a month", id="as new"),
        pytest.param({"MonthlySpendLimit": "1"}, "attention", "$1.00 a month", id="one"),
        pytest.param({"MonthlySpendLimit": "2500"}, "ok", "$2,500.00 a month", id="raised"),
    ],
)
def test_spend_limit(told: dict[str, str], verdict: str, words: str) -> None:
    found = one(texts.spend_limit, patient(("sns", "get_sms_attributes", {"attributes": told})))
    assert (found.verdict, words in found.found) == (verdict, True), found


def numbers(**told: Any) -> Said:
    number = {
        "PhoneNumberArn": "arn:number",
        "PhoneNumber": NUMBER,
        "Status": "ACTIVE",
        "IsoCountryCode": "US",
        "MessageType": "TRANSACTIONAL",
        "NumberCapabilities": ["SMS"],
        "NumberType": "TOLL_FREE",
        "MonthlyLeasingPrice": "2.00",
        "TwoWayEnabled": False,
        "SelfManagedOptOutsEnabled": False,
        "OptOutListName": "Default",
        "DeletionProtectionEnabled": False,
        "CreatedTimestamp": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return ("pinpoint-sms-voice-v2", "describe_phone_numbers", {"PhoneNumbers": [number | told]})


NONE: Said = ("pinpoint-sms-voice-v2", "describe_phone_numbers", {"PhoneNumbers": []})


@pytest.mark.parametrize(
    ("said", "wanted", "verdict", "words"),
    [
        pytest.param(numbers(), NUMBER, "ok", "a toll-free number, active", id="toll-free"),
        pytest.param(numbers(NumberType="TEN_DLC"), NUMBER, "ok", "10DLC", id="10DLC"),
        pytest.param(numbers(Status="PENDING"), NUMBER, "broken", "pending", id="pending"),
        pytest.param(
            numbers(NumberType="LONG_CODE"), NUMBER, "broken", "without 10DLC", id="long code"
        ),
        pytest.param(
            numbers(NumberType="LONG_CODE", IsoCountryCode="CA"), NUMBER, "ok", "long", id="abroad"
        ),
        pytest.param(
            numbers(NumberCapabilities=["VOICE"]), NUMBER, "broken", "cannot text", id="voice"
        ),
        pytest.param(
            numbers(NumberType="SIMULATOR"), NUMBER, "broken", "simulator", id="simulator"
        ),
        pytest.param(numbers(), "+18005550199", "broken", "none of the account", id="another"),
        pytest.param(numbers(), "", "attention", "chooses", id="not named"),
        pytest.param(NONE, NUMBER, "broken", "no number", id="none"),
    ],
)
def test_number(said: Said, wanted: str, verdict: str, words: str) -> None:
    stack = patient(said, variables={"TEXT_ORIGINATION_NUMBER": wanted})
    found = one(text_number.number, stack)
    assert (found.verdict, words in found.found) == (verdict, True), found


TAKING = {"TwoWayEnabled": True, "TwoWayChannelArn": TOPIC}


@pytest.mark.parametrize(
    ("said", "topic", "wanted", "verdict", "words"),
    [
        pytest.param(numbers(**TAKING), TOPIC, NUMBER, "ok", "reach the stack", id="taken"),
        pytest.param(numbers(), TOPIC, NUMBER, "broken", "do not reach", id="off"),
        pytest.param(
            numbers(TwoWayEnabled=True, TwoWayChannelArn=f"{TOPIC}-of-another"),
            TOPIC,
            NUMBER,
            "broken",
            "do not reach",
            id="elsewhere",
        ),
        pytest.param(
            numbers(**TAKING, SelfManagedOptOutsEnabled=True),
            TOPIC,
            NUMBER,
            "attention",
            "STOP",
            id="self-managed",
        ),
        pytest.param(numbers(), TOPIC, "", "attention", "not said", id="no number"),
        pytest.param(numbers(), "none", NUMBER, "ok", "takes no replies", id="one way"),
        pytest.param(
            numbers(**TAKING), "none", NUMBER, "attention", "does not listen", id="not heard"
        ),
    ],
)
def test_replies(said: Said, topic: str, wanted: str, verdict: str, words: str) -> None:
    stack = patient(
        said,
        outputs={"ReplyTopicArn": topic},
        variables={"TEXT_ORIGINATION_NUMBER": wanted},
    )
    found = one(text_number.replies, stack)
    assert (found.verdict, words in found.found) == (verdict, True), found


def policy(*services: str) -> Said:
    statement = {"Effect": "Allow", "Principal": {"Service": list(services)}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return ("pinpoint-sms-voice-v2", "get_resource_policy", {"Policy": policy})


NUMBER_ARN = "arn:aws:sms-voice:us-east-1:123456789012:phone-number/phone-1"
NO_POLICY: Said = ("pinpoint-sms-voice-v2", "get_resource_policy", "ResourceNotFoundException")


@pytest.mark.parametrize("wanted", [NUMBER, ""])
def test_rights_of_sns(wanted: str) -> None:
    stack = patient(
        numbers(PhoneNumberArn=NUMBER_ARN),
        policy("sms-voice.amazonaws.com", "sns.amazonaws.com"),
        NO_POLICY,
        variables={"TEXT_ORIGINATION_NUMBER": wanted},
    )
    asked: list[str] = []
    stack.client("pinpoint-sms-voice-v2").meta.events.register(
        "provide-client-params.pinpoint-sms-voice-v2.GetResourcePolicy",
        lambda params, **_: asked.append(params["ResourceArn"]),
    )
    assert diagnosed(text_rights.for_sns, stack) == [
        ("ok", f"SNS may use {NUMBER}"),
        ("attention", "no policy says that SNS may use the list of numbers that opted out"),
    ]
    assert asked == [NUMBER_ARN, "arn:aws:sms-voice:us-east-1:123456789012:opt-out-list/Default"]


def test_a_number_that_only_others_may_use() -> None:
    stack = patient(
        numbers(PhoneNumberArn=NUMBER_ARN),
        policy("connect.amazonaws.com"),
        policy("sns.amazonaws.com"),
        variables={"TEXT_ORIGINATION_NUMBER": NUMBER},
    )
    verdicts = [verdict for verdict, _ in diagnosed(text_rights.for_sns, stack)]
    assert verdicts == ["attention", "ok"]


@pytest.mark.parametrize(
    ("role", "rate", "verdict", "words"),
    [
        pytest.param(ROLE, "100", "ok", "every text", id="all"),
        pytest.param(ROLE, "5", "broken", "5 %", id="some"),
        pytest.param("arn:other", "100", "broken", "does not write", id="other role"),
        pytest.param("", "", "broken", "does not write", id="as new"),
    ],
)
def test_delivery_logging(role: str, rate: str, verdict: str, words: str) -> None:
    told = {
        "DeliveryStatusIAMRole": role,
        "DeliveryStatusSuccessSamplingRate": rate,
    }
    stack = patient(
        ("sns", "get_sms_attributes", {"attributes": told}), outputs={"TextLogRoleArn": ROLE}
    )
    found = one(text_log.delivery_logging, stack)
    assert (found.verdict, words in found.found) == (verdict, True), found


def test_a_repair_has_sns_log_every_text() -> None:
    stack = patient(("sns", "set_sms_attributes", {}), outputs={"TextLogRoleArn": ROLE})
    asked: list[dict[str, Any]] = []
    stack.client("sns").meta.events.register(
        "provide-client-params.sns.SetSMSAttributes", lambda params, **_: asked.append(params)
    )
    assert one(text_log.mend, stack).verdict == "ok"
    assert asked == [
        {
            "attributes": {
                "DeliveryStatusIAMRole": ROLE,
                "DeliveryStatusSuccessSamplingRate": "100",
            }
        }
    ]


def read_by(reader: str) -> Said:
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{reader}"
    return (
        "logs",
        "describe_subscription_filters",
        {"subscriptionFilters": [{"destinationArn": arn}]},
    )


def test_log_is_read() -> None:
    outputs = {"TextLogRoleArn": ROLE, "TextLogFunctionName": "ours"}
    well = patient(read_by("ours"), read_by("ours"), outputs=outputs)
    assert [verdict for verdict, _ in diagnosed(text_log.reading, well)] == ["ok", "ok"]
    ill = patient(
        read_by("another"),
        ("logs", "describe_subscription_filters", "ResourceNotFoundException"),
        outputs=outputs,
    )
    name = "sns/us-east-1/123456789012/DirectPublishToPhoneNumber"
    assert diagnosed(text_log.reading, ill) == [
        ("broken", f"nothing of this stack reads log group {name}"),
        ("broken", f"log group {name}/Failure is gone"),
    ]


def streams(*times: int) -> Said:
    found = [{"logStreamName": f"s-{time}", "lastEventTimestamp": time} for time in times]
    return ("logs", "describe_log_streams", {"logStreams": found})


@pytest.mark.parametrize(
    ("texts", "failures", "verdict", "words"),
    [
        pytest.param([], [], "attention", "of no text yet", id="none"),
        pytest.param([1_772_550_000_000], [], "ok", "2026-03-03 15:00 UTC", id="arrived"),
        pytest.param([], [1_772_550_000_000], "ok", "2026-03-03 15:00 UTC", id="failed"),
    ],
)
def test_log_is_written(texts: list[int], failures: list[int], verdict: str, words: str) -> None:
    stack = patient(streams(*texts), streams(*failures), outputs={"TextLogRoleArn": ROLE})
    found = one(text_log.written, stack)
    assert (found.verdict, words in found.found) == (verdict, True), found


@pytest.mark.parametrize(
    "check", [text_log.delivery_logging, text_log.written, text_log.reading, text_log.mend]
)
def test_who_does_not_own_the_log_leaves_it_alone(check: Any) -> None:
    assert "another stack" in one(check, patient(outputs={"TextLogRoleArn": "none"})).found
