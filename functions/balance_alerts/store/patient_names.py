"""Patients by name: two items each, last name first and first name first."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from pynamodb.attributes import UnicodeAttribute

from balance_alerts.domain.names import folded
from balance_alerts.domain.personal import Name
from balance_alerts.store import keys
from balance_alerts.store.attributes import NameAttribute
from balance_alerts.store.table import Record


class NameOrder(StrEnum):
    """Which of the names comes first."""

    LAST = "LAST"
    FIRST = "FIRST"


class PatientNameRecord(Record, discriminator="patient_name"):
    """A patient by name; `last_name` is folded as in the keys."""

    patient_id = UnicodeAttribute()
    last_name = NameAttribute()


class Named(NamedTuple):
    """A patient found by name, and the sort key by which the search goes on after."""

    sort_key: Name
    patient_id: str
    last_name: Name


def name_records(
    practice_id: str, patient_id: str, *, first_name: str, last_name: str
) -> list[PatientNameRecord]:
    """What makes a patient findable by either name."""
    first, last = folded(first_name), folded(last_name)
    return [
        PatientNameRecord(
            *keys.patient_name(practice_id, order, f"{one} {other}".strip(), patient_id),
            patient_id=patient_id,
            last_name=last,
        )
        for order, one, other in ((NameOrder.LAST, last, first), (NameOrder.FIRST, first, last))
    ]


def begins(order: NameOrder, beginning: str) -> str:
    """What the sort keys begin with of those whose folded name begins so."""
    return f"{order}#{beginning}"


def named(
    practice_id: str, order: NameOrder, beginning: str, *, after: str | None, some: int
) -> Iterator[Named]:
    """The patients whose folded name begins so, by name, `some` read at a time.

    `after` is the sort key to go on after, one that begins as `begins` says.
    """
    pk = keys.patient_names(practice_id)
    found = PatientNameRecord.query(
        pk,
        PatientNameRecord.sk.startswith(begins(order, beginning)),
        consistent_read=True,
        page_size=some,
        last_evaluated_key=None if after is None else {"pk": {"S": pk}, "sk": {"S": after}},
    )
    for record in found:
        yield Named(Name(record.sk), record.patient_id, Name(record.last_name))
