"""Numbers and addresses as people type them, paste them and export them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import balance_alerts
from balance_alerts.channels.addresses import (
    ContactError,
    ContactProblem,
    compact_phone,
    dialable,
    normalise_email,
    normalise_mobile,
    readable_phone,
)
from balance_alerts.domain.contact import mask_email, mask_mobile


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("3035550123", "+13035550123"),
        ("303-555-0123", "+13035550123"),
        ("303.555.0123", "+13035550123"),
        ("(303) 555-0123", "+13035550123"),
        ("(303)555-0123", "+13035550123"),
        ("1-303-555-0123", "+13035550123"),
        ("+1 303 555 0123", "+13035550123"),
        ("+13035550123", "+13035550123"),
        ("  303 555 0123\t", "+13035550123"),
        ("303\u2011555\u20110123", "+13035550123"),
        ("303\u2013555\u22120123", "+13035550123"),
        ("\u202a+13035550123\u202c", "+13035550123"),
        ("303\u00a0555\u00a00123", "+13035550123"),
        ("\uff13\uff10\uff13\uff15\uff15\uff15\uff10\uff11\uff12\uff13", "+13035550123"),
        ("787-555-0123", "+17875550123"),
        ("555-010-0199", "+15550100199"),
        ("+52 55 1234 5678", "+525512345678"),
        ("+44 7911 123456", "+447911123456"),
    ],
)
def test_a_mobile_number_has_one_spelling(raw: str, number: str) -> None:
    assert normalise_mobile(raw) == number
    assert normalise_mobile(number) == number


@pytest.mark.parametrize(
    ("raw", "problem", "says"),
    [
        ("", ContactProblem.MOBILE_MISSING, "empty"),
        (" \u200b ", ContactProblem.MOBILE_MISSING, "empty"),
        ("303555012", ContactProblem.MOBILE_TOO_SHORT, "A US number has 10 digits, this has 9."),
        ("+1 303 555 012", ContactProblem.MOBILE_TOO_SHORT, "this has 9"),
        ("555-0123", ContactProblem.MOBILE_TOO_SHORT, "this has 7"),
        ("77453", ContactProblem.MOBILE_TOO_SHORT, "this has 5"),
        ("30355501234", ContactProblem.MOBILE_TOO_LONG, "this has 11"),
        ("+1 303 555 01234", ContactProblem.MOBILE_TOO_LONG, "this has 11"),
        ("525512345678", ContactProblem.MOBILE_TOO_LONG, "start a number of another country"),
        ("call me", ContactProblem.MOBILE_NOT_A_NUMBER, "not a phone number"),
        ("303-555-CARE", ContactProblem.MOBILE_NOT_A_NUMBER, "not a phone number"),
        ("pat@example.org", ContactProblem.MOBILE_NOT_A_NUMBER, "not a phone number"),
        ("303-555-0123 / home", ContactProblem.MOBILE_NOT_A_NUMBER, "not a phone number"),
        ("+999 12345678", ContactProblem.MOBILE_NOT_A_NUMBER, "not a phone number"),
        ("3.03556E+09", ContactProblem.MOBILE_FROM_SPREADSHEET, "format the column as text"),
        ("3035550123.0", ContactProblem.MOBILE_FROM_SPREADSHEET, "format the column as text"),
        ("303-555-0123 x12", ContactProblem.MOBILE_WITH_EXTENSION, "extension"),
        ("303-555-0123 ext. 12", ContactProblem.MOBILE_WITH_EXTENSION, "extension"),
        ("103-555-0123", ContactProblem.MOBILE_TOO_SHORT, "this has 9"),
        ("003-555-0123", ContactProblem.MOBILE_NOT_POSSIBLE, "area code"),
        ("1 103 555 0123", ContactProblem.MOBILE_NOT_POSSIBLE, "area code"),
        ("911-555-0123", ContactProblem.MOBILE_NOT_POSSIBLE, "area code"),
        ("+52 55 1234", ContactProblem.MOBILE_NOT_POSSIBLE, "check the digits"),
        ("800-555-0123", ContactProblem.MOBILE_NOT_PERSONAL, "toll-free"),
        ("+44 20 7946 0123", ContactProblem.MOBILE_NOT_PERSONAL, "landline"),
    ],
)
def test_a_number_that_cannot_be_texted_is_refused_with_what_to_do(
    raw: str, problem: ContactProblem, says: str
) -> None:
    with pytest.raises(ContactError) as refused:
        normalise_mobile(raw)
    assert refused.value.problem is problem
    assert refused.value.code == problem.value
    assert says in refused.value.message


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        ("pat@example.org", "pat@example.org"),
        ("  pat@example.org \n", "pat@example.org"),
        ("Pat.Lee@EXAMPLE.Org", "Pat.Lee@example.org"),
        ("mailto:pat@example.org", "pat@example.org"),
        ("pat\u200b@example.org\u00a0", "pat@example.org"),
        ("pat+clinic@example.co.uk", "pat+clinic@example.co.uk"),
        ("o'hara@example.org", "o'hara@example.org"),
        ("p@b\u00fccher.example.org", "p@xn--bcher-kva.example.org"),
        ("\uff50at@example.org", "pat@example.org"),
        ("pat@clinic.test", "pat@clinic.test"),
    ],
)
def test_an_address_has_one_spelling(raw: str, address: str) -> None:
    assert normalise_email(raw) == address
    assert normalise_email(address) == address


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("", ContactProblem.EMAIL_MISSING),
        ("\ufeff ", ContactProblem.EMAIL_MISSING),
        ("pat", ContactProblem.EMAIL_NO_AT),
        ("303-555-0123", ContactProblem.EMAIL_NO_AT),
        ("a@example.org, b@example.org", ContactProblem.EMAIL_SEVERAL),
        ("a@example.org;b@example.org", ContactProblem.EMAIL_SEVERAL),
        ("a@b@example.org", ContactProblem.EMAIL_SEVERAL),
        ("@example.org", ContactProblem.EMAIL_BAD_LOCAL_PART),
        (".pat@example.org", ContactProblem.EMAIL_BAD_LOCAL_PART),
        ("p..t@example.org", ContactProblem.EMAIL_BAD_LOCAL_PART),
        ("pat lee@example.org", ContactProblem.EMAIL_BAD_LOCAL_PART),
        ("Pat <pat@example.org", ContactProblem.EMAIL_BAD_LOCAL_PART),
        ("jos\u00e9@example.org", ContactProblem.EMAIL_BAD_LOCAL_PART),
        ('"pat"@example.org', ContactProblem.EMAIL_BAD_LOCAL_PART),
        ("pat@", ContactProblem.EMAIL_BAD_DOMAIN),
        ("pat@example", ContactProblem.EMAIL_BAD_DOMAIN),
        ("pat@example..org", ContactProblem.EMAIL_BAD_DOMAIN),
        ("pat@-example.org", ContactProblem.EMAIL_BAD_DOMAIN),
        ("pat@exam ple.org", ContactProblem.EMAIL_BAD_DOMAIN),
        ("pat@localhost", ContactProblem.EMAIL_BAD_DOMAIN),
        ("pat@[127.0.0.1]", ContactProblem.EMAIL_BAD_DOMAIN),
        ("pat@example.org\r\nBcc: x", ContactProblem.EMAIL_BAD_DOMAIN),
        ("p" * 65 + "@example.org", ContactProblem.EMAIL_TOO_LONG),
        ("p@" + "a." * 130 + "org", ContactProblem.EMAIL_TOO_LONG),
    ],
)
def test_an_address_that_cannot_be_mailed_is_refused_by_its_bad_half(
    raw: str, problem: ContactProblem
) -> None:
    with pytest.raises(ContactError) as refused:
        normalise_email(raw)
    assert refused.value.problem is problem
    assert refused.value.code == problem.value


@pytest.mark.parametrize("raw", ["303555012", "+1 (977) 12 not 34", "900-555-0123"])
def test_a_refusal_never_repeats_the_number(raw: str) -> None:
    with pytest.raises(ContactError) as refused:
        normalise_mobile(raw)
    assert raw not in str(refused.value)


def test_masks_leave_just_enough_to_recognise() -> None:
    assert mask_mobile("+13035550123") == "***-***-0123"
    assert mask_email("jane@example.org") == "j***@example.org"
    assert mask_email("j@example.org") == "j***@example.org"


@pytest.mark.parametrize(
    ("phone", "compact", "dial"),
    [
        ("(303) 555-0123", "303-555-0123", "+13035550123"),
        ("+1 (303) 555-0123", "303-555-0123", "+13035550123"),
        ("3035550123", "303-555-0123", "+13035550123"),
        ("303-555-0123 ext. 4", "303-555-0123 ext. 4", ""),
        ("303-555-CARE", "303-555-CARE", ""),
        ("555-0123", "555-0123", ""),
        ("+52 55 1234 5678", "+52 55 1234 5678", ""),
    ],
)
def test_a_practice_phone_is_dialled_only_where_it_is_plainly_a_us_number(
    phone: str, compact: str, dial: str
) -> None:
    assert compact_phone(phone) == compact
    assert dialable(phone) == dial


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("+13035550123", "(303) 555-0123"),
        ("3035550123", "(303) 555-0123"),
        ("13035550123", "(303) 555-0123"),
        ("303-555-0123", "303-555-0123"),
        ("(303) 555-0123", "(303) 555-0123"),
        ("5550123", "5550123"),
    ],
)
def test_a_practice_phone_is_read_as_its_practice_writes_it_but_never_as_bare_digits(
    typed: str, read: str
) -> None:
    assert readable_phone(typed) == read


def test_sending_does_not_pay_for_the_libraries_of_importing() -> None:
    code = (
        "import sys, balance_alerts.channels.wording;"
        "print([m for m in ('phonenumbers', 'email_validator', 'botocore') if m in sys.modules])"
    )
    folder = Path(balance_alerts.__file__).parents[1]
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=folder
    )
    assert run.stdout.strip() == "[]"
