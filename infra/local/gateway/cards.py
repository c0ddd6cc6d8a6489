"""Cards as the sandbox knows them, the one-use tokens for them, and the form's errors."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

TEST_CARD = "4111111111111111"
DATA_DESCRIPTOR = "COMMON.ACCEPT.INAPP.PAYMENT"
TOKEN_LIFETIME = timedelta(minutes=15)

DECLINING_ZIP = "46282"
_AVS_ZIPS = {
    "46201": "A",
    "46203": "E",
    "46204": "G",
    "46205": "N",
    "46206": "P",
    "46207": "R",
    "46208": "S",
    "46209": "U",
    "46211": "W",
    "46214": "X",
    "46217": "Z",
}
_CARD_CODES = {"900": "M", "901": "N", "902": "S", "903": "U", "904": "P"}
_TYPES = (
    (r"4\d{12}(\d{3})?", "Visa"),
    (r"(5[1-5]|2[2-7])\d{14}", "MasterCard"),
    (r"3[47]\d{13}", "AmericanExpress"),
    (r"6(011|5\d\d)\d{12}", "Discover"),
)


class CardFormError(Exception):
    """The card form refuses what was typed; `code` is one of the vendor's `E_WC_` codes."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class TokenProblem(StrEnum):
    """Why a token cannot be charged, as the API's message codes."""

    INVALID = "E00113"
    USED = "E00114"
    EXPIRED = "E00115"
    OTHER_MERCHANT = "E00116"


@dataclass(frozen=True, slots=True)
class Card:
    """A card as typed into the form. `month` is that of its expiration."""

    number: str
    year: int
    month: int
    code: str = ""
    zip_code: str = ""
    first_name: str = ""
    last_name: str = ""

    @property
    def kind(self) -> str:
        """The card's brand in the gateway's spelling, empty for none it takes."""
        return next((name for pattern, name in _TYPES if re.fullmatch(pattern, self.number)), "")

    @property
    def masked(self) -> str:
        return f"XXXX{self.number[-4:]}"

    @property
    def code_result(self) -> str:
        """What the bank says of the card code."""
        return _CARD_CODES.get(self.code, "P")

    def address_result(self, zip_code: str) -> str:
        """What the bank says of the address: the request's zip, else the one typed in."""
        return _AVS_ZIPS.get(zip_code or self.zip_code, "Y")


def check_card(card: Card, now: datetime) -> None:
    """Refuse what the form refuses.

    Raises:
        CardFormError: with the vendor's code.
    """
    if not card.kind or not _luhn(card.number):
        raise CardFormError("E_WC_05", "Please provide valid credit card number.")
    if not 1 <= card.month <= 12:
        raise CardFormError("E_WC_06", "Please provide valid expiration month.")
    if not 2000 <= card.year <= 2099:
        raise CardFormError("E_WC_07", "Please provide valid expiration year.")
    if (card.year, card.month) < (now.year, now.month):
        raise CardFormError("E_WC_08", "Expiration date must be in the future.")
    if card.code and not re.fullmatch(r"\d{3,4}", card.code, re.ASCII):
        raise CardFormError("E_WC_15", "Please provide valid CVV.")
    if len(card.zip_code) > 20:
        raise CardFormError("E_WC_16", "Please provide valid Zip code.")
    if len(card.first_name) + len(card.last_name) > 64:
        raise CardFormError("E_WC_17", "Please provide valid card holder name.")


def client_key(login: str) -> str:
    """The public key of a merchant: what the card form is opened with."""
    return hashlib.sha256(f"public client key of {login}".encode()).hexdigest()


@dataclass(slots=True)
class _Token:
    card: Card
    merchant: str | None
    made_at: datetime
    used: bool = False


class Tokens:
    """The one-use tokens handed out. Safe to share between threads."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._tokens: dict[str, _Token] = {}
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Forget every token."""
        with self._lock:
            self._tokens.clear()

    def make(self, card: Card, merchant: str | None) -> str:
        """A token for a card; without a merchant any may use it.

        Raises:
            CardFormError: the card is none.
        """
        now = self._clock()
        check_card(card, now)
        value = base64.b64encode(secrets.token_bytes(96)).decode()
        with self._lock:
            self._tokens[value] = _Token(card, merchant, now)
        return value

    def use(self, value: str, merchant: str) -> Card | TokenProblem:
        """The card a token stands for, once."""
        with self._lock:
            token = self._tokens.get(value)
            if token is None:
                return TokenProblem.INVALID
            if token.used:
                return TokenProblem.USED
            if token.merchant not in (None, merchant):
                return TokenProblem.OTHER_MERCHANT
            if self._clock() - token.made_at > TOKEN_LIFETIME:
                return TokenProblem.EXPIRED
            token.used = True
            return token.card


def _luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
