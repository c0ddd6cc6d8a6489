"""The parts with which staff look after patients."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, cast

from balance_alerts.wiring.delivering import DeliveryParts

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

    from balance_alerts.office.contact_desk import ContactDesk
    from balance_alerts.office.contact_erasure import ContactErasure
    from balance_alerts.office.hold_desk import HoldDesk
    from balance_alerts.office.ledger_desk import LedgerDesk
    from balance_alerts.office.link_desk import LinkDesk
    from balance_alerts.office.patient_changes import PatientChanges
    from balance_alerts.office.patient_list import PatientList
    from balance_alerts.office.send_now_desk import SendNowDesk
    from balance_alerts.office.subscriptions import SubscriptionDesk


LONGEST_SEND = 24
"""Seconds to wait for the sender: it starts, reads, and sends for ten seconds at most."""


class PatientParts(DeliveryParts):
    """Patients as the practice's staff see and change them."""

    @cached_property
    def patient_list(self) -> PatientList:
        """What finds patients."""
        from balance_alerts.office.patient_list import PatientList

        return PatientList(self.now)

    @cached_property
    def patient_changes(self) -> PatientChanges:
        """What adds patients and changes their details."""
        from balance_alerts.office.patient_changes import PatientChanges
        from balance_alerts.store.registration import Registration

        return PatientChanges(self.practices, Registration(self.practices), self.now)

    @cached_property
    def subscription_desk(self) -> SubscriptionDesk:
        """What switches a patient's alerts."""
        from balance_alerts.office.subscriptions import SubscriptionDesk

        return SubscriptionDesk(self.accounts, self.now)

    @cached_property
    def contact_desk(self) -> ContactDesk:
        """What confirms contacts."""
        from balance_alerts.office.contact_desk import ContactDesk

        return ContactDesk(self.accounts, lambda: self.email_suppression, self.now)

    @cached_property
    def contact_erasure(self) -> ContactErasure:
        """What erases contacts."""
        from balance_alerts.office.contact_erasure import ContactErasure

        return ContactErasure(self.accounts, self.now)

    @cached_property
    def hold_desk(self) -> HoldDesk:
        """What pauses alerts."""
        from balance_alerts.office.hold_desk import HoldDesk

        return HoldDesk(self.accounts, self.practices, self.now)

    @cached_property
    def link_desk(self) -> LinkDesk:
        """What issues and revokes links."""
        from balance_alerts.office.link_desk import LinkDesk
        from balance_alerts.store.links import Links

        return LinkDesk(self.accounts, Links(), os.environ["PUBLIC_URL"].rstrip("/"), self.now)

    @cached_property
    def send_now_desk(self) -> SendNowDesk:
        """What has the sender alert one patient at once."""
        from botocore.config import Config

        from balance_alerts.office.send_now_desk import SendNowDesk

        # Called once, for as long as the API waits: who asked asks again by the same key.
        config = Config(
            connect_timeout=2, read_timeout=LONGEST_SEND, retries={"total_max_attempts": 1}
        )
        client = self.session.create_client("lambda", config=config)
        return SendNowDesk(cast("LambdaClient", client), os.environ["SEND_FUNCTION_NAME"])

    @cached_property
    def ledger_desk(self) -> LedgerDesk:
        """What reads and adds to ledgers."""
        from balance_alerts.office.ledger_desk import LedgerDesk

        return LedgerDesk(self.ledger, self.now)
