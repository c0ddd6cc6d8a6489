"""The addresses that SES takes emails to without sending them, since one bounced or complained."""

from __future__ import annotations

import threading


class SuppressionList:
    """The list of an AWS account."""

    def __init__(self) -> None:
        self._addresses: set[str] = set()
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._addresses.clear()

    def add(self, address: str) -> None:
        """Put an address on the list."""
        with self._lock:
            self._addresses.add(address.casefold())

    def holds(self, address: str) -> bool:
        """Tell whether an address is on the list."""
        with self._lock:
            return address.casefold() in self._addresses

    def take_off(self, address: str) -> bool:
        """Take an address off the list; tell whether it was there."""
        with self._lock:
            known = address.casefold() in self._addresses
            self._addresses.discard(address.casefold())
            return known
