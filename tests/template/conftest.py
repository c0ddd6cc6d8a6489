"""The template, read once."""

from __future__ import annotations

import pytest

from tests.template.loading import Template, load


@pytest.fixture(scope="session")
def template() -> Template:
    return load()
