"""What an outcome means for the rhythm and for the history."""

from __future__ import annotations

import pytest

from balance_alerts.domain.delivery import ChannelStatus, Delivery, SendOutcome


@pytest.mark.parametrize(
    ("outcome", "status", "counts"),
    [
        (SendOutcome.ACCEPTED, ChannelStatus.ACCEPTED, True),
        (SendOutcome.REFUSED, ChannelStatus.NOT_SENT, False),
        (SendOutcome.NOT_SENT, ChannelStatus.NOT_SENT, False),
        (SendOutcome.STOPPED, ChannelStatus.NOT_SENT, False),
        (SendOutcome.UNKNOWN, ChannelStatus.UNKNOWN, True),
    ],
)
def test_only_what_went_out_or_may_have_counts(
    outcome: SendOutcome, status: ChannelStatus, counts: bool
) -> None:
    assert Delivery(outcome).status is status
    assert outcome.counts is counts
