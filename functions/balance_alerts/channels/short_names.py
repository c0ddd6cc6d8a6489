"""Short names of practices: what fits a text in both languages, whatever else it says."""

from __future__ import annotations

import re
from typing import Final

from balance_alerts.channels.gsm7 import septets, unsendable
from balance_alerts.channels.text_words import room_for_name, tidy

_SHORTEST_USEFUL: Final = 8

_COMPANY_FORMS = re.compile(
    r"[,\s]+(?:L\.?L\.?C|P\.?L\.?L\.?C|L\.?L\.?P|Inc|Ltd|Corp|P\.?C|P\.?A|P\.?S)\.?$", re.IGNORECASE
)
_ABBREVIATIONS = (
    (r"physical therapy", "PT"),
    (r"occupational therapy", "OT"),
    (r"rehabilitation", "Rehab"),
    (r"associates", "Assoc"),
    (r"orthopa?edics?", "Ortho"),
    (r"medicine", "Med"),
    (r"medical", "Med"),
    (r"centers?", "Ctr"),
    (r"centre", "Ctr"),
    (r"and", "&"),
)
_LOOSE_ENDS = re.compile(r"(?:[\s,&/:;-]|\b(?:of|the|for|at|in|de|del|la)\b)+$", re.IGNORECASE)


def longest_short_name(phone: str) -> int:
    """How many characters of short name fit every text of a practice with this phone.

    Counted with a link of 60 characters, an initial and a six-figure amount, in the language that
    needs more room. Zero or less: the phone alone is too long.
    """
    return room_for_name(phone)


def short_name_problem(short_name: str, phone: str) -> str | None:
    """What to change about a short name that cannot be used in texts, or None.

    To be asked when the short name is set, and when the phone is.
    """
    longest = longest_short_name(phone)
    if longest < _SHORTEST_USEFUL:
        return "The phone is too long for a text; give one number, such as 303-555-0123."
    name = tidy(short_name)
    lost = unsendable(short_name)
    if lost:
        return f"The short name has characters that a text cannot show: {' '.join(lost)}"
    if not any(char.isalnum() for char in name):
        return "The short name needs at least one letter; it tells patients who is writing."
    if septets(name) > longest:
        return f"The short name may have {longest} characters, this has {septets(name)}."
    return None


def shorten(display_name: str, phone: str) -> str:
    """A short name made from the display name, which `short_name_problem` lets pass.

    Leaves out the company's legal form, then abbreviates, then drops words from the end.
    """
    longest = longest_short_name(phone)
    name = tidy(display_name)
    for step in (_without_company_form, _abbreviated):
        if septets(name) <= longest:
            break
        name = step(name)
    while septets(name) > longest and " " in name:
        name = _LOOSE_ENDS.sub("", name.rpartition(" ")[0])
    while septets(name) > longest:
        name = name[:-1]
    return name.strip() or "Clinic"


def _without_company_form(name: str) -> str:
    return _COMPANY_FORMS.sub("", name)


def _abbreviated(name: str) -> str:
    for long, short in _ABBREVIATIONS:
        name = re.sub(rf"\b{long}\b", short, name, flags=re.IGNORECASE)
    return name
