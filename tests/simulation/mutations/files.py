"""Guards of what comes in files, and of what staff decide on it."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from balance_alerts.imports import claim_ledger, take_entries
from balance_alerts.store.claim_levels import ClaimLevelsRecord
from balance_alerts.store.imports import ImportRecord
from balance_alerts.store.parked import ParkedItems, ParkedRecord
from balance_alerts.store.posting import AccountPosting
from tests.simulation.mutations.table import Patches, mutation
from tests.simulation.mutations.versions import (
    saved_whatever_their_version,
    updated_whatever_their_version,
)


@mutation
def levels_of_claims_are_written_whatever_their_version() -> Patches:
    """Two files may both reckon from the old level."""
    yield saved_whatever_their_version(ClaimLevelsRecord)


@mutation
def what_was_written_ahead_is_forgotten() -> Patches:
    """A worker was killed between a claim's level and its entry."""
    real = claim_ledger.read_levels

    def read_levels(*given: Any) -> ClaimLevelsRecord:
        record = real(*given)
        record.pending = None
        return record

    yield patch.object(claim_ledger, "read_levels", read_levels)


@mutation
def parked_items_are_put_over_others() -> Patches:
    """The same file again brings back what was decided."""
    yield saved_whatever_their_version(ParkedRecord)


@mutation
def what_was_parked_is_forgotten() -> Patches:
    """The same file again comes when the online payment has failed, and so repeats nothing."""
    yield patch.object(take_entries, "parked_before", lambda *_: set())


@mutation
def items_are_decided_whatever_their_version() -> Patches:
    """Two people may decide differently."""
    yield updated_whatever_their_version(ParkedRecord)


@mutation
def what_is_being_released_may_be_dismissed() -> Patches:
    """It may be in the ledger by then."""
    yield patch.object(ParkedItems, "begin_release", lambda *_: True)


@mutation
def what_the_gateway_told_before_is_posted_again() -> Patches:
    """The office's own system tells of the same payment."""
    yield patch.object(AccountPosting, "_is_posted_online", lambda *_: False)


@mutation
def what_was_given_up_is_over() -> Patches:
    """Another worker was at it."""
    yield patch.object(ImportRecord, "given_up", property(lambda _: False))
