"""Text that never shows itself is text as any other in every other respect."""

from __future__ import annotations

import copy
import json
import traceback

import pytest

from balance_alerts.domain.audit import Change, Who
from balance_alerts.domain.patient import PatientDetails
from balance_alerts.domain.personal import Contact, MemberId, Name, Personal, Token, Words
from tests import builders

KINDS = [Name, Contact, MemberId, Words, Token]


@pytest.mark.parametrize("kind", KINDS)
def test_it_works_like_the_plain_text(kind: type[Personal]) -> None:
    text = kind("Ana Ruiz")
    assert (text, hash(text)) == ("Ana Ruiz", hash("Ana Ruiz"))
    assert {text: 1}["Ana Ruiz"] == 1
    assert f"{text}, {text!s}, {text:>10}" == "Ana Ruiz, Ana Ruiz,   Ana Ruiz"
    assert json.dumps({"to": text}) == '{"to": "Ana Ruiz"}'


@pytest.mark.parametrize("kind", KINDS)
def test_it_stays_what_it_is(kind: type[Personal]) -> None:
    text = kind("Ana Ruiz")
    assert [type(each) for each in (str(text), copy.deepcopy(text))] == [kind, kind]


def test_it_shows_its_kind_only() -> None:
    known = {Contact("+12025560001"): [Name("Ana"), Token("abc"), MemberId("M1"), Words("hm")]}
    assert repr(known) == "{<contact>: [<name>, <token>, <member id>, <words>]}"


def test_a_key_error_and_its_traceback_tell_nothing() -> None:
    unknown = Contact("+12025560001")
    with pytest.raises(KeyError) as raised:
        {}[unknown]
    told = "".join(traceback.format_exception(raised.value))
    assert "KeyError: <contact>" in told
    assert "5560001" not in told


def test_what_a_source_tells_of_a_patient_shows_no_person() -> None:
    details = builders.patient(email=Contact("maya@example.org"))
    assert isinstance(details, PatientDetails)
    told = repr(details)
    assert details.patient_id in told
    for value in (details.first_name, details.last_name, details.mobile, details.email):
        assert str(value) not in told
    assert "1984" not in told
    assert "date(" not in told.replace("datetime(", "")


def test_a_change_shows_neither_who_nor_what() -> None:
    change = Change(
        at=builders.at(0),
        by=Who("staff-1", "Ines Vega"),
        action="patient_changed",
        subject="patient p-1",
        before={"first_name": "Ana"},
        after={"first_name": "Anna"},
        note="called Ana",
    )
    assert "patient_changed" in repr(change)
    assert not {"Ana", "Ines"} & set(repr(change).replace("'", " ").split())
