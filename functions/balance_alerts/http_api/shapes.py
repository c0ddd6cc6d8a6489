"""Shapes of JSON bodies, declared as dataclasses.

One declaration serves twice: `parse` reads a request by it, and the OpenAPI document is made from
it. Far less to load than a validation library, which start-up would feel.
"""

from __future__ import annotations

import json
import re
import types
from collections.abc import Hashable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, time
from enum import Enum, StrEnum
from functools import cache
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)
from unicodedata import category

from balance_alerts.domain.errors import RuleError

T = TypeVar("T")

WALL_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
"""A time of day in hours and minutes."""

_NOT_TEXT = frozenset({"Cc", "Cs"})
"""Control characters and halves of characters. Joined emoji are text, those of next year too."""


class _Unset(Enum):
    UNSET = "unset"


UNSET: Final = _Unset.UNSET
"""The default of a field that is left as it is where it is not sent; null clears it."""

Unset = Literal[_Unset.UNSET]


@dataclass(frozen=True, slots=True)
class Length:
    """How many characters a text may have, or items a list.

    Control characters but line breaks are refused in texts.
    """

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Range:
    """Between which numbers, both included, an integer may lie."""

    least: int
    most: int


def parse(shape: type[T], body: str | None) -> T:
    """The body as `shape`.

    Raises:
        RuleError: `invalid_json`, `missing_field`, `unknown_field` or `invalid_value`.
    """
    try:
        content = json.loads(body or "", parse_constant=_no_such_number)
    except (ValueError, RecursionError) as error:
        raise RuleError("invalid_json", "Send a JSON object.") from error
    return cast("T", _object(shape, content, ""))


def plain(value: Any) -> Any:
    """A value for `json.dumps`: dataclasses as objects, instants, dates and times as text."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    return value


def shape_of(shape: type[Any]) -> Mapping[str, tuple[Any, bool]]:
    """Each field's annotation, and whether it must be given."""
    return _declared(cast("Hashable", shape))


@cache
def _declared(shape: Any) -> Mapping[str, tuple[Any, bool]]:
    hints = get_type_hints(shape, include_extras=True)
    return {each.name: (hints[each.name], _is_required(each)) for each in fields(shape)}


def sent(shape: Any) -> dict[str, Any]:
    """The fields of a parsed body that were sent, by name."""
    return {
        each.name: value
        for each in fields(shape)
        if (value := getattr(shape, each.name)) is not UNSET
    }


def without_none(annotation: Any) -> tuple[Any, bool]:
    """An annotation without its `| None` and `| Unset`, and whether it may be null."""
    if get_origin(annotation) in (Union, types.UnionType):
        given = get_args(annotation)
        left = [each for each in given if each not in (type(None), Unset)]
        if len(left) == 1:
            return left[0], type(None) in given
    return annotation, False


def split(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    """An annotation's type and the limits it comes with."""
    if get_origin(annotation) is Annotated:
        inner, *limits = get_args(annotation)
        return inner, tuple(limits)
    return annotation, ()


def _is_required(each: Field[Any]) -> bool:
    return each.default is MISSING and each.default_factory is MISSING


def _no_such_number(name: str) -> Any:
    raise ValueError(name)


def _object(shape: type[Any], content: Any, path: str) -> Any:
    if not isinstance(content, dict):
        if path:
            raise _invalid(path, "an object")
        raise RuleError("invalid_json", "Send a JSON object.")
    declared = shape_of(shape)
    for name in content:
        if name not in declared:
            # Its name is not repeated: it may hold anything.
            raise RuleError("unknown_field", f"Send only these fields: {', '.join(declared)}.")
    values = {}
    for name, (annotation, required) in declared.items():
        where = f"{path}.{name}" if path else name
        if name in content:
            values[name] = _value(annotation, content[name], where)
        elif required:
            raise RuleError("missing_field", f"Add the field {where}.")
    return shape(**values)


def _value(annotation: Any, content: Any, path: str) -> Any:
    annotation, may_be_none = without_none(annotation)
    if content is None and may_be_none:
        return None
    kind, limits = split(annotation)
    if is_dataclass(kind):
        return _object(cast("type[Any]", kind), content, path)
    if kind is bool:
        if not isinstance(content, bool):
            raise _invalid(path, "true or false")
        return content
    if kind is int:
        return _integer(content, limits, path)
    if get_origin(kind) is list:
        return _list(get_args(kind)[0], content, limits, path)
    if not isinstance(content, str):
        raise _invalid(path, "a string")
    return _text(kind, content, limits, path)


def _integer(content: Any, limits: tuple[Any, ...], path: str) -> int:
    allowed = next((each for each in limits if isinstance(each, Range)), None)
    if isinstance(content, float) and content.is_integer():
        content = int(content)  # JSON knows one kind of number: 20.0 and 20 are the same
    if isinstance(content, bool) or not isinstance(content, int):
        raise _invalid(path, "a whole number")
    if allowed and not allowed.least <= content <= allowed.most:
        raise _invalid(path, f"from {allowed.least} to {allowed.most}")
    return content


def _list(of: Any, content: Any, limits: tuple[Any, ...], path: str) -> list[Any]:
    if not isinstance(content, list):
        raise _invalid(path, "a list")
    allowed = next((each for each in limits if isinstance(each, Length)), None)
    if allowed and not allowed.least <= len(content) <= allowed.most:
        raise _invalid(path, f"a list of {allowed.least} to {allowed.most}")
    return [_value(of, each, f"{path}[{index}]") for index, each in enumerate(content)]


def _text(kind: Any, content: str, limits: tuple[Any, ...], path: str) -> Any:
    if kind is date:
        return _date(content, path)
    if kind is datetime:
        return _instant(content, path)
    if kind is time:
        return _wall_time(content, path)
    if issubclass(kind, StrEnum):
        if content not in list(kind):
            raise _invalid(path, f"one of {', '.join(kind)}")
        return kind(content)
    allowed = next((each for each in limits if isinstance(each, Length)), None)
    if allowed and not allowed.least <= len(content) <= allowed.most:
        raise _invalid(path, f"a text of {allowed.least} to {allowed.most} characters")
    if any(category(each) in _NOT_TEXT and each not in "\n\r\t" for each in content):
        raise _invalid(path, "a text without control characters")
    return kind(content)


def _date(content: str, path: str) -> date:
    try:
        day = date.fromisoformat(content)
    except ValueError:
        day = None
    if day is None or day.isoformat() != content:  # the other ISO forms are nobody's habit
        raise _invalid(path, "a date such as 1984-07-09")
    return day


def _instant(content: str, path: str) -> datetime:
    try:
        instant = datetime.fromisoformat(content)
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise _invalid(path, "an instant such as 2026-03-01T15:00:00Z")


def _wall_time(content: str, path: str) -> time:
    if not re.fullmatch(WALL_TIME, content):
        raise _invalid(path, "a time such as 09:00")
    return time.fromisoformat(content)


def _invalid(path: str, expected: str) -> RuleError:
    return RuleError("invalid_value", f"{path} must be {expected}.")
