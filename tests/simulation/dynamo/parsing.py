"""Reads DynamoDB's expressions: conditions, updates, projections. Each is parsed once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

_TOKEN = re.compile(
    r"\s*(?:(?P<word>[A-Za-z_][\w]*)|(?P<name>\#\w+)|(?P<value>:\w+)"
    r"|(?P<sign><>|<=|>=|[=<>(),.+\-\[\]])|(?P<number>\d+))"
)
_COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})
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
        if sign not in _COMPARISONS:
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
