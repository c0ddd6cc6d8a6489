"""AWS clients of a local stack, each made once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from infra.local.emulator import REGION

if TYPE_CHECKING:
    pass


class Clients:
    """Makes boto3 clients by name; `endpoint_url` is asked when the first one is made."""

    def __init__(self, endpoint_url: Callable[[], str]) -> None:
        self._endpoint_url = endpoint_url
        self._made: dict[str, Any] = {}
        self._lock = threading.Lock()

    def __call__(self, name: str) -> Any:
        """Return the client of a service, such as `dynamodb`. Safe to share between threads."""
        import boto3
        from botocore.config import Config

        with self._lock:
            if name not in self._made:
                self._made[name] = boto3.client(
                    name,
                    endpoint_url=self._endpoint_url(),
                    region_name=REGION,
                    aws_access_key_id="test",
                    aws_secret_access_key="test",
                    # A function may run for two minutes, and must not be called a second time.
                    config=Config(read_timeout=150, retries={"total_max_attempts": 1}),
                )
            return self._made[name]
