"""Questions of patients; asking one pauses the account's alerts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from balance_alerts.domain.account import HoldReason
from balance_alerts.domain.question import QuestionReason, hold_until
from balance_alerts.store import keys, table
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.table import InstantAttribute, Record

QUESTIONS = "QUESTION#"
"""What the sort keys of questions begin with."""


class QuestionRecord(Record, discriminator="question"):
    """A question as asked, and whether it was answered."""

    question_id = UnicodeAttribute()
    reason = UnicodeAttribute()
    message = UnicodeAttribute(null=True)
    call_back = BooleanAttribute()
    asked_at = InstantAttribute()
    state = UnicodeAttribute()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a patient asks; `message` in the patient's own words."""

    question_id: str
    reason: QuestionReason
    message: str | None
    call_back: bool
    asked_at: datetime


class Questions:
    """The questions of the stack."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def ask(self, practice_id: str, patient_id: str, question: Question, *, today: date) -> date:
        """Keep a question and pause the account's alerts, both or neither.

        Returns the last local day of the pause.

        Raises:
            RuleError: `unknown_patient`.
        """
        record = QuestionRecord(
            *keys.question(practice_id, patient_id, question.asked_at, question.question_id),
            question_id=question.question_id,
            reason=question.reason.value,
            message=question.message,
            call_back=question.call_back,
            asked_at=question.asked_at,
            state="open",
        )

        def write() -> date:
            account = self._accounts.get(practice_id, patient_id)
            held_until = account.to_domain().holds.get(HoldReason.PATIENT_QUESTION)
            if held_until is None or held_until < today or account.question_held_since is None:
                account.question_held_since, held_until = today, None
            until = hold_until(today, held_since=account.question_held_since, held_until=held_until)
            account.hold(HoldReason.PATIENT_QUESTION, until)
            with table.transaction() as transaction:
                transaction.save(record)
                transaction.update(account, account.changes())
            return until

        return table.retrying(write)


def newest_questions(
    practice_id: str, patient_id: str, *, after: str | None, limit: int
) -> tuple[list[QuestionRecord], str | None]:
    """A page of a patient's questions, newest first, and the sort key to go on after."""
    pk, _ = keys.account(practice_id, patient_id)
    records = list(
        QuestionRecord.query(
            pk,
            QuestionRecord.sk.startswith(QUESTIONS),
            consistent_read=True,
            scan_index_forward=False,
            limit=limit + 1,
            last_evaluated_key=None if after is None else {"pk": {"S": pk}, "sk": {"S": after}},
        )
    )
    page = records[:limit]
    return page, page[-1].sk if len(records) > limit else None
