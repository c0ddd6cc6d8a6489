"""The import function: it may go on by itself, and see that a file is gone."""

from __future__ import annotations

from tests.template.loading import Template


def test_a_worker_may_hand_a_long_file_on_more_than_sixteen_times(template: Template) -> None:
    assert template.properties("ImportBalances")["RecursiveLoop"] == "Allow"
