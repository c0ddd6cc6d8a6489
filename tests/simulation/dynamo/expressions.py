"""DynamoDB's expressions: conditions, updates, projections. Parsed once each, then evaluated.

Attributes are in DynamoDB's own JSON (`{"S": "text"}`), as they travel.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

Item = dict[str, dict[str, Any]]
Path = tuple[str | int, ...]

_TOKEN = re.compile(
    r"\s*(?:(?P<word>[A-Za-z_][\w]*)|(?P<name>\#\w+)|(?P<value>:\w+)"
    r"|(?P<sign><>|<=|>=|[=<>(),.+\-\[\]])|(?P<number>\d+))"
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_CLAUSES = ("SET", "REMOVE", "ADD", "DELETE")


class ExpressionError(Exception):
    """An expression that DynamoDB would refuse."""


class Node(NamedTuple):
    """A piece of an expression: what it is, and its parts."""

    kind: str
    parts: tuple[Any, ...]


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text.rstrip()):
            match = _TOKEN.match(text, at)
            if match is None:
                raise ExpressionError(f"Syntax error at {at} of {text}")
            self.tokens.append((str(match.lastgroup), match.group(str(match.lastgroup))))
            at = match.end()
        self.at = 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def is_word(self, *words: str) -> bool:
        kind, text = self.peek()
        return kind == "word" and text.upper() in words

    def take(self, text: str | None = None) -> str:
        _, found = self.peek()
        if text is not None and found.upper() != text:
            raise ExpressionError(f"Expected {text}, found {found or 'the end'}")
        self.at += 1
        return found

    def took(self, text: str) -> bool:
        if self.peek()[1].upper() == text:
            self.at += 1
            return True
        return False

    def end(self) -> None:
        if self.peek()[0] != "end":
            raise ExpressionError(f"Unexpected {self.peek()[1]}")

    def path(self) -> Node:
        parts: list[tuple[str, str]] = []
        kind, text = self.peek()
        if kind not in ("word", "name"):
            raise ExpressionError(f"Expected an attribute, found {text or 'the end'}")
        parts.append((kind, self.take()))
        while True:
            if self.took("."):
                parts.append((self.peek()[0], self.take()))
            elif self.took("["):
                parts.append(("index", self.take()))
                self.take("]")
            else:
                return Node("path", tuple(parts))

    def operand(self) -> Node:
        kind, text = self.peek()
        if kind == "value":
            self.take()
            return Node("value", (text,))
        following = self.tokens[self.at + 1][1] if self.at + 1 < len(self.tokens) else ""
        if kind == "word" and following == "(":
            return self.function()
        return self.path()

    def function(self) -> Node:
        name = self.take().lower()
        self.take("(")
        arguments = [self.operand()]
        while self.took(","):
            arguments.append(self.operand())
        self.take(")")
        return Node(name, tuple(arguments))

    def condition(self) -> Node:
        sides = [self.conjunction()]
        while self.is_word("OR"):
            self.take()
            sides.append(self.conjunction())
        return sides[0] if len(sides) == 1 else Node("or", tuple(sides))

    def conjunction(self) -> Node:
        sides = [self.negation()]
        while self.is_word("AND"):
            self.take()
            sides.append(self.negation())
        return sides[0] if len(sides) == 1 else Node("and", tuple(sides))

    def negation(self) -> Node:
        if self.is_word("NOT"):
            self.take()
            return Node("not", (self.negation(),))
        if self.took("("):
            inner = self.condition()
            self.take(")")
            return inner
        return self.comparison()

    def comparison(self) -> Node:
        left = self.operand()
        if left.kind not in ("path", "value", "size"):
            return left
        if self.is_word("BETWEEN"):
            self.take()
            low = self.operand()
            self.take("AND")
            return Node("between", (left, low, self.operand()))
        if self.is_word("IN"):
            self.take()
            self.take("(")
            among = [self.operand()]
            while self.took(","):
                among.append(self.operand())
            self.take(")")
            return Node("in", (left, *among))
        sign = self.take()
        if sign not in _COMPARE:
            raise ExpressionError(f"Unexpected {sign or 'end'}")
        return Node("compare", (sign, left, self.operand()))

    def update(self) -> list[Node]:
        actions: list[Node] = []
        while self.peek()[0] != "end":
            clause = self.take().upper()
            if clause not in _CLAUSES:
                raise ExpressionError(f"Unexpected {clause}")
            actions.append(self.action(clause))
            while self.took(","):
                actions.append(self.action(clause))
        return actions

    def action(self, clause: str) -> Node:
        path = self.path()
        if clause == "REMOVE":
            return Node(clause, (path,))
        if clause != "SET":
            return Node(clause, (path, self.operand()))
        self.take("=")
        value = self.operand()
        if self.peek()[1] in ("+", "-"):
            sign = self.take()
            value = Node("sum", (sign, value, self.operand()))
        return Node(clause, (path, value))

    def projection(self) -> list[Node]:
        paths = [self.path()]
        while self.took(","):
            paths.append(self.path())
        self.end()
        return paths


@lru_cache(maxsize=4096)
def parsed_condition(text: str) -> Node:
    """A condition, key condition or filter."""
    parser = _Parser(text)
    condition = parser.condition()
    parser.end()
    return condition


@lru_cache(maxsize=4096)
def parsed_update(text: str) -> tuple[Node, ...]:
    """The actions of an update."""
    return tuple(_Parser(text).update())


@lru_cache(maxsize=256)
def parsed_projection(text: str) -> tuple[Node, ...]:
    """The paths of a projection."""
    return tuple(_Parser(text).projection())


def mentions(node: Any, kind: str) -> Iterator[str]:
    """The placeholders for names, or for values, that a parsed expression mentions."""
    if isinstance(node, Node):
        if node.kind == "path":
            if kind == "name":
                yield from (text for of, text in node.parts if of == "name")
        elif node.kind == "value":
            if kind == "value":
                yield node.parts[0]
        else:
            for part in node.parts:
                yield from mentions(part, kind)
    elif isinstance(node, tuple):
        for part in node:
            yield from mentions(part, kind)


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
