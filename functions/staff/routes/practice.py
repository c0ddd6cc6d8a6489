"""The practice itself: profile and settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from balance_alerts.access.staff import StaffMember
from balance_alerts.domain.permissions import Level
from balance_alerts.http_api.exchange import Answer, Request
from balance_alerts.http_api.shapes import parse, sent
from balance_alerts.office.jobs import JobStarted, JobView
from balance_alerts.office.practice import PracticeView, practice_view
from balance_alerts.office.preview import PreviewView
from balance_alerts.store.channel_stops import stops_now
from balance_alerts.store.jobs import JobKind
from staff.background.preview import PreviewWork
from staff.background.work import answered
from staff.operation import StaffOperation
from staff.requests.practice import AlertSettingsChange, ProfileChange, alert_changes

if TYPE_CHECKING:
    from balance_alerts.wiring import Wiring

ALERT_PROBLEMS = ("no_send_days", "send_window_out_of_hours", "send_window_too_short")


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewJobView(JobView):
    """How far a preview is: `looked_at` of so many accounts, and the preview once it is done."""

    preview: PreviewView | None


@dataclass(frozen=True, slots=True)
class PracticeSubject:
    """The practice of whoever asks."""

    wiring: Wiring
    operations: ClassVar[tuple[StaffOperation, ...]] = (
        StaffOperation(
            name="show_practice",
            method="GET",
            path="/practice",
            summary="Profile, alert settings and card payments of the practice",
            least=Level.FRONT_DESK,
            answers={200: PracticeView},
            problems=("unknown_practice",),
        ),
        StaffOperation(
            name="change_practice",
            method="PUT",
            path="/practice",
            summary="Change who the practice is to its patients; what is not sent stays",
            least=Level.THERAPY_DIRECTOR,
            body=ProfileChange,
            answers={200: PracticeView},
            problems=(
                "unknown_practice",
                "invalid_name",
                "invalid_phone",
                "short_name_too_long",
                "unknown_time_zone",
                "changed_meanwhile",
            ),
        ),
        StaffOperation(
            name="change_balance_alerts",
            method="PUT",
            path="/practice/balance-alerts",
            summary="Change when alerts go out; what is not sent stays",
            least=Level.THERAPY_DIRECTOR,
            body=AlertSettingsChange,
            answers={200: PracticeView},
            problems=("unknown_practice", *ALERT_PROBLEMS, "changed_meanwhile"),
        ),
        StaffOperation(
            name="preview_balance_alerts",
            method="POST",
            path="/practice/balance-alerts/preview",
            summary="The alerts of the next 60 days under these settings; nothing is saved",
            least=Level.THERAPY_DIRECTOR,
            body=AlertSettingsChange,
            answers={200: PreviewView, 202: JobStarted},
            problems=("unknown_practice", *ALERT_PROBLEMS),
        ),
        StaffOperation(
            name="show_preview",
            method="GET",
            path="/practice/balance-alerts/preview/{job_id}",
            summary="How far the preview of a large practice is, and the preview once it is done",
            least=Level.THERAPY_DIRECTOR,
            answers={200: PreviewJobView},
            problems=("unknown_job",),
        ),
    )

    def show_practice(self, member: StaffMember, _: Request) -> Answer:
        """Show it."""
        return Answer(
            content=practice_view(
                self.wiring.practices.get(member.practice_id), stops_now(self.wiring.now())
            )
        )

    def change_practice(self, member: StaffMember, request: Request) -> Answer:
        """Change its profile."""
        changes = sent(request.read(ProfileChange))
        practice = self.wiring.practice_changes.profile(member.practice_id, changes, by=member.who)
        return Answer(content=practice_view(practice, stops_now(self.wiring.now())))

    def change_balance_alerts(self, member: StaffMember, request: Request) -> Answer:
        """Change its alert settings."""
        changes = alert_changes(request.read(AlertSettingsChange))
        practice = self.wiring.practice_changes.alerts(member.practice_id, changes, by=member.who)
        return Answer(content=practice_view(practice, stops_now(self.wiring.now())))

    def preview_balance_alerts(self, member: StaffMember, request: Request) -> Answer:
        """Foresee alerts under other settings."""
        request.read(AlertSettingsChange)
        return answered(PreviewWork(self.wiring, member.practice_id, request.body or ""))

    def show_preview(self, member: StaffMember, request: Request) -> Answer:
        """Show how far it is."""
        desk, job_id = self.wiring.job_desk, request.parameters["job_id"]
        job = desk.find(member.practice_id, job_id, JobKind.PREVIEW)
        preview = None if job.content is None else parse(PreviewView, job.content)
        return Answer(content=PreviewJobView(**desk.told(job), preview=preview))
