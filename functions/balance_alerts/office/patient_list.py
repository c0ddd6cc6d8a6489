"""The practice's patients, by name or as searched for, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import NamedTuple

from balance_alerts.channels.addresses import normalise_email, normalise_mobile
from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.decide import Reason
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.ids import ID
from balance_alerts.domain.names import folded
from balance_alerts.domain.practice import Practice
from balance_alerts.http_api.paging import cursor_of, sort_key_of
from balance_alerts.office.patient_file import decision_of
from balance_alerts.store import keys, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.brake import keys_to_decide_by, practice_in
from balance_alerts.store.patient_names import NameOrder, begins, named

PATIENTS_A_PAGE = 25
LONGEST_QUERY = 200
_DIRECT = "DIRECT#"
_DIGITS_OF_A_NUMBER = 7


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """Which channels are switched on."""

    text: bool
    email: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRow:
    """A patient in a list; `next_alert_on` and `reason` are the rules' decision of now."""

    patient_id: str
    first_name: str
    last_name: str
    balance_cents: int
    subscription: SubscriptionView
    next_alert_on: date | None
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class PatientPage:
    """A page of patients; `next_cursor` is null on the last page."""

    patients: list[PatientRow]
    next_cursor: str | None


class _Match(NamedTuple):
    sort_key: str
    patient_id: str


@dataclass(frozen=True, slots=True)
class PatientList:
    """Finds patients: those of an id, number or address first, then by name."""

    clock: Clock

    def page(self, practice_id: str, query: str = "", cursor: str | None = None) -> PatientPage:
        """Patients from a cursor on: all by last name, or those that the query means.

        A query is the beginning of a last or first name (or of both, either first), a patient id,
        a mobile number however it is written, or an email address.

        Raises:
            RuleError: `invalid_value`, `unknown_practice`.
        """
        query = query.strip()
        if len(query) > LONGEST_QUERY:
            raise RuleError("invalid_value", f"query has at most {LONGEST_QUERY} characters.")
        beginning = folded(query)
        after = None if cursor is None else _sort_key(cursor, beginning)
        found = list(islice(_matches(practice_id, query, after), PATIENTS_A_PAGE + 1))
        page = found[:PATIENTS_A_PAGE]
        rows = self._rows(practice_id, [match.patient_id for match in page])
        more = len(found) > len(page)
        return PatientPage(rows, cursor_of(page[-1].sort_key) if more else None)

    def _rows(self, practice_id: str, patient_ids: list[str]) -> list[PatientRow]:
        wanted = [keys.account(practice_id, patient_id) for patient_id in patient_ids]
        found = table.read([*keys_to_decide_by(practice_id), *wanted])
        practice, now = practice_in(found, practice_id), self.clock()
        return [_row(found[key], practice, now) for key in wanted if key in found]


def _row(account: AccountRecord, practice: Practice, now: datetime) -> PatientRow:
    decision = decision_of(account, practice, now)
    return PatientRow(
        patient_id=account.patient_id,
        first_name=account.first_name,
        last_name=account.last_name,
        balance_cents=int(account.balance_cents),
        subscription=SubscriptionView(
            bool(account.text_subscribed), bool(account.email_subscribed)
        ),
        next_alert_on=decision.next_on,
        reason=decision.reason,
    )


def _sort_key(cursor: str, beginning: str) -> str:
    """What a cursor stands for: a place in one of the lists that this query goes through."""
    sort_key = sort_key_of(cursor, prefix="")
    lists = (_DIRECT, *(begins(order, beginning) for order in NameOrder))
    return sort_key if sort_key.startswith(lists) else sort_key_of("", prefix=_DIRECT)


def _matches(practice_id: str, query: str, after: str | None) -> Iterator[_Match]:
    """Every patient whom the query means, once, in an order that a cursor can go on in."""
    direct = _direct_matches(practice_id, query) if query else []
    if after is None or after.startswith(_DIRECT):
        for patient_id in direct:
            sort_key = f"{_DIRECT}{patient_id}"
            if after is None or sort_key > after:
                yield _Match(sort_key, patient_id)
        after = None
    beginning = folded(query)
    if query and not beginning:
        return
    for order in NameOrder if beginning else (NameOrder.LAST,):
        if after is not None and not after.startswith(order):
            continue
        for one in named(practice_id, order, beginning, after=after, some=PATIENTS_A_PAGE + 1):
            again = order is NameOrder.FIRST and one.last_name.startswith(beginning)
            if not again and one.patient_id not in direct:
                yield _Match(one.sort_key, one.patient_id)
        after = None


def _direct_matches(practice_id: str, query: str) -> list[str]:
    """The patients of this id, number or address, in the order of their ids."""
    account_key = keys.account(practice_id, query) if ID.fullmatch(query) else None
    contact_key = _contact_key(practice_id, query)
    wanted = [key for key in (account_key, contact_key) if key is not None]
    found = table.read(wanted) if wanted else {}
    patient_ids = {query} if account_key in found else set()
    if contact_key in found:
        patient_ids |= set(found[contact_key].users_in(practice_id))
    return sorted(patient_ids)


def _contact_key(practice_id: str, query: str) -> keys.Key | None:
    try:
        if "@" in query:
            return keys.email(practice_id, normalise_email(query))
        if sum(each.isdigit() for each in query) >= _DIGITS_OF_A_NUMBER:
            return keys.mobile(normalise_mobile(query))
    except RuleError:  # neither number nor address
        pass
    return None
