"""What a handler imports: found by reading the source, nothing is run.

What is imported inside a function counts only if something that is shipped names that function. The
composition root builds a hundred parts so, each where it is first asked for, and a function of the
stack asks for few: of the root's methods those count that are read off something called `wiring`.
Names are compared as text; one put together at run time would not be found.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

_ROOT_PACKAGE = "balance_alerts.wiring"
_WIRING = "wiring."
_MAKES_CLIENTS = frozenset({"client", "create_client"})
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Closure:
    """What is needed of our own code, of other packages, and of the services of AWS."""

    modules: frozenset[str]
    """Our own modules, with the packages they lie in."""
    foreign: frozenset[str]
    """What is imported beside them, the standard library included."""
    services: frozenset[str]
    """The services that clients are made for, as botocore names them."""


@dataclass
class _Part:
    """A module without its lazy functions, or one of those."""

    imports: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    services: set[str] = field(default_factory=set)


@dataclass
class _Module(_Part):
    in_root: bool = False
    lazy: list[tuple[str, _Part]] = field(default_factory=list)


def closure(handler: str, code: Path) -> Closure:
    """What the module `handler` needs of the modules below `code`, and beyond them.

    Raises:
        ModuleNotFoundError: there is no such module.
    """
    search = _Search(code)
    if not search.add(handler):
        raise ModuleNotFoundError(f"{handler} is not below {code}")
    search.follow()
    return Closure(frozenset(search.modules), frozenset(search.foreign), frozenset(search.services))


def module_file(code: Path, name: str) -> Path | None:
    """The file of a module below `code`, if there is one."""
    if not name:
        return None
    path = code.joinpath(*name.split("."))
    found = (path.parent / f"{path.name}.py", path / "__init__.py")
    return next((each for each in found if each.is_file()), None)


class _Search:
    def __init__(self, code: Path) -> None:
        self._code = code
        self._names: set[str] = set()
        self._lazy: list[tuple[str, _Part]] = []
        self.modules: set[str] = set()
        self.foreign: set[str] = set()
        self.services: set[str] = set()

    def add(self, name: str) -> bool:
        """Take in a module with the packages it lies in; tell whether it is one of ours."""
        path = module_file(self._code, name)
        if path is None:
            return False
        if name not in self.modules:
            self.modules.add(name)
            self.add(name.rpartition(".")[0])
            module = _read(path, in_root=name.startswith(_ROOT_PACKAGE))
            self._lazy += module.lazy
            self._take(module)
        return True

    def follow(self) -> None:
        """Take in what is imported in functions that are named, until no more are."""
        while named := [each for each in self._lazy if each[0] in self._names]:
            self._lazy = [each for each in self._lazy if each[0] not in self._names]
            for _, part in named:
                self._take(part)

    def _take(self, part: _Part) -> None:
        self._names |= part.names
        self.services |= part.services
        for name in sorted(part.imports):
            if not self.add(name) and not self.add(name.rpartition(".")[0]):
                self.foreign.add(name)


@cache
def _read(path: Path, *, in_root: bool) -> _Module:
    module = _Module(in_root=in_root)
    _note(ast.parse(path.read_text("utf-8")), module, module, method_of_root=False)
    return module


def _note(node: ast.AST, part: _Part, module: _Module, *, method_of_root: bool) -> None:
    """Note what a node says in its part; a function that imports becomes a part of its own."""
    children: Iterable[ast.AST] = ast.iter_child_nodes(node)
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        children = node.orelse
    elif (
        isinstance(node, _FUNCTION)
        and part is module
        and (_does_something_lazily(node) or (method_of_root and node.name[:2] != "__"))
    ):
        part = _Part()
        module.lazy.append((f"{_WIRING}{node.name}" if method_of_root else node.name, part))
    part.imports.update(imported_names(node))
    part.names.update(_named(node, in_root=module.in_root))
    part.services.update(_client_of(node))
    in_class_of_root = module.in_root and isinstance(node, ast.ClassDef)
    for child in children:
        _note(child, part, module, method_of_root=in_class_of_root)


def _does_something_lazily(function: ast.AST) -> bool:
    inside = [each for each in ast.walk(function) if each is not function]
    return any(any(imported_names(each)) or any(_client_of(each)) for each in inside)


def imported_names(node: ast.AST, package: str = "") -> Iterator[str]:
    """What a statement imports: `from a import b` as a.b, a module or a name within one.

    `package` is the one that relative imports begin at, as other people's code has them.
    """
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        upwards = package.split(".")[: len(package.split(".")) - node.level + 1]
        base = [*(upwards if node.level else []), *([node.module] if node.module else [])]
        yield from (".".join([*base, alias.name]) for alias in node.names)


def _named(node: ast.AST, *, in_root: bool) -> Iterator[str]:
    match node:
        case ast.Attribute(attr=name, value=owner):
            yield name
            if _is_wiring(owner) or (in_root and ast.unparse(owner) == "self"):
                yield f"{_WIRING}{name}"
        case ast.Name(id=name) | ast.alias(name=name):
            yield name


def _is_wiring(owner: ast.AST) -> bool:
    """Whether an expression reads as the composition root: `wiring`, `self.wiring`, `Wiring`."""
    last = ast.unparse(owner).removesuffix(".from_environment()").rpartition(".")[2]
    return last.lstrip("_").lower() == _WIRING[:-1]


def _client_of(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(
            func=ast.Attribute(attr=made), args=[ast.Constant(value=str(service)), *_]
        ) if made in _MAKES_CLIENTS:
            yield service
