"""Evaluates DynamoDB's expressions on items, in DynamoDB's own JSON (`{"S": "text"}`)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from tests.simulation.dynamo.parsing import ExpressionError, Node

Item = dict[str, dict[str, Any]]
Path = tuple[str | int, ...]

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


class Names(NamedTuple):
    """What an expression's placeholders stand for."""

    names: dict[str, str]
    values: dict[str, dict[str, Any]]

    def path(self, node: Node) -> Path:
        """An attribute's path, placeholders replaced."""
        steps: list[str | int] = []
        for kind, text in node.parts:
            if kind == "name":
                if text not in self.names:
                    raise ExpressionError(f"{text} is not defined")
                steps.append(self.names[text])
            else:
                steps.append(int(text) if kind == "index" else text)
        return tuple(steps)

    def value(self, name: str) -> dict[str, Any]:
        """A value."""
        if name not in self.values:
            raise ExpressionError(f"{name} is not defined")
        return self.values[name]


def at(item: Item, path: Path) -> dict[str, Any] | None:
    """What lies at a path; None where nothing does."""
    found: dict[str, Any] | None = item.get(str(path[0]))
    for step in path[1:]:
        if found is None:
            return None
        if isinstance(step, int):
            listed = found.get("L", [])
            found = listed[step] if step < len(listed) else None
        else:
            found = found.get("M", {}).get(step)
    return found


def holds(node: Node, item: Item, names: Names) -> bool:
    """Whether a condition holds of an item."""
    kind, parts = node
    if kind == "and":
        return all(holds(part, item, names) for part in parts)
    if kind == "or":
        return any(holds(part, item, names) for part in parts)
    if kind == "not":
        return not holds(parts[0], item, names)
    if kind == "attribute_exists":
        return at(item, names.path(parts[0])) is not None
    if kind == "attribute_not_exists":
        return at(item, names.path(parts[0])) is None
    found = [_operand(part, item, names) for part in parts if isinstance(part, Node)]
    if any(each is None for each in found):
        return kind == "compare" and parts[0] == "<>" and found[0] is not found[1]
    return _holds_of_values(kind, parts, found)


def _holds_of_values(kind: str, parts: tuple[Any, ...], found: list[Any]) -> bool:
    if kind == "compare":
        return compares(parts[0], found[0], found[1])
    if kind == "between":
        return compares(">=", found[0], found[1]) and compares("<=", found[0], found[2])
    if kind == "in":
        return any(compares("=", found[0], each) for each in found[1:])
    if kind == "begins_with":
        return str(found[0].get("S", "")).startswith(found[1]["S"]) and "S" in found[0]
    if kind == "contains":
        return _contains(found[0], found[1])
    raise ExpressionError(f"There is no function {kind}")


def _contains(whole: dict[str, Any], part: dict[str, Any]) -> bool:
    ((kind, value),) = whole.items()
    ((of, wanted),) = part.items()
    if kind == "S":
        return of == "S" and wanted in value
    return (kind == f"{of}S" and wanted in value) or (kind == "L" and part in value)


def _operand(node: Node, item: Item, names: Names) -> dict[str, Any] | None:
    if node.kind == "value":
        return names.value(node.parts[0])
    if node.kind == "path":
        return at(item, names.path(node))
    if node.kind == "size":
        sized = _operand(node.parts[0], item, names)
        return None if sized is None else {"N": str(len(next(iter(sized.values()))))}
    raise ExpressionError(f"{node.kind} has no value here")


def comparable(value: dict[str, Any]) -> Any:
    """A value as Python orders it."""
    ((kind, raw),) = value.items()
    if kind == "N":
        return Decimal(raw)
    if kind in ("SS", "NS"):
        return frozenset(raw)
    return raw


def compares(sign: str, left: dict[str, Any], right: dict[str, Any]) -> bool:
    """Whether two values stand so; values of two types never do, but for being unequal."""
    if left.keys() != right.keys():
        return sign == "<>"
    return _COMPARE[sign](comparable(left), comparable(right))


def updated(item: Item, actions: tuple[Node, ...], names: Names) -> Item:
    """The item after an update; the one given stays as it is."""
    after = dict(item)
    for clause, parts in actions:
        path = names.path(parts[0])
        if clause == "REMOVE":
            _put(after, path, None)
        elif clause == "SET":
            value = _new_value(parts[1], item, names)
            if value is None:
                raise ExpressionError(
                    "The provided expression refers to an attribute that does not exist"
                )
            _put(after, path, value)
        else:
            given = _operand(parts[1], item, names)
            assert given is not None
            change = _added if clause == "ADD" else _deleted
            _put(after, path, change(at(item, path), given))
    return after


def _new_value(node: Node, item: Item, names: Names) -> dict[str, Any] | None:
    if node.kind == "if_not_exists":
        found = at(item, names.path(node.parts[0]))
        return found if found is not None else _new_value(node.parts[1], item, names)
    if node.kind == "list_append":
        lists = [_new_value(part, item, names) for part in node.parts]
        return {"L": [each for one in lists for each in (one or {})["L"]]}
    if node.kind == "sum":
        sign, left, right = node.parts
        numbers = [_new_value(part, item, names) for part in (left, right)]
        if None in numbers:
            return None
        first, second = (Decimal((number or {})["N"]) for number in numbers)
        return {"N": str(first + second if sign == "+" else first - second)}
    return _operand(node, item, names)


def _added(before: dict[str, Any] | None, given: dict[str, Any]) -> dict[str, Any]:
    ((kind, value),) = given.items()
    if kind == "N":
        return {"N": str(Decimal((before or {"N": "0"})["N"]) + Decimal(value))}
    if kind not in ("SS", "NS"):
        raise ExpressionError("ADD takes a number or a set")
    return {kind: sorted({*(before or {kind: []})[kind], *value})}


def _deleted(before: dict[str, Any] | None, given: dict[str, Any]) -> dict[str, Any] | None:
    ((kind, value),) = given.items()
    left = sorted(set((before or {kind: []})[kind]) - set(value))
    return {kind: left} if left else None


def _put(item: Item, path: Path, value: dict[str, Any] | None) -> None:
    """Replace what lies at a path; maps on the way are copied, not changed."""
    name = str(path[0])
    if len(path) == 1:
        if value is None:
            item.pop(name, None)
        else:
            item[name] = value
        return
    outer = item.get(name)
    if outer is None or "M" not in outer:
        raise ExpressionError(
            "The document path provided in the update expression is invalid for update"
        )
    inner = dict(outer["M"])
    _put(inner, path[1:], value)
    item[name] = {"M": inner}
