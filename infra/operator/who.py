"""Who runs the command, as it is told where what they do is written down."""

from __future__ import annotations

import getpass

from balance_alerts.domain.audit import OPERATOR, Who


def operator() -> Who:
    """The operator, with the name that they have on this machine."""
    return Who(OPERATOR.id, f"{OPERATOR.name} {_name()}")


def _name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in some containers
        return "(unnamed)"
