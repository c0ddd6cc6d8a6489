"""Marks every test by the folder it lies in, so that `-m unit` and the like select a layer.

And keeps on one worker what shares something costly, where pytest runs with `--dist loadgroup`.
Tests that share an id are an error: of these, workers would run one and report the rest nowhere.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

_TESTS = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # xdist reads its marks in the same hook
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add the folder's name as a marker; a folder without a registered marker is an error."""
    times = Counter(each.nodeid for each in items)
    shared_ids = [name for name in times if times[name] > 1]
    if shared_ids:
        raise pytest.UsageError(f"More than one test has the id {', '.join(shared_ids)}.")
    for item in items:
        folder = item.path.relative_to(_TESTS).parts[0]
        item.add_marker(getattr(pytest.mark, folder))
        group = _shared(item)
        if group:
            item.add_marker(pytest.mark.xdist_group(group))


def _shared(item: pytest.Item) -> str | None:
    """What a test shares with others: a running `make run`, or a fixture of its file."""
    if not isinstance(item, pytest.Function):
        return None
    if "address" in item.fixturenames:
        return "make-run"
    fixtures = item._fixtureinfo.name2fixturedefs.values()
    of_file = any(each[-1].scope == "module" for each in fixtures)
    return item.path.stem if of_file else None
