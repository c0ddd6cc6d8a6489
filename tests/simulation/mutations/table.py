"""The table of mutations: guards of the product, each taken away while it lasts.

Most are missed by themselves. Some have others behind them: those are taken away together, and
each one of them alone must be enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

Patches = Iterator[Any]
"""What is put in a guard's place."""
Mutation = Callable[[], AbstractContextManager[None]]

MUTATIONS: dict[str, Mutation] = {}
"""Guards by name that are missed by themselves, and combinations of others."""
GUARDS: dict[str, Mutation] = {}
"""Guards by name that others stand behind."""
TOGETHER: dict[str, tuple[str, ...]] = {}
"""The guards of each combination."""


def _applied(broken: Callable[[], Patches]) -> Mutation:
    @contextmanager
    def applied() -> Iterator[None]:
        with ExitStack() as stack:
            for each in broken():
                stack.enter_context(each)
            yield

    return applied


def mutation(broken: Callable[[], Patches]) -> Callable[[], Patches]:
    """Enter a guard that is missed by itself; what is yielded are patches."""
    MUTATIONS[broken.__name__] = _applied(broken)
    return broken


def guard(broken: Callable[[], Patches]) -> Callable[[], Patches]:
    """Enter a guard that others stand behind."""
    GUARDS[broken.__name__] = _applied(broken)
    return broken


def together(name: str, *guards: Callable[[], Patches]) -> None:
    """Enter guards that stand behind each other."""
    TOGETHER[name] = tuple(each.__name__ for each in guards)
    MUTATIONS[name] = lambda: taken_away(TOGETHER[name])


@contextmanager
def taken_away(guards: Iterable[str]) -> Iterator[None]:
    """Take some guards away at once."""
    with ExitStack() as stack:
        for each in guards:
            stack.enter_context(GUARDS[each]())
        yield


def all_but(combination: str, restored: str) -> AbstractContextManager[None]:
    """Take a combination away, but for one of its guards."""
    return taken_away(each for each in TOGETHER[combination] if each != restored)
