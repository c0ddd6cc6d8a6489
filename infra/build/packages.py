"""Which files of the dependencies an artifact holds.

A package comes whole with whatever it requires, since some import by names put together at run
time. Two are too large for that: of Powertools come the modules that are imported, and of botocore
the descriptions of those services that are called.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path, PurePosixPath

from infra.build.closure import imported_names, module_file

_EXTRA = "extra =="
_NOT_SHIPPED = frozenset({"dnspython"})
"""Only to look up whether a domain takes email, which we do not ask email-validator for."""
_BY_MODULE = "aws_lambda_powertools"
_SERVICES = PurePosixPath("botocore/data")
_ALWAYS_CALLED = frozenset({"dynamodb"})
"""By PynamoDB, which makes that client itself."""
_OF_ALL_SERVICES = frozenset(
    {"_retry.json", "endpoints.json", "partitions.json", "sdk-default-configuration.json"}
)
_LEFT_OUT = (
    "bin/*",  # commands
    "dateutil/zoneinfo/*.tar.gz",  # time zones once more; ours are tzdata's
    "botocore/data/*/*/examples-1.json*",
    "*.dist-info/RECORD",  # of all the files, these among them
    "*.dist-info/INSTALLER",
    "*.dist-info/REQUESTED",
    "*.dist-info/direct_url.json",
)


def package_files(
    folder: Path, foreign: Iterable[str], services: Iterable[str]
) -> Iterator[PurePosixPath]:
    """The files below `folder`, without byte code, that modules and services need.

    Args:
        folder: where the dependencies are installed.
        foreign: names that our code imports; of the standard library as well.
        services: the services that it makes clients for.

    Raises:
        KeyError: a required package is not in the lock.
    """
    wanted = set(foreign)
    if "zoneinfo" in {name.partition(".")[0] for name in wanted}:
        wanted.add("tzdata")
    by_module = {_path(folder, name) for name in _modules(folder, wanted)}
    called = _ALWAYS_CALLED | set(services)
    for distribution in _required(folder, wanted):
        for entry in distribution.files or ():
            path = PurePosixPath(entry)
            if any(path.match(pattern) for pattern in _LEFT_OUT) or path.suffix == ".pyc":
                continue
            if path.parts[0] == _BY_MODULE and path not in by_module:
                continue
            if path.is_relative_to(_SERVICES) and not _describes(folder, path, called):
                continue
            yield path


def _required(folder: Path, names: Iterable[str]) -> Iterator[Distribution]:
    """The distributions that hold packages of these names, and those that they require."""
    installed = {_normal(each.name): each for each in distributions(path=[str(folder)])}
    tops = {name.partition(".")[0] for name in names}
    waiting = [name for name, each in installed.items() if tops & _packages(each)]
    seen = set(_NOT_SHIPPED)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            yield installed[name]
            for each in installed[name].requires or ():
                if _EXTRA not in each:
                    waiting.append(_normal(re.split(r"[^\w.-]", each, maxsplit=1)[0]))


def _packages(distribution: Distribution) -> set[str]:
    return {path.parts[0].removesuffix(".py") for path in distribution.files or ()}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _describes(folder: Path, path: PurePosixPath, services: Iterable[str]) -> bool:
    """Whether a file describes all services, or one of these as it is now."""
    inner = path.relative_to(_SERVICES).parts
    if len(inner) == 1:
        return inner[0] in _OF_ALL_SERVICES
    versions = sorted(each.name for each in folder.joinpath(_SERVICES, inner[0]).iterdir())
    return inner[0] in services and inner[1] == versions[-1]


def _modules(folder: Path, names: Iterable[str]) -> set[str]:
    """Those modules of the package taken by module that are imported, however late."""
    seen: set[str] = set()
    waiting = [name for name in names if name.partition(".")[0] == _BY_MODULE]
    while waiting:
        name = waiting.pop()
        if name in seen or not name:
            continue
        path = module_file(folder, name)
        if path is None:  # a name within a module
            waiting.append(name.rpartition(".")[0])
            continue
        seen.add(name)
        package, _, _ = name.rpartition(".")
        waiting.append(package)
        package = name if path.name == "__init__.py" else package
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            found = imported_names(node, package)
            waiting += [each for each in found if each.startswith(_BY_MODULE)]
    return seen


def _path(folder: Path, module: str) -> PurePosixPath:
    path = module_file(folder, module)
    assert path is not None
    return PurePosixPath(path.relative_to(folder).as_posix())
