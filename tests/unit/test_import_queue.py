from __future__ import annotations

import json

import pytest

from balance_alerts.queues.import_queue import ImportJob, jobs_of
from balance_alerts.store.imports import ImportKind

JOB = ImportJob("harbor", "import-1", ImportKind.ENTRIES)


def uploaded(*keys: str) -> dict[str, object]:
    return {"Records": [{"s3": {"object": {"key": key}}} for key in keys]}


@pytest.mark.parametrize(
    ("content", "jobs"),
    [
        pytest.param(uploaded("imports/harbor/import-1/entries.csv"), [JOB], id="upload"),
        pytest.param({"continue": JOB.key}, [JOB], id="continue"),
        pytest.param({"Event": "s3:TestEvent"}, [], id="test-event"),
        pytest.param(uploaded("imports/Ana+Ibarra.csv", JOB.key), [None, JOB], id="elsewhere"),
    ],
)
def test_a_message_names_jobs_and_what_is_none(
    content: dict[str, object], jobs: list[ImportJob | None]
) -> None:
    assert jobs_of(json.dumps(content)) == jobs
