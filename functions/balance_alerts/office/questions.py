"""The patients' questions as staff see them, all of a practice or those of one patient."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from balance_alerts.domain.question import QuestionReason
from balance_alerts.http_api.paging import PAGE_SIZE, cursor_of, sort_key_of
from balance_alerts.office.patient_file import PatientFile
from balance_alerts.store import keys, table
from balance_alerts.store.questions import (
    QUESTIONS,
    QuestionRecord,
    QuestionState,
    newest_questions,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """A question; the answer once there is one.

    `mobile` is the patient's number, where they ask to be called back and one is on file.
    """

    question_id: str
    patient_id: str
    reason: QuestionReason
    message: str | None
    call_back: bool
    mobile: str | None = field(repr=False)
    asked_at: datetime
    state: QuestionState
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionsView:
    """Some of the questions: oldest first of a practice, newest first of a patient."""

    questions: list[QuestionView]
    next_cursor: str | None


def question_views(
    practice_id: str, found: Iterable[tuple[str, QuestionRecord]]
) -> list[QuestionView]:
    """Questions of a practice, each with whose it is."""
    asked = list(found)
    called = {
        keys.account(practice_id, patient_id) for patient_id, record in asked if record.call_back
    }
    accounts = table.read(called) if called else {}

    def mobile(patient_id: str) -> str | None:
        account = accounts.get(keys.account(practice_id, patient_id))
        return None if account is None else account.mobile

    return [question_view(patient_id, record, mobile(patient_id)) for patient_id, record in asked]


def question_view(patient_id: str, record: QuestionRecord, mobile: str | None) -> QuestionView:
    """A question, whose it is, and the mobile number that is on file for them."""
    return QuestionView(
        question_id=record.question_id,
        patient_id=patient_id,
        reason=QuestionReason(record.reason),
        message=record.message,
        call_back=bool(record.call_back),
        mobile=mobile if record.call_back else None,
        asked_at=record.asked_at,
        state=QuestionState(record.state),
        answer=record.answer,
        answered_by=record.answered_by,
        answered_at=record.answered_at,
    )


def questions_of(file: PatientFile, cursor: str | None = None) -> QuestionsView:
    """A patient's questions from a cursor on, or the newest.

    Raises:
        RuleError: `invalid_value` for a cursor that is none.
    """
    after = None if cursor is None else sort_key_of(cursor, prefix=QUESTIONS)
    records, last = newest_questions(
        file.practice_id, file.patient_id, file.now, after=after, limit=PAGE_SIZE
    )
    return QuestionsView(
        questions=[
            question_view(file.patient_id, record, file.account.mobile) for record in records
        ],
        next_cursor=cursor_of(last) if last else None,
    )
