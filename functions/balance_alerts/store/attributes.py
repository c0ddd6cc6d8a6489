"""How values are stored: instants and dates as text that sorts, names as what they are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from pynamodb.attributes import Attribute, UnicodeSetAttribute

from balance_alerts.domain.personal import Contact, MemberId, Name, Personal, Words


def instant_text(instant: datetime) -> str:
    """An instant as stored: RFC 3339, UTC, always with microseconds, so that text sorts by time."""
    utc = instant.astimezone(UTC).replace(tzinfo=None)
    return f"{utc.isoformat(timespec='microseconds')}Z"


class InstantAttribute(Attribute[datetime]):
    """An instant, stored as sortable text."""

    attr_type = "S"

    def serialize(self, value: datetime) -> str:
        """As stored."""
        return instant_text(value)

    def deserialize(self, value: str) -> datetime:
        """As an aware datetime in UTC."""
        return datetime.fromisoformat(value)


class DateAttribute(Attribute[date]):
    """A local date, stored in ISO form."""

    attr_type = "S"

    def serialize(self, value: date) -> str:
        """As stored."""
        return value.isoformat()

    def deserialize(self, value: str) -> date:
        """As a date."""
        return date.fromisoformat(value)


class PersonalAttribute(Attribute[str]):
    """Text that never shows itself, whether it was read or is about to be written."""

    attr_type = "S"
    type_of_text: type[Personal] = Personal

    def __set__(self, instance: Any, value: str | None) -> None:
        super().__set__(instance, None if value is None else self.type_of_text(value))


class NameAttribute(PersonalAttribute):
    """A name, or part of one."""

    type_of_text = Name


class ContactAttribute(PersonalAttribute):
    """A mobile number or an email address."""

    type_of_text = Contact


class ContactsAttribute(Attribute[list[Contact]]):
    """Numbers and addresses, in order. PynamoDB's own lists know no kinds of text."""

    attr_type = "L"

    def serialize(self, value: list[Contact]) -> list[dict[str, str]]:
        """As stored."""
        return [{"S": contact} for contact in value]

    def deserialize(self, value: list[dict[str, str]]) -> list[Contact]:
        """As contacts."""
        return [Contact(each["S"]) for each in value]


class WordsAttribute(PersonalAttribute):
    """What somebody wrote in their own words."""

    type_of_text = Words


class MemberIdsAttribute(UnicodeSetAttribute):
    """What insurers know somebody by."""

    def deserialize(self, value: Iterable[str]) -> set[str]:
        """As read."""
        return {MemberId(each) for each in value}
