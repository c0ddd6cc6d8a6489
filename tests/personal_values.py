"""Searching text for values of people, each in every form that is usual for it."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from balance_alerts.channels.addresses import normalise_email, normalise_mobile
from balance_alerts.domain.errors import RuleError

_AMOUNT_BY_NAME = re.compile(r'"[^"]*(?:amount|cents|balance|date_of_birth)[^"]*":', re.IGNORECASE)


class PersonalValues:
    """The values, and where they are found."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}

    def found_in(self, text: str) -> Iterator[str]:
        """Each value that the text holds, with its kind, and each key that promises one."""
        folded = text.casefold()
        for form, kind in self._kinds.items():
            if form in folded and re.search(_alone(form), folded):
                yield f"{kind} {form}"
        for match in _AMOUNT_BY_NAME.finditer(text):
            yield f"key {match.group()}"

    def add_patients_file(self, path: Path) -> None:
        """Names, contacts, dates of birth and member ids of a CSV file of patients."""
        for row in _rows(path):
            self.add("name", row["first_name"], row["last_name"])
            self.add_mobile(row["mobile"])
            self.add_email(row["email"])
            self.add("member id", *row["member_ids"].split(";"))
            if row["date_of_birth"]:
                self.add_born(date.fromisoformat(row["date_of_birth"]))

    def add_entries_file(self, path: Path) -> None:
        """Amounts and descriptions of a CSV file of entries."""
        for row in _rows(path):
            self.add_amount(round(float(row["amount"]) * 100))
            self.add("description", row["description"], row["case_label"])

    def add_remittance(self, path: Path) -> None:
        """Names, member ids and amounts of an 835."""
        for segment in path.read_text("utf-8").split("~"):
            elements = [element.strip() for element in segment.strip().split("*")]
            if elements[0] == "NM1" and elements[1] in {"QC", "IL"}:
                self.add("name", *elements[3:5])
                self.add("member id", *elements[9:10])
            elif elements[0] == "CLP":
                for amount in filter(None, elements[3:6]):
                    self.add_amount(round(float(amount) * 100))

    def add(self, kind: str, *values: str) -> None:
        """Any text, with accents and without, as it is and as JSON escapes it."""
        for value in filter(None, (each.strip() for each in values)):
            plain = "".join(
                each
                for each in unicodedata.normalize("NFKD", value)
                if not unicodedata.combining(each)
            )
            for form in (value, plain, json.dumps(value)[1:-1]):
                self._kinds[form.casefold()] = kind

    def add_mobile(self, number: str) -> None:
        """A number as given, in international form, and in the usual national ones."""
        self.add("contact", number)
        try:
            digits = normalise_mobile(number)[2:]
        except RuleError:
            return
        area, exchange, line = digits[:3], digits[3:6], digits[6:]
        self.add("contact", f"+1{digits}", f"1{digits}", digits, f"{exchange}-{line}")
        self.add("contact", *(each.join((area, exchange, line)) for each in "-. "))

    def add_email(self, address: str) -> None:
        """An address as given and as it is kept, and as part of an address of a page."""
        self.add("contact", address, address.replace("@", "%40"))
        try:
            self.add("contact", normalise_email(address))
        except RuleError:
            return

    def add_born(self, day: date) -> None:
        """A date of birth as forms, files and Python write it."""
        month = f"{day:%B} {day.day}, {day.year}"
        american = f"{day.month}/{day.day}/{day.year}"
        python = f"{day.year}, {day.month}, {day.day}"
        self.add("born", f"{day}", f"{day:%Y%m%d}", f"{day:%m/%d/%Y}", american, month, python)

    def add_amount(self, cents: int) -> None:
        """An amount in dollars and cents, and in cents where no count is that large."""
        dollars = f"{abs(cents) / 100:.2f}"
        self.add("amount", dollars, f"{abs(cents) / 100:,.2f}")
        if abs(cents) >= 10_000:
            self.add("amount", str(abs(cents)))

    def add_tokens(self, tokens: Iterable[str]) -> None:
        """What lets somebody in."""
        self.add("token", *tokens)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _alone(form: str) -> str:
    """The form by itself: not inside a longer word or number."""
    return rf"(?<![\w.]){re.escape(form)}(?!\w|\.\d)"
