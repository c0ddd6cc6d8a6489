"""Mobile numbers and email addresses: one spelling each, and masks for showing them.

The two libraries are imported where they are used: scanning and sending need neither.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.personal import Contact

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_HOME_REGION: Final = "US"
_US_DIGITS: Final = 10
_DASHES: Final = "[\u2010-\u2015\u2212]"


class ContactProblem(StrEnum):
    """Why a mobile number or an email address is refused."""

    MOBILE_MISSING = "mobile_missing"
    MOBILE_NOT_A_NUMBER = "mobile_not_a_number"
    MOBILE_FROM_SPREADSHEET = "mobile_from_spreadsheet"
    MOBILE_TOO_SHORT = "mobile_too_short"
    MOBILE_TOO_LONG = "mobile_too_long"
    MOBILE_NOT_POSSIBLE = "mobile_not_possible"
    MOBILE_WITH_EXTENSION = "mobile_with_extension"
    MOBILE_NOT_PERSONAL = "mobile_not_personal"
    EMAIL_MISSING = "email_missing"
    EMAIL_SEVERAL = "email_several"
    EMAIL_NO_AT = "email_no_at"
    EMAIL_BAD_LOCAL_PART = "email_bad_local_part"
    EMAIL_BAD_DOMAIN = "email_bad_domain"
    EMAIL_TOO_LONG = "email_too_long"


class ContactError(RuleError):
    """A mobile number or email address that cannot be used; the message never repeats it."""

    def __init__(self, problem: ContactProblem, message: str) -> None:
        super().__init__(problem.value, message)
        self.problem = problem


def normalise_mobile(raw: str) -> Contact:
    """The number in E.164, `+13035550123`. Without a country code it is a US number.

    Takes what can be dialled; whether it is a mobile cannot be told from a US number, and whether
    it is in use only the carrier knows. Toll-free and premium numbers and short codes are nobody's
    mobile.

    Raises:
        ContactError: one of the `MOBILE_*` problems.
    """
    text = re.sub(_DASHES, "-", _visible(raw))
    if not text:
        raise ContactError(ContactProblem.MOBILE_MISSING, "The mobile number is empty.")
    if re.fullmatch(r"\d\.\d+E\+?\d+|\d{9,11}\.0+", text, re.IGNORECASE):
        raise ContactError(
            ContactProblem.MOBILE_FROM_SPREADSHEET,
            "A spreadsheet turned this mobile number into a decimal; format the column as text.",
        )
    if re.search(r"(ext\.?|[x#])\s*\d+$", text, re.IGNORECASE):
        raise ContactError(
            ContactProblem.MOBILE_WITH_EXTENSION,
            "This number has an extension; give the patient's own mobile number.",
        )
    if not re.fullmatch(r"\+?[\d\s().\-/]+", text, re.ASCII):
        raise _not_a_number()
    digits = re.sub(r"\D", "", text)
    return _foreign(digits) if _has_country_code(text, digits) else _american(digits)


def normalise_email(raw: str) -> Contact:
    """The address with its domain in lower-case ASCII and the local part as given.

    Raises:
        ContactError: one of the `EMAIL_*` problems.
    """
    text = re.sub(r"^mailto:\s*", "", _visible(raw), flags=re.IGNORECASE)
    if not text:
        raise ContactError(ContactProblem.EMAIL_MISSING, "The email address is empty.")
    if text.count("@") > 1 or re.search(r"[,;]", text):
        raise ContactError(
            ContactProblem.EMAIL_SEVERAL, "Give one email address, without a name around it."
        )
    return _checked_email(text)


def compact_phone(phone: str) -> str:
    """A US phone as `303-555-0123`, whatever it was written like; any other as it is."""
    dial = dialable(phone)
    if len(dial) != len("+1") + _US_DIGITS:
        return phone
    return f"{dial[2:5]}-{dial[5:8]}-{dial[8:]}"


def readable_phone(phone: str) -> str:
    """A US phone that came as bare digits as `(303) 555-0123`; any other as it is written."""
    dial = dialable(phone)
    if not dial or not re.fullmatch(r"\+?\d+", phone.strip(), re.ASCII):
        return phone
    return f"({dial[2:5]}) {dial[5:8]}-{dial[8:]}"


def dialable(phone: str) -> str:
    """A US phone as `+13035550123` for a `tel:` link, or nothing where there is more to it."""
    if not re.fullmatch(r"\+?[\d\s().\-/]+", phone, re.ASCII):
        return ""
    digits = re.sub(r"\D", "", phone).removeprefix("1")
    return f"+1{digits}" if len(digits) == _US_DIGITS else ""


def _has_country_code(text: str, digits: str) -> bool:
    """Whether it is written with a country code other than the home one."""
    return text.startswith("+") and not digits.startswith("1")


def _american(digits: str) -> Contact:
    national = digits[1:] if digits.startswith("1") else digits
    if len(national) < _US_DIGITS:
        raise ContactError(
            ContactProblem.MOBILE_TOO_SHORT,
            f"A US number has {_US_DIGITS} digits, this has {len(national)}.",
        )
    if len(national) > _US_DIGITS:
        raise ContactError(
            ContactProblem.MOBILE_TOO_LONG,
            f"A US number has {_US_DIGITS} digits, this has {len(national)}; "
            "start a number of another country with + and its code.",
        )
    if not re.match(r"[2-9](?!11)\d\d", national):
        raise ContactError(
            ContactProblem.MOBILE_NOT_POSSIBLE,
            "No US number begins like this; check the area code.",
        )
    return _personal(f"+1{national}")


def _foreign(digits: str) -> Contact:
    import phonenumbers

    try:
        parsed = phonenumbers.parse(f"+{digits}", None)
    except phonenumbers.NumberParseException as error:
        raise _not_a_number() from error
    if not phonenumbers.is_valid_number(parsed):
        raise ContactError(
            ContactProblem.MOBILE_NOT_POSSIBLE,
            "There is no such number in the country that its code names; check the digits.",
        )
    return _personal(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def _personal(number: str) -> Contact:
    """Refuse a kind of number that is no person's mobile."""
    import phonenumbers
    from phonenumbers import PhoneNumberType as Kind

    parsed: PhoneNumber = phonenumbers.parse(number, _HOME_REGION)
    nobodys = (
        Kind.FIXED_LINE,
        Kind.TOLL_FREE,
        Kind.PREMIUM_RATE,
        Kind.SHARED_COST,
        Kind.UAN,
        Kind.VOICEMAIL,
        Kind.PAGER,
    )
    if phonenumbers.number_type(parsed) in nobodys:
        raise ContactError(
            ContactProblem.MOBILE_NOT_PERSONAL,
            "This is a toll-free, premium, landline or service number; give the patient's mobile.",
        )
    return Contact(number)


