"""The parts that a practice's staff work with."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from balance_alerts.wiring.common import CommonParts

if TYPE_CHECKING:
    from balance_alerts.office.practice_changes import PracticeChanges
    from balance_alerts.office.preview import Previews
    from balance_alerts.office.team import TeamDesk
    from balance_alerts.store.team import Team


class OfficeParts(CommonParts):
    """Settings, staff, and what waits for them."""

    @cached_property
    def practice_changes(self) -> PracticeChanges:
        """What changes profile and settings."""
        from balance_alerts.office.practice_changes import PracticeChanges

        return PracticeChanges(self.practices, self.now)

    @cached_property
    def previews(self) -> Previews:
        """What foresees alerts under other settings."""
        from balance_alerts.office.preview import Previews

        return Previews(self.practices, self.now)

    @cached_property
    def team(self) -> Team:
        """The staff accounts."""
        from balance_alerts.store.team import Team

        return Team()

    @cached_property
    def team_desk(self) -> TeamDesk:
        """What invites, changes and removes colleagues."""
        from balance_alerts.access.staff_pool import StaffPool
        from balance_alerts.office.team import TeamDesk

        pool = StaffPool(self.client("cognito-idp"), os.environ["USER_POOL_ID"])
        return TeamDesk(self.team, pool, self.now)
