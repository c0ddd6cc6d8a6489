"""The alerts of the next 60 days under other settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from balance_alerts.http_api.shapes import parse
from balance_alerts.office.jobs import Progress
from balance_alerts.store.jobs import JobKind
from staff.background.work import Outcome, Work
from staff.requests.practice import AlertSettingsChange, alert_changes

if TYPE_CHECKING:
    from balance_alerts.wiring import Wiring


class PreviewWork(Work):
    """A preview, asked for by the settings that would change."""

    kind: ClassVar[JobKind] = JobKind.PREVIEW

    def __init__(self, wiring: Wiring, practice_id: str, asked: str) -> None:
        super().__init__(wiring, practice_id, asked)
        changes = alert_changes(parse(AlertSettingsChange, asked))
        self._practice = wiring.previews.would_be(practice_id, changes)

    def done(self, patient_ids: Sequence[str], tell: Progress) -> Outcome:
        """Foresee alerts."""
        return Outcome(self.wiring.previews.foresee(self._practice, patient_ids, tell))
