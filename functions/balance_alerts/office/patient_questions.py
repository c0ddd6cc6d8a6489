"""The questions of one patient, as staff see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from balance_alerts.domain.question import QuestionReason
from balance_alerts.http_api.paging import PAGE_SIZE, cursor_of, sort_key_of
from balance_alerts.office.patient_file import PatientFile
from balance_alerts.store.questions import QUESTIONS, newest_questions


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientQuestion:
    """A question; `state` is open until staff answer it."""

    question_id: str
    reason: QuestionReason
    message: str | None
    call_back: bool
    asked_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class PatientQuestions:
    """A page of questions, newest first; `next_cursor` is null on the last page."""

    questions: list[PatientQuestion]
    next_cursor: str | None


def questions_of(file: PatientFile, cursor: str | None = None) -> PatientQuestions:
    """Questions from a cursor on, or the newest.

    Raises:
        RuleError: `invalid_value` for a cursor that is none.
    """
    after = None if cursor is None else sort_key_of(cursor, prefix=QUESTIONS)
    records, last = newest_questions(
        file.practice_id, file.patient_id, after=after, limit=PAGE_SIZE
    )
    page = [
        PatientQuestion(
            question_id=record.question_id,
            reason=QuestionReason(record.reason),
            message=record.message,
            call_back=bool(record.call_back),
            asked_at=record.asked_at,
            state=record.state,
        )
        for record in records
    ]
    return PatientQuestions(page, cursor_of(last) if last else None)
