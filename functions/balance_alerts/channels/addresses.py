"""Mobile numbers and email addresses: one spelling each, and masks for showing them."""

from __future__ import annotations

from balance_alerts.domain.errors import RuleError


class ContactError(RuleError):
    """A mobile number or email address that cannot be used."""


def normalise_mobile(raw: str) -> str:
    """The number in E.164."""
    raise NotImplementedError


def normalise_email(raw: str) -> str:
    """The address with an ASCII lower-case domain and the local part as given."""
    raise NotImplementedError


def mask_mobile(number: str) -> str:
    """`***-***-1234`."""
    raise NotImplementedError


def mask_email(address: str) -> str:
    """`j***@example.org`."""
    raise NotImplementedError
