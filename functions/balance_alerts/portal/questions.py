"""Asking the practice about a balance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from balance_alerts.access.sessions import Visit
from balance_alerts.domain.calendar import local_date
from balance_alerts.domain.card_numbers import without_card_numbers
from balance_alerts.domain.question import QuestionReason
from balance_alerts.store.questions import Question, Questions


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question that was kept; alerts pause through the local day `alerts_pause_until`."""

    question_id: str
    alerts_pause_until: date


@dataclass(frozen=True, slots=True)
class QuestionDesk:
    """Takes questions."""

    questions: Questions

    def ask(
        self, visit: Visit, reason: QuestionReason, *, message: str | None, call_back: bool
    ) -> AskedQuestion:
        """Keep a question for staff, and pause the account's alerts.

        A card number in it, which the page asks not to write, is not kept.
        """
        question = Question(
            question_id=uuid4().hex,
            reason=reason,
            message=None if message is None else without_card_numbers(message),
            call_back=call_back,
            asked_at=visit.now,
        )
        until = self.questions.ask(
            visit.practice_id,
            visit.patient_id,
            question,
            today=local_date(visit.now, visit.time_zone),
        )
        return AskedQuestion(question.question_id, until)
