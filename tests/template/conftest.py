"""The templates, read once."""

from __future__ import annotations

import pytest

from tests.template.loading import TEMPLATE, Template, load


@pytest.fixture(scope="session")
def template() -> Template:
    return load()


@pytest.fixture(scope="session")
def delivery() -> Template:
    """The nested template of reports and replies."""
    return load(TEMPLATE.parent / "infra" / "delivery.yaml")
