"""A misbehaving provider for every test that asks, and an SDK that finds no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import boto3
import pytest

from tests.component.channels.misbehaving import Server, serving


@pytest.fixture(autouse=True)
def _surroundings(
    monkeypatch: pytest.MonkeyPatch, new_session: Callable[[], boto3.Session]
) -> None:
    """Settings of the machine that the SDK would follow, made the same everywhere.

    Five attempts are asked for by the environment, which must not win over the channels' own one.
    """
    settings = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
        "AWS_CONFIG_FILE": "/nonexistent",
        "AWS_MAX_ATTEMPTS": "5",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", new_session())


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that does as the test tells it."""
    with serving() as running:
        yield running
