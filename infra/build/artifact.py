"""Puts together what one function ships."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath

from infra.build import parts
from infra.build.byte_code import byte_code_of, lambda_python
from infra.build.closure import closure, module_file
from infra.build.packages import package_files

_FIXED_TIME = 315_619_200  # in 1980, when zip files begin: the same content is the same archive


def build(handler: str, target: Path) -> None:
    """Fill an empty folder with what the module `handler` needs, and with nothing else.

    Raises:
        ModuleNotFoundError: there is no such module.
        KeyError: what it needs is not in the lock.
        subprocess.CalledProcessError: a command failed, and has told why.
    """
    python = lambda_python()
    code, dependencies = parts.own_code(python), parts.dependencies(python)
    needed = closure(handler, code)
    for name in _own_files(code, needed.modules):
        _copy(code, name, target)
    for name in package_files(dependencies, needed.foreign, needed.services):
        _copy(dependencies, name, target)


def _own_files(code: Path, modules: frozenset[str]) -> Iterator[PurePosixPath]:
    """The modules, and what lies in folders beside them that they name, as pages do."""
    for module in sorted(modules):
        path = module_file(code, module)
        assert path is not None
        yield PurePosixPath(path.relative_to(code).as_posix())
        source = path.read_text("utf-8")
        for beside in path.parent.iterdir():
            if f'with_name("{beside.name}")' in source:
                for page in sorted(beside.rglob("*")):
                    if page.is_file():
                        yield PurePosixPath(page.relative_to(code).as_posix())


def _copy(source: Path, name: PurePosixPath, target: Path) -> None:
    """Copy a file; a module with its byte code."""
    _copy_one(source / name, target / name)
    if name.suffix == ".py":
        compiled = byte_code_of(name)
        if (source / compiled).exists():
            _copy_one(source / compiled, target / compiled)


def _copy_one(source: Path, target: Path) -> None:
    _make_folder(target.parent)
    shutil.copyfile(source, target)
    os.utime(target, (_FIXED_TIME, _FIXED_TIME))


@cache
def _make_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
