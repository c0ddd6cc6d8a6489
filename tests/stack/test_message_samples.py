"""Every wording of a practice, printed as its patients get it."""

from __future__ import annotations

from tests.stack.operating import Operator


def test_message_samples_are_printed_with_their_length(operator: Operator) -> None:
    practice_id = "sampled"
    operator.run(
        *("create-practice", practice_id, "--display-name", "Harbor Point Physical Therapy"),
        *("--phone", "202-555-0100", "--time-zone", "America/New_York"),
    )
    said = operator.run("message-samples", practice_id)
    assert said.count("--- Text,") == 12
    assert said.count("--- Email,") == 16
    assert said.count(", 1 part)") == 12 + 6
    assert 'From: "Harbor Point Physical Therapy" <alerts@clinic.example>' in said
