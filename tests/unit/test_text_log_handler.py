"""What the subscription of the delivery log of texts sends."""

from __future__ import annotations

import base64
import gzip
import importlib
import json
import sys
from datetime import UTC, datetime
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from balance_alerts.channels.text_records import TextRecord
from balance_alerts.delivery.unsent import NotRecordedYet
from balance_alerts.wiring import Wiring
from infra.local.provider_reports import ReportType, Sent, text_record

CONTEXT = SimpleNamespace(
    function_name="TextDeliveryLog",
    memory_limit_in_mb=512,
    invoked_function_arn="arn",
    aws_request_id="1",
)
NOW = datetime(2026, 3, 3, 15, tzinfo=UTC)
EARLY = "faster than its sender"


@pytest.fixture
def taken() -> list[str]:
    """The ids of the texts that were told of."""
    return []


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch, taken: list[str]) -> ModuleType:
    """The handler's module, over a desk that only notes what it is told."""

    def take(record: TextRecord) -> bool:
        if record.reference == EARLY:
            raise NotRecordedYet
        taken.append(record.reference)
        return True

    wiring = SimpleNamespace(report_desk=SimpleNamespace(take_text=take))
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Test")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    monkeypatch.setattr(Wiring, "from_environment", lambda: wiring)
    sys.modules.pop("delivery_events.text_log", None)
    return importlib.import_module("delivery_events.text_log")


def sent(*lines: str, kind: str = "DATA_MESSAGE") -> dict[str, Any]:
    """An event as CloudWatch Logs sends it."""
    data = {
        "messageType": kind,
        "owner": "123456789012",
        "logGroup": "sns/us-east-1/123456789012/DirectPublishToPhoneNumber",
        "logStream": "s-1",
        "subscriptionFilters": ["all"],
        "logEvents": [
            {"id": str(number), "timestamp": 0, "message": line}
            for number, line in enumerate(lines)
        ],
    }
    packed = base64.b64encode(gzip.compress(json.dumps(data).encode()))
    return {"awslogs": {"data": packed.decode()}}


def record(message_id: str) -> str:
    return text_record(Sent("+12025550123", message_id, NOW, {}), ReportType.DELIVERED, NOW)


@pytest.mark.filterwarnings("ignore:No application metrics")
def test_a_line_that_asks_whether_we_are_there_is_no_record(
    reader: ModuleType, taken: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    line = "CWL CONTROL MESSAGE: Checking health of destination Lambda."
    reader.handler(sent(line, kind="CONTROL_MESSAGE"), CONTEXT)
    assert taken == []
    assert "DeliveryEventsFailed" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("bad", "counts"), [pytest.param(record(EARLY), 0, id="early"), pytest.param("{", 1, id="bad")]
)
def test_what_is_not_taken_keeps_no_other_back_and_comes_again(
    reader: ModuleType,
    taken: list[str],
    capsys: pytest.CaptureFixture[str],
    bad: str,
    counts: int,
) -> None:
    """Only what broke is counted as failed: what comes early is foreseen."""
    with pytest.raises(reader.RecordsNotTaken):
        reader.handler(sent(record("m-1"), bad, record("m-2")), CONTEXT)
    assert taken == ["m-1", "m-2"]
    assert capsys.readouterr().out.count('"DeliveryEventsFailed":[') == counts
