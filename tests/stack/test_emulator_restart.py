"""An emulator that goes away and comes back, as AWS would after an outage."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from botocore.exceptions import EndpointConnectionError

from balance_alerts.domain.permissions import Level
from infra.local.emulator import Emulator, EmulatorError
from infra.local.stack import LocalStack
from tests import builders
from tests.stack.due import Clinic, clinics
from tests.stack.portal_client import browser_of
from tests.stack.staff_client import staff


@pytest.fixture(scope="module")
def clinic() -> Iterator[Clinic]:
    """A practice on a stack of its own."""
    with LocalStack(keeps_state=True) as stack:
        stack.clock.set(builders.at(1))
        yield next(clinics(stack))


def test_what_was_answered_is_kept_and_everything_goes_on(clinic: Clinic) -> None:
    stack = clinic.stack
    clinic.patient("p-1", email=True)
    dead = stack.outputs["AlertDeadLetterQueueUrl"]
    stack.client("sqs").send_message(QueueUrl=dead, MessageBody="kept")
    stack.client("s3").put_object(
        Bucket=stack.outputs["ImportBucketName"], Key="kept", Body=b"file"
    )
    with browser_of(stack) as browser:
        desk = staff(browser, clinic, Level.FRONT_DESK)
        workers = stack.process_group
        stack.restart_emulator()
        assert stack.process_group != workers
        assert desk.get("/patients/p-1").json["balance_cents"] == 5_000
    assert stack.scan().sent == 1
    assert sorted(each.channel for each in stack.outbox.messages()) == ["email", "text"]
    assert stack.client("sqs").receive_message(QueueUrl=dead)["Messages"][0]["Body"] == "kept"
    kept = stack.client("s3").get_object(Bucket=stack.outputs["ImportBucketName"], Key="kept")
    assert kept["Body"].read() == b"file"
    assert "Fatal" not in stack.log


def test_an_answer_is_passed_on_though_the_queue_cannot_be_asked(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise EndpointConnectionError(endpoint_url=clinic.stack.endpoint_url)

    monkeypatch.setattr(clinic.stack, "wait_drained", gone)
    with browser_of(clinic.stack) as browser:
        assert browser.send("POST", "/portal/link-requests", {"token": "x"}).status == 202


def test_one_that_keeps_nothing_is_not_restarted() -> None:
    emulator = Emulator()
    try:
        with pytest.raises(EmulatorError, match="keeps nothing"):
            emulator.restart()
    finally:
        emulator.stop()
