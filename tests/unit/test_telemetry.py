"""Whatever is handed to the log, names, contacts, tokens and dates of birth do not come out."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from balance_alerts.domain.attempt import AttemptState
from balance_alerts.domain.personal import Contact, Name
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.contacts import ContactRecord
from balance_alerts.telemetry import DiscreetFormatter
from tests import builders

MOBILE = Contact("+12025560001")


@dataclass
class Owed:
    """What an account owes."""

    cents: int


@pytest.fixture
def lines() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def logger(lines: io.StringIO) -> Iterator[Logger]:
    logger = Logger(
        service="test-telemetry", stream=lines, level="INFO", logger_formatter=DiscreetFormatter()
    )
    yield logger
    logging.Logger.manager.loggerDict.pop("test-telemetry")


def told(lines: io.StringIO) -> dict[str, Any]:
    (line,) = lines.getvalue().splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_extra_is_told_by_its_kind_however_deep(logger: Logger, lines: io.StringIO) -> None:
    extra = {
        "practice_id": "harbor",
        "to": MOBILE,
        "known": [{MOBILE: (Name("Ana"), 3)}, {Name("Ruiz")}],
    }
    logger.info("sent", extra=extra)
    line = told(lines)
    assert (line["message"], line["practice_id"], line["to"]) == ("sent", "harbor", "<contact>")
    assert line["known"] == [{"<contact>": ["<name>", 3]}, ["<name>"]]


def test_arguments_are_told_by_their_kind(logger: Logger, lines: io.StringIO) -> None:
    logger.info("%d to %s of %s", 3, MOBILE, Owed(5_000))
    assert told(lines)["message"] == "3 to <contact> of <Owed>"


def test_named_arguments_are_told_by_their_kind(logger: Logger, lines: io.StringIO) -> None:
    logger.info("to %(to)s", {"to": MOBILE})
    assert told(lines)["message"] == "to <contact>"


def test_a_message_that_is_no_text_is_told_by_its_kind(logger: Logger, lines: io.StringIO) -> None:
    logger.info({"to": MOBILE})
    assert told(lines)["message"] == {"to": "<contact>"}


def test_keys_that_stay_are_told_by_their_kind(logger: Logger, lines: io.StringIO) -> None:
    logger.append_keys(to=MOBILE)
    logger.info("sent")
    assert told(lines)["to"] == "<contact>"


def test_what_may_hold_anything_is_told_by_the_name_of_its_class(
    logger: Logger, lines: io.StringIO
) -> None:
    account = AccountRecord("pk", "sk", first_name="Ana", mobile=MOBILE)
    born = date(1984, 7, 9)
    logger.info("seen", extra={"account": account, "owed": Owed(5_000), "born": born})
    line = told(lines)
    assert (line["account"], line["owed"], line["born"]) == ("<AccountRecord>", "<Owed>", "<date>")


def test_states_and_instants_are_told(logger: Logger, lines: io.StringIO) -> None:
    logger.info("seen", extra={"state": AttemptState.HELD, "seen_at": builders.at(0)})
    assert told(lines)["state"] == "held"
    assert told(lines)["seen_at"] == builders.at(0).isoformat()


def test_an_exception_is_told_without_its_words(logger: Logger, lines: io.StringIO) -> None:
    try:
        raise ValueError(f"{MOBILE} is no number")
    except ValueError as error:
        error.add_note(f"of {MOBILE}")
        logger.exception("failed", extra={"cause": error})
    line = told(lines)
    assert (line["error"], line["cause"]) == ("ValueError", "<ValueError>")
    assert str(MOBILE) not in lines.getvalue()


def test_the_caller_s_record_stays_as_it_is(logger: Logger, lines: io.StringIO) -> None:
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "to %s", (MOBILE,), None)
    logger.handlers[0].format(record)
    assert record.getMessage() == f"to {MOBILE}"


def test_a_record_shows_neither_what_it_holds_nor_its_keys() -> None:
    contact = ContactRecord(f"CONTACT#{MOBILE}", "CONTACT", used_by={"harbor/p-1"})
    assert f"{contact!r} {contact}" == "<ContactRecord> <ContactRecord>"
