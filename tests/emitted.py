"""What metrics each function can emit, read off the code: no more and no less than it says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path

FUNCTIONS = Path(__file__).parents[1] / "functions"
COLD_START = "ColdStart"
"""Powertools' own, which it emits beside ours."""

_COUNTERS = {"metrics.add_metric", "_count", "self.count", "self._count"}
"""What is called with a metric's name first."""

_HANDED_A_COUNTER = "balance_alerts.http_api"

_METRIC = re.compile(r"(?:[A-Z][a-z]+)+")


class Unreadable(Exception):
    """A metric whose name only shows when the code runs; give it a table of names."""


@dataclass(frozen=True)
class Module:
    """One module, and what its names stand for."""

    tree: ast.Module
    tables: dict[str, list[ast.expr]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Module:
        tree = ast.parse(path.read_text("utf-8"))
        tables = {
            target.id: list(node.value.values)
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        return cls(tree, tables)


@cache
def metrics_of(handler: str) -> frozenset[str]:
    """The metrics of the function whose entry point is `handler`, such as `portal.handler`."""
    modules = _imported(handler)
    names = {
        name
        for module in modules
        for scope, call in _calls(module.tree)
        if ast.unparse(call.func) in _COUNTERS and call.args
        for name in _names(call.args[0], scope, module, modules)
    }
    return frozenset(name for name in names if _METRIC.fullmatch(name))


def _imported(handler: str) -> list[Module]:
    """The entry point's module, and those that it leads to and that count."""
    paths, waiting = dict[Path, Module](), [_path(handler)]
    while waiting:
        path = waiting.pop()
        if path is None or path in paths:
            continue
        paths[path] = Module.read(path)
        for node in ast.walk(paths[path].tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                each = [f"{node.module}.{alias.name}" for alias in node.names]
                waiting += map(_path, [node.module, *each])
            elif isinstance(node, ast.Import):
                waiting += [_path(alias.name) for alias in node.names]
    return list(paths.values())


def _path(module: str) -> Path | None:
    """Where a module lies, if it may count: use cases report, and only who calls them counts."""
    if module.startswith("balance_alerts") and not module.startswith(_HANDED_A_COUNTER):
        return None
    path = FUNCTIONS.joinpath(*module.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((each for each in candidates if each.is_file()), None)


def _calls(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.Call]]:
    """Every call, with the function that it is made in."""
    waiting: list[tuple[ast.AST, ast.AST]] = [(tree, tree)]
    while waiting:
        scope, node = waiting.pop()
        if isinstance(node, ast.Call):
            yield scope, node
        inner = node if isinstance(node, ast.FunctionDef) else scope
        waiting += [(inner, child) for child in ast.iter_child_nodes(node)]


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _names(node: ast.expr, scope: ast.AST, module: Module, modules: list[Module]) -> Iterator[str]:
    """All texts that an expression can be."""
    match node:
        case ast.Constant(value=value):
            yield str(value)
        case ast.JoinedStr(values=values):
            parts = [list(_names(each, scope, module, modules)) for each in values]
            yield from map("".join, product(*parts))
        case ast.FormattedValue(value=value):
            yield from _names(value, scope, module, modules)
        case ast.Subscript(value=ast.Name(id=table)) if table in module.tables:
            for each in module.tables[table]:
                yield from _names(each, scope, module, modules)
        case ast.Name(id=name):
            yield from _of_variable(name, scope, module, modules)
        case _:
            raise Unreadable(ast.unparse(node))


def _of_variable(name: str, scope: ast.AST, module: Module, modules: list[Module]) -> Iterator[str]:
    """What a variable can be: the first of each pair it loops over, or what callers give."""
    for loop in ast.walk(scope):
        match loop:
            case ast.For(target=ast.Tuple(elts=[ast.Name(id=first), *_]), iter=ast.Tuple() as rows):
                if first == name:
                    for row in rows.elts:
                        assert isinstance(row, ast.Tuple)
                        yield from _names(row.elts[0], scope, module, modules)
                    return
    if not isinstance(scope, ast.FunctionDef):
        raise Unreadable(name)
    parameters = [each.arg for each in scope.args.args]
    if scope.name in _COUNTERS:
        return  # what calls it is looked at itself
    position = parameters.index(name)
    for other in modules:
        for caller, call in _calls(other.tree):
            if _called(call) == scope.name:
                yield from _names(call.args[position], caller, other, modules)
