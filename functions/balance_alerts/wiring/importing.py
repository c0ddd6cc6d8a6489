"""The parts that take in files of patients, ledger entries and insurers' claims."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from balance_alerts.wiring.common import CommonParts

if TYPE_CHECKING:
    from balance_alerts.imports.claim_ledger import ClaimLedger
    from balance_alerts.imports.load import Loader
    from balance_alerts.imports.parked import ParkedDesk


class ImportParts(CommonParts):
    """Imports, and what of them waits for staff."""

    @cached_property
    def loader(self) -> Loader:
        """What takes in uploaded files, with their bucket and queue."""
        from balance_alerts.imports.load import Loader, Takers
        from balance_alerts.imports.take_claims import ClaimTaker
        from balance_alerts.imports.take_entries import EntryTaker
        from balance_alerts.imports.take_patients import PatientTaker
        from balance_alerts.queues.import_queue import ImportQueue
        from balance_alerts.store.import_files import ImportFiles
        from balance_alerts.store.imports import Imports
        from balance_alerts.store.parked import ParkedItems
        from balance_alerts.store.registration import Registration

        queue = ImportQueue(self.client("sqs"), os.environ["IMPORT_QUEUE_URL"])
        parked = ParkedItems()
        return Loader(
            practices=self.practices,
            imports=Imports(),
            files=ImportFiles(self.client("s3"), os.environ["IMPORT_BUCKET"]),
            takers=Takers(
                patients=PatientTaker(Registration(self.practices), self.now),
                entries=EntryTaker(self.ledger, parked, self.now),
                claims=ClaimTaker(self.claim_ledger, parked, self.now),
            ),
            go_on_later=queue.go_on_later,
            look_again=queue.look_again,
            clock=self.now,
        )

    @cached_property
    def parked_desk(self) -> ParkedDesk:
        """Where parked claims and payments are decided on."""
        from balance_alerts.imports.parked import ParkedDesk
        from balance_alerts.store.parked import ParkedItems

        return ParkedDesk(
            parked=ParkedItems(),
            accounts=self.accounts,
            ledger=self.ledger,
            claims=self.claim_ledger,
            clock=self.now,
        )

    @cached_property
    def claim_ledger(self) -> ClaimLedger:
        """What brings the levels of claims into the ledger."""
        from balance_alerts.imports.claim_ledger import ClaimLedger

        return ClaimLedger(self.ledger, self.now)
