"""Questions that patients ask about their balance, and the pause of alerts they bring."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

QUESTION_HOLD = timedelta(days=14)
LONGEST_QUESTION_HOLD = timedelta(days=60)


class QuestionReason(StrEnum):
    """Why a patient asks."""

    INSURANCE_NOT_FINISHED = "insurance_not_finished"
    ALREADY_PAID = "already_paid"
    WRONG_AMOUNT = "wrong_amount"
    NOT_MINE = "not_mine"
    NEED_TIME = "need_time"
    OTHER = "other"


def hold_until(today: date, *, held_since: date, held_until: date | None) -> date:
    """The last local day of the pause that one more question brings.

    14 days, never shorter than the pause there is, and 60 days at most from the day the pause
    began: asking again does not silence alerts for good.
    """
    until = min(today + QUESTION_HOLD, held_since + LONGEST_QUESTION_HOLD)
    return until if held_until is None else max(until, held_until)
