from __future__ import annotations

from typing import Any

import pytest

from infra.operator.checks import emails
from tests.unit.operator.checks.patient import Said, one, patient

SET = {"EMAIL_CONFIGURATION_SET": "balance-alerts"}
SENDER = {"EMAIL_SENDER": "alerts@mail.harbor.example"}
SIGNED = {"SigningEnabled": True, "Status": "SUCCESS"}


def identity(verified: bool = True, **dkim: Any) -> Said:
    told = {"VerifiedForSendingStatus": verified, "DkimAttributes": dkim or SIGNED}
    return ("sesv2", "get_email_identity", told)


def account(**told: Any) -> Said:
    return ("sesv2", "get_account", {"SendingEnabled": True, "EnforcementStatus": "HEALTHY"} | told)


def configuration(**told: Any) -> Said:
    return ("sesv2", "get_configuration_set", told)


UNKNOWN: Said = ("sesv2", "get_email_identity", "NotFoundException")


@pytest.mark.parametrize(
    ("said", "verdict", "words"),
    [
        pytest.param([identity()], "ok", "mail.harbor.example is verified", id="domain"),
        pytest.param([UNKNOWN, identity()], "ok", "harbor.example is verified", id="above"),
        pytest.param(
            [identity(SigningEnabled=True, Status="PENDING")], "attention", "PENDING", id="dkim"
        ),
        pytest.param(
            [UNKNOWN, UNKNOWN, identity()], "attention", "its domain is not", id="address"
        ),
        pytest.param([UNKNOWN] * 3, "broken", "knows neither", id="none"),
        pytest.param(
            [identity(verified=False), UNKNOWN, UNKNOWN], "broken", "not verified yet", id="waits"
        ),
        pytest.param(
            [identity(verified=False), UNKNOWN, identity()], "attention", "alerts@", id="both"
        ),
    ],
)
def test_sender(said: list[Said], verdict: str, words: str) -> None:
    found = one(emails.sender, patient(*said, variables=SENDER))
    assert (found.verdict, words in found.found) == (verdict, True), found


@pytest.mark.parametrize(("is_out", "verdict"), [(True, "ok"), (False, "broken")])
def test_sandbox(is_out: bool, verdict: str) -> None:
    found = one(emails.sandbox, patient(account(ProductionAccessEnabled=is_out)))
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("told", "of_the_set", "verdict"),
    [
        pytest.param({}, {"SendingOptions": {"SendingEnabled": True}}, "ok", id="well"),
        pytest.param({}, {}, "ok", id="as new"),
        pytest.param({"SendingEnabled": False}, {}, "broken", id="off"),
        pytest.param({"EnforcementStatus": "SHUTDOWN"}, {}, "broken", id="shut down"),
        pytest.param({"EnforcementStatus": "PROBATION"}, {}, "attention", id="watched"),
        pytest.param({}, {"SendingOptions": {"SendingEnabled": False}}, "broken", id="set off"),
    ],
)
def test_sending(told: dict[str, Any], of_the_set: dict[str, Any], verdict: str) -> None:
    stack = patient(account(**told), configuration(**of_the_set), variables=SET)
    assert one(emails.sending, stack).verdict == verdict


@pytest.mark.parametrize(("ours", "verdict"), [("14", "ok"), ("15", "attention")])
def test_rate(ours: str, verdict: str) -> None:
    quota = {"MaxSendRate": 14.0, "Max24HourSend": 50_000.0, "SentLast24Hours": 1.0}
    stack = patient(account(SendQuota=quota), variables={"EMAILS_PER_SECOND": ours})
    assert one(emails.rate, stack).verdict == verdict


@pytest.mark.parametrize(
    ("of_the_set", "of_the_account", "verdict"),
    [
        pytest.param(["BOUNCE", "COMPLAINT"], [], "ok", id="set"),
        pytest.param(["BOUNCE"], ["BOUNCE", "COMPLAINT"], "attention", id="set goes first"),
        pytest.param(None, ["COMPLAINT", "BOUNCE"], "ok", id="account"),
        pytest.param(None, [], "attention", id="neither"),
    ],
)
def test_suppression(of_the_set: list[str] | None, of_the_account: list[str], verdict: str) -> None:
    own = {} if of_the_set is None else {"SuppressionOptions": {"SuppressedReasons": of_the_set}}
    told = account(SuppressionAttributes={"SuppressedReasons": of_the_account})
    stack = patient(configuration(**own), told, variables=SET)
    assert one(emails.suppression, stack).verdict == verdict


@pytest.mark.parametrize(
    ("enabled", "topic", "verdict"),
    [(True, "arn:ours", "ok"), (False, "arn:ours", "broken"), (True, "arn:other", "broken")],
)
def test_reports(enabled: bool, topic: str, verdict: str) -> None:
    destination = {
        "Name": "delivery",
        "Enabled": enabled,
        "MatchingEventTypes": ["BOUNCE"],
        "SnsDestination": {"TopicArn": topic},
    }
    stack = patient(
        ("sesv2", "get_configuration_set_event_destinations", {"EventDestinations": [destination]}),
        outputs={"EmailEventTopicArn": "arn:ours"},
        variables=SET,
    )
    assert one(emails.reports, stack).verdict == verdict