def _checked_email(text: str) -> Contact:
    from email_validator import EmailNotValidError, validate_email

    if "@" not in text:
        raise ContactError(
            ContactProblem.EMAIL_NO_AT, "An email address has an @ in it, like name@example.org."
        )
    try:
        # Names reserved for tests are let through: mail to them goes nowhere and bounces.
        checked = validate_email(
            text,
            check_deliverability=False,
            allow_smtputf8=False,
            strict=True,
            test_environment=True,
        )
    except EmailNotValidError as error:
        raise _email_problem(text) from error
    return Contact(f"{checked.local_part}@{(checked.ascii_domain or checked.domain).lower()}")


def _email_problem(text: str) -> ContactError:
    """Which half is wrong, told without repeating the address."""
    local, _, domain = text.rpartition("@")
    if len(text) > 254 or len(local) > 64:
        return ContactError(
            ContactProblem.EMAIL_TOO_LONG, "The email address is too long to be one; check it."
        )
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(f"name@{domain}", check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return ContactError(
            ContactProblem.EMAIL_BAD_DOMAIN,
            "What follows the @ is not a domain, like example.org; check the spelling.",
        )
    return ContactError(
        ContactProblem.EMAIL_BAD_LOCAL_PART,
        "What precedes the @ has characters or dots that no mailbox name may have.",
    )


def _not_a_number() -> ContactError:
    return ContactError(
        ContactProblem.MOBILE_NOT_A_NUMBER,
        "This is not a phone number; give 10 digits, like 303-555-0123.",
    )


def _visible(raw: str) -> str:
    """The text without the invisible characters that come along when copying, full width folded."""
    folded = unicodedata.normalize("NFKC", raw)
    return "".join(c for c in folded if unicodedata.category(c) != "Cf").strip()
