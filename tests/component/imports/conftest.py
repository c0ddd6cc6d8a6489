"""An import worker over moto: bucket, queue, table; one writer at a time."""

from __future__ import annotations

import boto3
import pytest

from balance_alerts.domain.practice import Practice
from balance_alerts.imports.claim_ledger import ClaimLedger
from balance_alerts.imports.load import Loader, Takers
from balance_alerts.imports.parked import ParkedDesk
from balance_alerts.imports.take_claims import ClaimTaker
from balance_alerts.imports.take_entries import EntryTaker
from balance_alerts.imports.take_patients import PatientTaker
from balance_alerts.queues.import_queue import ImportJob
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.import_files import ImportFiles
from balance_alerts.store.imports import Imports
from balance_alerts.store.ledger import Ledger
from balance_alerts.store.parked import ParkedItems
from balance_alerts.store.practices import Practices
from balance_alerts.store.registration import Registration
from tests.component.conftest import StoppedClock
from tests.component.imports.worker import Worker


@pytest.fixture
def claims(ledger: Ledger, clock: StoppedClock) -> ClaimLedger:
    return ClaimLedger(ledger, clock)


@pytest.fixture
def desk(
    accounts: Accounts, ledger: Ledger, claims: ClaimLedger, clock: StoppedClock
) -> ParkedDesk:
    return ParkedDesk(
        parked=ParkedItems(), accounts=accounts, ledger=ledger, claims=claims, clock=clock
    )


@pytest.fixture
def worker(
    practice: Practice,
    practices: Practices,
    registration: Registration,
    ledger: Ledger,
    claims: ClaimLedger,
    clock: StoppedClock,
) -> Worker:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="imports")
    parked = ParkedItems()
    left: list[ImportJob] = []
    watched: list[ImportJob] = []
    loader = Loader(
        practices=practices,
        imports=Imports(),
        files=ImportFiles(s3, "imports"),
        takers=Takers(
            patients=PatientTaker(registration, clock, parallel_patients=1),
            entries=EntryTaker(ledger, parked, clock),
            claims=ClaimTaker(claims, parked, clock, parallel_accounts=1),
        ),
        go_on_later=left.append,
        look_again=watched.append,
        clock=clock,
    )
    return Worker(loader, s3, left, watched)
