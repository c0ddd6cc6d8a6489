"""What functions say about themselves: ids and kinds of failure, never personal data.

Whatever is handed to the log, only plain text, numbers and instants come out. Names, contacts and
tokens come out as their kind; records, dataclasses, dates (of birth, say) and exceptions by the
name of their class, since what they hold or quote may be anything.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePath
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging import utils
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from balance_alerts.domain.personal import Personal

_PACKAGE = "balance_alerts"


class DiscreetFormatter(LambdaPowertoolsFormatter):
    """Structured logs in which nothing shows what or whom something was about."""

    def format(self, record: logging.LogRecord) -> str:
        """Arguments by their kind, an exception as `failure` tells it."""
        # A copy: the record is the caller's, and other handlers'.
        told = logging.makeLogRecord(record.__dict__)
        told.args = discreet(record.args)
        if isinstance(record.exc_info, tuple) and record.exc_info[1] is not None:
            told.__dict__.update(failure(record.exc_info[1]))
        told.exc_info = told.exc_text = None
        return super().format(told)

    def serialize(self, log: Any) -> str:
        """All of a line, keys added by whomever."""
        return super().serialize(discreet(log))


def discreet(value: Any) -> Any:
    """What of a value may be told."""
    if isinstance(value, Personal):
        return repr(value)
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {discreet(name): discreet(each) for name, each in value.items()}
    if isinstance(value, tuple):
        return tuple(map(discreet, value))
    if isinstance(value, list | set | frozenset):
        return list(map(discreet, value))
    return f"<{type(value).__name__}>"


def function_logger() -> Logger:
    """The logger of a function; what this package logs comes out in its format as well."""
    logger = Logger(logger_formatter=DiscreetFormatter())
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
