"""The parts that a practice's staff work with."""

from __future__ import annotations

import json
import os
from functools import cached_property
from typing import TYPE_CHECKING, cast

from balance_alerts.wiring.common import kept_for
from balance_alerts.wiring.importing import ImportParts
from balance_alerts.wiring.paying import PaymentParts

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from balance_alerts.office.attention import AttentionList
    from balance_alerts.office.attention_desk import AttentionDesk
    from balance_alerts.office.deposits import Deposits
    from balance_alerts.office.import_desk import ImportDesk
    from balance_alerts.office.jobs import JobDesk
    from balance_alerts.office.practice_changes import PracticeChanges
    from balance_alerts.office.preview import Previews
    from balance_alerts.office.reports import Reports
    from balance_alerts.office.team import TeamDesk
    from balance_alerts.store.job_files import JobFiles
    from balance_alerts.store.jobs import Jobs
    from balance_alerts.store.questions import Questions
    from balance_alerts.store.team import Team


class OfficeParts(ImportParts, PaymentParts):
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
    def jobs(self) -> Jobs:
        """What is done in the background."""
        from balance_alerts.store.jobs import Jobs

        return Jobs()

    @cached_property
    def job_desk(self) -> JobDesk:
        """Where it is asked for."""
        from balance_alerts.office.jobs import JobDesk

        return JobDesk(self.jobs, self._start_job, self.now)

    def _start_job(self, practice_id: str, job_id: str) -> None:
        self.client("lambda").invoke(
            FunctionName=os.environ["JOB_FUNCTION_NAME"],
            InvocationType="Event",
            Payload=json.dumps({"practice_id": practice_id, "job_id": job_id}),
        )

    @cached_property
    def job_files(self) -> JobFiles:
        """The files that came of it."""
        from balance_alerts.store.job_files import JobFiles

        return JobFiles(self._bucket_client, os.environ["IMPORT_BUCKET"])

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

    @cached_property
    def attention(self) -> AttentionList:
        """What waits for somebody."""
        from balance_alerts.office.attention import AttentionList
        from balance_alerts.store.orphan_charges import OrphanCharges
        from balance_alerts.store.parked import ParkedItems

        return AttentionList(self.attempts, OrphanCharges(), ParkedItems(), self.now)

    @cached_property
    def attention_desk(self) -> AttentionDesk:
        """Where that is decided on."""
        from balance_alerts.office.attention_desk import AttentionDesk
        from balance_alerts.store.orphan_charges import OrphanCharges

        return AttentionDesk(self.attempts, OrphanCharges(), self.parked_desk, self.now)

    @cached_property
    def questions(self) -> Questions:
        """The patients' questions."""
        from balance_alerts.store.questions import Questions

        return Questions(self.accounts, **kept_for(os.environ.get("QUESTION_HISTORY_DAYS")))

    @cached_property
    def import_desk(self) -> ImportDesk:
        """Where files are handed in."""
        from balance_alerts.office.import_desk import ImportDesk
        from balance_alerts.store.import_files import UploadBucket
        from balance_alerts.store.imports import Imports

        bucket = UploadBucket(self._bucket_client, os.environ["IMPORT_BUCKET"])
        return ImportDesk(Imports(), bucket, self.now)

    @cached_property
    def _bucket_client(self) -> S3Client:
        from balance_alerts.store.import_files import UPLOADS

        return cast("S3Client", self.session.create_client("s3", config=UPLOADS))

    @cached_property
    def reports(self) -> Reports:
        """What looks back."""
        from balance_alerts.office.reports import Reports

        return Reports(self.now)

    @cached_property
    def deposits(self) -> Deposits:
        """What compares the gateway's settlements with the ledgers."""
        from balance_alerts.office.deposits import Deposits

        return Deposits(self.connections)
