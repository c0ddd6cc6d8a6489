"""The parts that a practice's staff work with."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from balance_alerts.wiring.common import CommonParts

if TYPE_CHECKING:
    from balance_alerts.office.practice_changes import PracticeChanges


class OfficeParts(CommonParts):
    """Settings, staff, and what waits for them."""

    @cached_property
    def practice_changes(self) -> PracticeChanges:
        """What changes profile and settings."""
        from balance_alerts.office.practice_changes import PracticeChanges

        return PracticeChanges(self.practices, self.now)
