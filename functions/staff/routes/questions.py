"""The patients' questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from balance_alerts.access.staff import StaffMember
from balance_alerts.domain.card_numbers import without_card_numbers
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.permissions import Level
from balance_alerts.http_api.exchange import Answer, Request
from balance_alerts.http_api.paging import PAGE_SIZE, cursor_of, sort_key_of
from balance_alerts.http_api.shapes import Length
from balance_alerts.office.questions import QuestionsView, QuestionView, question_views
from balance_alerts.store.questions import QuestionState, questions_in
from staff.operation import StaffOperation

if TYPE_CHECKING:
    from balance_alerts.wiring import Wiring


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswer:
    """What the patient was told, for colleagues to read, and whether alerts may go out again."""

    message: Annotated[str, Length(1, 2000)] | None = None
    release_hold: bool = True


@dataclass(frozen=True, slots=True)
class QuestionsSubject:
    """What patients ask."""

    wiring: Wiring
    operations: ClassVar[tuple[StaffOperation, ...]] = (
        StaffOperation(
            name="list_questions",
            method="GET",
            path="/questions",
            summary="The patients' questions, those that wait for an answer unless asked otherwise",
            least=Level.FRONT_DESK,
            query={"state": "open or answered", "cursor": "next_cursor of the page before"},
            answers={200: QuestionsView},
            problems=("invalid_value",),
        ),
        StaffOperation(
            name="answer_question",
            method="POST",
            path="/questions/{question_id}/answer",
            summary="Note that a question was answered; the pause of alerts ends unless it is kept",
            least=Level.FRONT_DESK,
            body=QuestionAnswer,
            answers={200: QuestionView},
            problems=("unknown_question", "unknown_patient", "answered_before"),
        ),
    )

    def list_questions(self, member: StaffMember, request: Request) -> Answer:
        """List them."""
        asked = request.query.get("state") or QuestionState.OPEN.value
        if asked not in list(QuestionState):
            raise RuleError("invalid_value", f"state must be one of {', '.join(QuestionState)}.")
        cursor = request.cursor
        after = None if cursor is None else sort_key_of(cursor, prefix=f"{asked}#")
        found, going_on = questions_in(
            member.practice_id,
            QuestionState(asked),
            self.wiring.now(),
            after=after,
            limit=PAGE_SIZE,
        )
        view = QuestionsView(
            questions=question_views(member.practice_id, found),
            next_cursor=None if going_on is None else cursor_of(going_on),
        )
        return Answer(content=view)

    def answer_question(self, member: StaffMember, request: Request) -> Answer:
        """Answer one."""
        body = request.read(QuestionAnswer)
        patient_id, record = self.wiring.questions.answer(
            member.practice_id,
            request.parameters["question_id"],
            message=None if body.message is None else without_card_numbers(body.message),
            release_hold=body.release_hold,
            by=member.who,
            now=self.wiring.now(),
        )
        [view] = question_views(member.practice_id, [(patient_id, record)])
        return Answer(content=view)
