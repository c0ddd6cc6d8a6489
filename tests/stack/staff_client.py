"""Members of staff at the one local address, each with a token of the stack's own pool."""

from __future__ import annotations

from balance_alerts.domain.permissions import Level
from tests.stack.due import Clinic
from tests.stack.portal_client import Browser


def staff(browser: Browser, clinic: Clinic, level: Level, name: str = "Ines Vega") -> Browser:
    """Somebody of this level who is signed in at the practice."""
    token = clinic.stack.staff.token(
        practice_id=clinic.practice.practice_id, level=level, name=name
    )
    return Browser(browser.address, {"Authorization": f"Bearer {token}"})
