"""Questions of patients; asking one pauses the account's alerts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from balance_alerts.domain.account import HoldReason
from balance_alerts.domain.audit import THE_PATIENT, Who
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.question import QuestionReason, hold_until
from balance_alerts.store import keys, races, table
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.attributes import InstantAttribute, NameAttribute, WordsAttribute
from balance_alerts.store.audit import audit_record
from balance_alerts.store.table import Record

QUESTIONS = "QUESTION#"
"""What the sort keys of questions begin with."""

KEPT = timedelta(days=1095)
"""How long answered questions are kept where a deployment chooses nothing else."""


class QuestionRecord(Record, discriminator="question"):
    """A question as asked, and whether it was answered."""

    question_id = UnicodeAttribute()
    reason = UnicodeAttribute()
    message = WordsAttribute(null=True)
    call_back = BooleanAttribute()
    asked_at = InstantAttribute()
    state = UnicodeAttribute()
    answer = WordsAttribute(null=True)
    answered_by = NameAttribute(null=True)
    answered_at = InstantAttribute(null=True)


class ListedQuestionRecord(Record, discriminator="listed_question"):
    """Stands in the practice's list of open questions, or of those that were answered."""

    patient_id = UnicodeAttribute()
    question_id = UnicodeAttribute()
    asked_at = InstantAttribute()


class QuestionOwnerRecord(Record, discriminator="question_owner"):
    """Whose question it is."""

    patient_id = UnicodeAttribute()
    asked_at = InstantAttribute()


class QuestionState(StrEnum):
    """Whether staff answered."""

    OPEN = "open"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a patient asks; `message` in the patient's own words."""

    question_id: str
    reason: QuestionReason
    message: str | None = field(repr=False)
    call_back: bool
    asked_at: datetime


class Questions:
    """The questions of the stack. Open ones stay; an answered one is kept for a while."""

    def __init__(self, accounts: Accounts, kept_for: timedelta = KEPT) -> None:
        self._accounts = accounts
        self._kept_for = kept_for

    def ask(self, practice_id: str, patient_id: str, question: Question, *, today: date) -> date:
        """Keep a question and pause the account's alerts, with the note of that: all or nothing.

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
            state=QuestionState.OPEN.value,
        )
        found_by = [
            _listed(practice_id, patient_id, record),
            QuestionOwnerRecord(
                *keys.question_owner(practice_id, question.question_id),
                patient_id=patient_id,
                asked_at=question.asked_at,
            ),
        ]

        def write() -> date:
            account = self._accounts.get(practice_id, patient_id)
            before = held_until = account.to_domain().holds.get(HoldReason.PATIENT_QUESTION)
            if held_until is None or held_until < today or account.question_held_since is None:
                account.question_held_since, held_until = today, None
            until = hold_until(today, held_since=account.question_held_since, held_until=held_until)
            account.hold(HoldReason.PATIENT_QUESTION, until)
            note = audit_record(
                practice_id,
                THE_PATIENT,
                question.asked_at,
                action="hold_set",
                subject=f"patient {patient_id}",
                before=_held(before),
                after=_held(until),
            )
            with table.transaction() as transaction:
                for each in (record, *found_by):
                    transaction.save(each)
                if until != before:
                    transaction.save(note)
                transaction.update(account, account.changes())
            return until

        return races.retrying(write)

    def answer(
        self,
        practice_id: str,
        question_id: str,
        *,
        message: str | None,
        release_hold: bool,
        by: Who,
        now: datetime,
    ) -> tuple[str, QuestionRecord]:
        """Note that a question was answered, and whether the account's pause ends with it.

        Returns whose question it is, and the question as it now is.

        Raises:
            RuleError: `unknown_question`, `answered_before`.
        """
        owner_key = keys.question_owner(practice_id, question_id)
        owner: QuestionOwnerRecord | None = table.read([owner_key]).get(owner_key)
        if owner is None:
            raise RuleError("unknown_question", "There is no question with this id.")
        patient_id = str(owner.patient_id)
        key = keys.question(practice_id, patient_id, owner.asked_at, question_id)

        def write() -> QuestionRecord:
            account = self._accounts.get(practice_id, patient_id)
            record: QuestionRecord = table.read([key])[key]
            if record.state != QuestionState.OPEN:
                raise RuleError("answered_before", "This question was answered before.")
            before = _listed(practice_id, patient_id, record)
            held = HoldReason.PATIENT_QUESTION in account.to_domain().holds
            record.state, record.answer = QuestionState.ANSWERED.value, message
            record.answered_by, record.answered_at = by.name, now
            record.expires_at = owner.expires_at = now + self._kept_for
            if release_hold:
                account.release(HoldReason.PATIENT_QUESTION)
            note = audit_record(
                practice_id,
                by,
                now,
                action="question_answered",
                subject=f"patient {patient_id}",
                before={"state": QuestionState.OPEN.value, "held": held},
                after={"state": QuestionState.ANSWERED.value, "held": held and not release_hold},
                note=f"question {question_id}",
            )
            with table.transaction() as transaction:
                still_open = QuestionRecord.state == QuestionState.OPEN.value
                transaction.update(record, record.changes(), condition=still_open)
                transaction.delete(before)
                transaction.save(_listed(practice_id, patient_id, record))
                transaction.update(owner, owner.changes())
                transaction.save(note)
                if changes := account.changes():
                    transaction.update(account, changes)
            return record

        return patient_id, races.retrying(write)


def _held(until: date | None) -> dict[str, object]:
    """The pause as the audit trail tells it."""
    return {} if until is None else {HoldReason.PATIENT_QUESTION.value: until.isoformat()}


def _listed(practice_id: str, patient_id: str, record: QuestionRecord) -> ListedQuestionRecord:
    return ListedQuestionRecord(
        *keys.listed_question(practice_id, record.state, record.asked_at, record.question_id),
        patient_id=patient_id,
        question_id=record.question_id,
        asked_at=record.asked_at,
        expires_at=record.expires_at,
    )


def questions_in(
    practice_id: str, state: QuestionState, now: datetime, *, after: str | None, limit: int
) -> tuple[list[tuple[str, QuestionRecord]], str | None]:
    """A page of a practice's questions in one state, each with whose it is, oldest first.

    Also the sort key to go on after.
    """
    pk = keys.open_questions(practice_id)
    listed = list(
        ListedQuestionRecord.query(
            pk,
            ListedQuestionRecord.sk.startswith(f"{state}#"),
            consistent_read=True,
            limit=limit + 1,
            last_evaluated_key=None if after is None else {"pk": {"S": pk}, "sk": {"S": after}},
        )
    )
    page = listed[:limit]
    wanted = [
        keys.question(practice_id, each.patient_id, each.asked_at, each.question_id)
        for each in page
    ]
    found = table.read(wanted)
    records = [
        (str(each.patient_id), found[key])
        for each, key in zip(page, wanted, strict=True)
        if key in found and not found[key].expired(now)
    ]
    return records, page[-1].sk if len(listed) > limit else None


def newest_questions(
    practice_id: str, patient_id: str, now: datetime, *, after: str | None, limit: int
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
    kept = [record for record in page if not record.expired(now)]
    return kept, page[-1].sk if len(records) > limit else None
