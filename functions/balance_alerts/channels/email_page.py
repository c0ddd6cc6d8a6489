"""What emails have in common: their two parts, the frame around the HTML one, phones to tap."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from balance_alerts.channels.addresses import dialable

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class EmailContent:
    """One email, ready to hand over; `headers` are those beyond subject, sender and recipient."""

    subject: str
    text: str
    html: str
    headers: Mapping[str, str]


def one_line(text: str) -> str:
    """No line breaks or control characters: the value goes into headers too."""
    return " ".join(re.sub(r"[^\S ]|[\x00-\x1f\x7f]", " ", text).split())


def filled(said: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """The words with their values in place."""
    return {key: Template(text).substitute(values) for key, text in said.items()}


def text_part(template: str, said: Mapping[str, str]) -> str:
    """The text part, by the name of its template."""
    return _template(f"{template}.txt").substitute(said)


def html_part(
    template: str, said: Mapping[str, str], *, naming_phone: Iterable[str], **markup: str
) -> str:
    """The HTML part: every value escaped, the phone one that a tap dials.

    `template` holds rows; the frame around them needs `language`, `heading`, `name` and
    `preview`, which a mailbox shows beside the subject. `naming_phone` are the sentences that the
    phone stands in; `markup` are values that are HTML already.
    """
    safe = {key: escape(text) for key, text in said.items()}
    phone, dial = safe["phone"], dialable(said["phone"])
    if dial:
        linked = f'<a href="tel:{dial}" style="color:inherit;white-space:nowrap;">{phone}</a>'
        safe |= {key: safe[key].replace(phone, linked) for key in naming_phone}
        safe["phone"] = linked
    rows = _template(f"{template}.html").substitute(safe, **markup)
    return _template("frame.html").substitute(safe, rows=rows)


def markup_of(template: str, said: Mapping[str, str], **markup: str) -> str:
    """A piece of markup with every value escaped, but for those that are HTML already."""
    safe = {key: escape(text) for key, text in said.items()}
    return _template(f"{template}.html").substitute(safe, **markup)


@cache
def _template(file: str) -> Template:
    return Template((_TEMPLATES / file).read_text(encoding="utf-8"))
