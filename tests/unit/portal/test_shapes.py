"""Bodies of requests, by the dataclasses that declare them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any

import pytest

from balance_alerts.domain.errors import RuleError
from balance_alerts.http_api.shapes import UNSET, Length, Range, Unset, parse, plain, sent


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, kw_only=True)
class Inner:
    name: Annotated[str, Length(1, 3)]


@dataclass(frozen=True, kw_only=True)
class Outer:
    number: Annotated[int, Range(1, 9)]
    inner: Inner
    colour: Colour | None = None
    on: date | None = None
    sure: bool = False
    note: Annotated[str, Length(1, 9)] | Unset | None = UNSET
    colours: Annotated[list[Colour], Length(1, 2)] | Unset = UNSET
    at: datetime | Unset = UNSET


GOOD: dict[str, Any] = {"number": 3, "inner": {"name": "abc"}}


def test_what_is_declared_is_read() -> None:
    body = GOOD | {"colour": "red", "on": "2026-03-02", "sure": True}
    assert parse(Outer, json.dumps(body)) == Outer(
        number=3, inner=Inner(name="abc"), colour=Colour.RED, on=date(2026, 3, 2), sure=True
    )


def test_a_whole_number_is_one_however_it_is_written() -> None:
    number = parse(Outer, json.dumps(GOOD | {"number": 3.0})).number
    assert (number, type(number)) == (3, int)


def test_what_may_be_left_out_may_be_null_where_none_is_meant() -> None:
    assert parse(Outer, json.dumps(GOOD | {"colour": None})).colour is None


def test_what_was_not_sent_is_told_from_what_is_cleared() -> None:
    body = GOOD | {"note": None, "colours": ["red"], "at": "2026-03-02T10:00:00-05:00"}
    parsed = parse(Outer, json.dumps(body))
    assert sent(parsed).keys() == {
        "number",
        "inner",
        "colour",
        "on",
        "sure",
        "note",
        "colours",
        "at",
    }
    assert (parsed.note, parsed.colours) == (None, [Colour.RED])
    assert parsed.at == datetime(2026, 3, 2, 15, tzinfo=UTC)
    assert sent(parse(Outer, json.dumps(GOOD))).keys().isdisjoint({"note", "colours", "at"})


@pytest.mark.parametrize(
    ("body", "code", "names"),
    [
        ("", "invalid_json", ""),
        ("5", "invalid_json", ""),
        ("[" * 100_000, "invalid_json", ""),
        ({}, "missing_field", "number"),
        (GOOD | {"inner": {}}, "missing_field", "inner.name"),
        (GOOD | {"x": 1}, "unknown_field", "number"),
        (GOOD | {"inner": {"name": "a", "x": 1}}, "unknown_field", "name"),
        (GOOD | {"inner": []}, "invalid_value", "inner"),
        (GOOD | {"number": 0}, "invalid_value", "number"),
        (GOOD | {"number": 10}, "invalid_value", "number"),
        (GOOD | {"number": True}, "invalid_value", "number"),
        (GOOD | {"number": 3.5}, "invalid_value", "number"),
        (GOOD | {"number": 1e400}, "invalid_json", ""),
        (GOOD | {"number": None}, "invalid_value", "number"),
        (GOOD | {"inner": {"name": "abcd"}}, "invalid_value", "inner.name"),
        (GOOD | {"inner": {"name": ""}}, "invalid_value", "inner.name"),
        (GOOD | {"inner": {"name": "a\x07"}}, "invalid_value", "inner.name"),
        (GOOD | {"inner": {"name": "\ud800"}}, "invalid_value", "inner.name"),
        (GOOD | {"colour": "RED"}, "invalid_value", "colour"),
        (GOOD | {"on": "2026-02-30"}, "invalid_value", "on"),
        (GOOD | {"on": "2026-W09-1"}, "invalid_value", "on"),
        (GOOD | {"sure": 1}, "invalid_value", "sure"),
        (GOOD | {"sure": None}, "invalid_value", "sure"),
        (GOOD | {"colours": None}, "invalid_value", "colours"),
        (GOOD | {"colours": "red"}, "invalid_value", "colours"),
        (GOOD | {"colours": []}, "invalid_value", "colours"),
        (GOOD | {"colours": ["red", "blue"]}, "invalid_value", "colours[1]"),
        (GOOD | {"at": "2026-03-02T10:00:00"}, "invalid_value", "at"),
        (GOOD | {"at": "0001-01-01T00:00:00+23:00"}, "invalid_value", "at"),
    ],
)
def test_anything_else_is_refused_by_name(body: Any, code: str, names: str) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    with pytest.raises(RuleError) as refused:
        parse(Outer, text)
    assert refused.value.code == code
    assert names in refused.value.message


def test_a_refusal_never_repeats_what_was_sent() -> None:
    with pytest.raises(RuleError) as refused:
        parse(Outer, json.dumps(GOOD | {"Maya Okafor": "1984-07-09"}))
    assert "Maya" not in refused.value.message


def test_answers_are_told_in_plain_json() -> None:
    at = datetime(2026, 3, 2, 15, 4, 5, tzinfo=UTC)
    told = plain([Inner(name="a"), at, date(2026, 3, 2), Colour.RED, None])
    expected = '[{"name": "a"}, "2026-03-02T15:04:05Z", "2026-03-02", "red", null]'
    assert json.dumps(told) == expected


@pytest.mark.parametrize(
    "name", ["é ñ", "a\u00a0b", "\N{WOMAN}\u200d\N{BOY}", "\U0001fae9", "a\nb"]
)
def test_whatever_people_write_is_text(name: str) -> None:
    body = GOOD | {"inner": {"name": name}}
    assert parse(Outer, json.dumps(body)).inner.name == name
