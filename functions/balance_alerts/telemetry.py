"""What functions say about themselves: ids and kinds of failure, never personal data."""

from __future__ import annotations

import logging
import traceback
from pathlib import PurePath

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging import utils

_PACKAGE = "balance_alerts"


def function_logger() -> Logger:
    """The logger of a function; what this package logs comes out in its format as well."""
    logger = Logger()
    logging.getLogger(_PACKAGE)
    utils.copy_config_to_registered_loggers(source_logger=logger, include={_PACKAGE})
    return logger


def failure(error: BaseException) -> dict[str, str]:
    """A failure for the log: its kind and the line of ours it came from.

    Not its message: a provider's or the table's may quote a contact or a name.
    """
    at = ""
    for frame in traceback.extract_tb(error.__traceback__):
        path = PurePath(frame.filename)
        if _PACKAGE in path.parts:
            inner = path.parts[path.parts.index(_PACKAGE) :]
            at = f"{'/'.join(inner)}:{frame.lineno}"
    return {"error": type(error).__name__, "at": at}
