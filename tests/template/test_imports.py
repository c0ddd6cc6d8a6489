"""The import function: it may go on by itself, and see that a file is gone."""

from __future__ import annotations

from pathlib import Path

from tests.template.loading import Template, listed

HANDLER = Path(__file__).parents[2] / "functions" / "import_balances" / "handler.py"


def test_a_worker_may_hand_a_long_file_on_more_than_sixteen_times(template: Template) -> None:
    assert template.properties("ImportBalances")["RecursiveLoop"] == "Allow"


def test_the_function_knows_which_try_is_the_last(template: Template) -> None:
    source = HANDLER.read_text("utf-8")
    received = template.properties("ImportQueue")["RedrivePolicy"]["maxReceiveCount"]
    assert f"RECEIVES = {received}\n" in source


def test_the_function_is_told_that_a_file_is_gone(template: Template) -> None:
    """Without the right to list, the bucket answers 403 for what is not there."""
    (listing,) = [
        statement
        for statement in template.statements("ImportBalancesRole")
        if "s3:ListBucket" in listed(statement["Action"])
    ]
    assert listing["Resource"] == {"Fn::GetAtt": ["ImportBucket", "Arn"]}
    assert listing["Condition"] == {"StringLikeIfExists": {"s3:prefix": "imports/*"}}
