"""Levels of staff, each with the rights of the ones before."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """What a member of staff may do at their practice, from the least rights to the most."""

    FRONT_DESK = "front_desk"
    CLINICAL_STAFF = "clinical_staff"
    THERAPY_DIRECTOR = "therapy_director"
    PRACTICE_ADMINISTRATOR = "practice_administrator"
    BUSINESS_OWNER = "business_owner"

    def reaches(self, least: Level) -> bool:
        """Whether it has the rights of `least`."""
        return _RANKS[self] >= _RANKS[least]

    def may_manage(self, other: Level) -> bool:
        """Whether it may invite, change or remove a staff account of the other level.

        Staff accounts are a practice administrator's, business owners' only a business owner's.
        """
        if other is Level.BUSINESS_OWNER:
            return self is Level.BUSINESS_OWNER
        return self.reaches(Level.PRACTICE_ADMINISTRATOR)


_RANKS = {level: rank for rank, level in enumerate(Level)}
