"""Imports run downstairs only, and what ships needs nothing that does not ship."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from importlib import metadata
from pathlib import Path

import pytest

FUNCTIONS = Path(__file__).parents[2] / "functions"
PACKAGE = "balance_alerts"

# From the ground floor up. A part imports from lower floors, and from its own if no circle arises.
FLOORS = (
    {"domain", "overlap", "telemetry"},
    {"store", "channels", "queues", "gateway", "http_api"},
    {"access", "pages"},
    {"alerts", "delivery", "imports", "payments", "practices", "portal", "office"},
    {"wiring"},
)
FLOOR_OF = {part: number for number, parts in enumerate(FLOORS) for part in parts}
HANDLERS = {
    "scan_balances",
    "send_alert",
    "import_balances",
    "portal",
    "reconcile_payments",
    "delivery_events",
    "staff",
}


@dataclass(frozen=True)
class Import:
    """One imported module, and whether only a type checker imports it."""

    module: str
    line: int
    for_types: bool


def _module_name(path: Path) -> str:
    parts = path.relative_to(FUNCTIONS).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {_module_name(path): path for path in sorted(FUNCTIONS.rglob("*.py"))}
TREES = {module: ast.parse(path.read_text("utf-8")) for module, path in SOURCES.items()}


def _part_of(module: str) -> str:
    """The part of the package: `balance_alerts.store.keys` is of `store`."""
    names = module.split(".")
    return names[1] if names[0] == PACKAGE and len(names) > 1 else names[0]


def _floor_of(module: str) -> int:
    """Handlers live on the top floor, above the whole package."""
    return len(FLOORS) if _handler_of(module) else FLOOR_OF[_part_of(module)]


def _handler_of(module: str) -> str | None:
    """The folder of the handler that a module is of."""
    folder = module.split(".")[0]
    return folder if folder in HANDLERS else None


def _imports(module: str) -> Iterator[Import]:
    tree = TREES[module]
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, id(node) in for_types)
        elif isinstance(node, ast.ImportFrom):
            assert node.module, f"{module}:{node.lineno} imports by a relative path"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                name = inner if inner in SOURCES else node.module
                yield Import(name, node.lineno, id(node) in for_types)


def _is_ours(module: str) -> bool:
    return module.split(".")[0] in {PACKAGE, *HANDLERS}


INNER_MODULES = [module for module in SOURCES if module != PACKAGE]


def test_every_part_has_its_floor() -> None:
    parts = {_part_of(module) for module in INNER_MODULES if not _handler_of(module)}
    assert parts <= set(FLOOR_OF)


@pytest.mark.parametrize("module", INNER_MODULES)
def test_imports_run_downstairs(module: str) -> None:
    upstairs = [
        f"line {found.line}: {found.module}"
        for found in _imports(module)
        if _is_ours(found.module) and _floor_of(found.module) > _floor_of(module)
    ]
    assert upstairs == []


def test_no_handler_imports_another() -> None:
    crossings = [
        (module, found.module)
        for module in INNER_MODULES
        for found in _imports(module)
        if _handler_of(found.module) and _handler_of(found.module) != _handler_of(module)
    ]
    assert crossings == []


def test_no_imports_go_in_circles() -> None:
    graph = {
        module: {
            found.module
            for found in _imports(module)
            if found.module in SOURCES and not found.for_types and found.module != module
        }
        for module in SOURCES
    }
    TopologicalSorter(graph).prepare()  # raises CycleError, naming the circle


@pytest.mark.parametrize("module", [name for name in INNER_MODULES if _part_of(name) == "domain"])
def test_domain_imports_only_the_standard_library(module: str) -> None:
    foreign = [
        found.module
        for found in _imports(module)
        if _part_of(found.module) != "domain"
        and found.module.split(".")[0] not in sys.stdlib_module_names
    ]
    assert foreign == []


@pytest.mark.parametrize("module", [name for name in INNER_MODULES if _part_of(name) == "domain"])
def test_domain_has_no_clock_of_its_own(module: str) -> None:
    readings = [
        f"line {node.lineno}: {ast.unparse(node.func)}"
        for node in ast.walk(TREES[module])
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"now", "today", "utcnow"}
    ]
    assert readings == []


def test_everything_imported_is_shipped() -> None:
    """The local stack would not notice: its functions see what is installed for development."""
    locked = re.findall(r"^([\w.-]+)==", (FUNCTIONS / "requirements.txt").read_text("utf-8"), re.M)
    shipped = {_normal(name) for name in locked}
    distributions = metadata.packages_distributions()
    missing = {
        (module, found.module)
        for module in SOURCES
        for found in _imports(module)
        if not found.for_types
        and not _is_ours(found.module)
        and (top := found.module.split(".")[0]) not in sys.stdlib_module_names
        and shipped.isdisjoint(_normal(name) for name in distributions.get(top, []))
    }
    assert missing == set()


def _normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()
