"""One item a message keeps its strongest report, whatever comes first."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from balance_alerts.domain.contact import Channel
from balance_alerts.domain.delivery import ChannelStatus, Report
from balance_alerts.store.delivery_reports import DeliveryReports, reports_of
from tests.builders import at

DELIVERED = Report(ChannelStatus.DELIVERED, at(1))
BOUNCED = Report(ChannelStatus.BOUNCED, at(2), "transient_mailbox_full")
BOUNCED_LATER = Report(ChannelStatus.BOUNCED, at(3), "permanent_general")
MESSAGE = (Channel.EMAIL, "a-1")


@pytest.fixture
def reports(practice: object) -> DeliveryReports:
    return DeliveryReports(timedelta(days=90))


@pytest.mark.parametrize("order", list(permutations([DELIVERED, BOUNCED, BOUNCED_LATER])))
def test_the_strongest_stands_and_of_two_alike_the_later(
    reports: DeliveryReports, order: tuple[Report, ...]
) -> None:
    for report in (*order, *order):
        reports.take(*MESSAGE, report)
    assert reports_of([MESSAGE], at(4)) == {MESSAGE: BOUNCED_LATER}


def test_only_what_changes_something_is_news(reports: DeliveryReports) -> None:
    taken = [reports.take(*MESSAGE, each) for each in (DELIVERED, DELIVERED, BOUNCED, DELIVERED)]
    assert taken == [True, False, True, False]


def test_texts_and_emails_are_told_apart(reports: DeliveryReports) -> None:
    reports.take(Channel.TEXT, "a-1", DELIVERED)
    assert reports_of([MESSAGE], at(4)) == {}


def test_a_report_is_forgotten_with_its_alert(reports: DeliveryReports) -> None:
    reports.take(*MESSAGE, DELIVERED)
    assert reports_of([MESSAGE], at(1) + timedelta(days=89)) == {MESSAGE: DELIVERED}
    assert reports_of([MESSAGE], at(1) + timedelta(days=90)) == {}
