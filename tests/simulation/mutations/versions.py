"""Records written whatever their version: taken away alike from each that has one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from pynamodb.transactions import TransactWrite

from balance_alerts.store.table import Record


def saved_whatever_their_version(model: type[Record]) -> Any:
    """Put records of this kind over others."""
    real = model.save

    def save(self: Record, **named: Any) -> Any:
        return real(self, **{**named, "add_version_condition": False})

    return patch.object(model, "save", save)


def updated_whatever_their_version(
    model: type[Record], *, where: Callable[[], object] = lambda: True
) -> Any:
    """Change records of this kind in transactions, as long as `where` says so."""
    real = TransactWrite.update

    def update(self: TransactWrite, record: Any, actions: Any, **named: Any) -> None:
        if isinstance(record, model) and where():
            named["add_version_condition"] = False
        real(self, record, actions, **named)

    return patch.object(TransactWrite, "update", update)
