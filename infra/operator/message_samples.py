"""Every wording that a practice's patients may get: `message-samples`.

Carriers want to see them before they let a number text, and a director before the first alert.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Final

from balance_alerts.access.links import new_token
from balance_alerts.channels import wording
from balance_alerts.channels.email import from_header
from balance_alerts.channels.email_page import EmailContent
from balance_alerts.channels.gsm7 import is_gsm7, parts, septets
from balance_alerts.channels.language import ENGLISH, LANGUAGES, SPANISH
from balance_alerts.domain.practice import Practice
from infra.operator.keyword_replies import keyword_replies
from infra.operator.known_practice import get_practice
from infra.operator.stack import Stack
from infra.operator.words import count_of

if TYPE_CHECKING:
    from infra.operator.arguments import Commands

AMOUNT_CENTS: Final = 123_45
INITIAL: Final = "J"
_PAID = wording.PaidByCard(
    payment_id="0123456789abcdef0123",
    amount_cents=AMOUNT_CENTS,
    paid_on=date(2026, 1, 2),
    card_type="Visa",
    last_four="1111",
    auth_code="ABC123",
)
_LANGUAGES = {ENGLISH: "English", SPANISH: "Spanish"}


def add(commands: Commands) -> None:
    """Tell argparse about this command."""
    samples = commands.add_parser(
        "message-samples",
        help="print every text and email of a practice, as for the registration of a number",
        description="As they are sent, with a link that leads nowhere, an amount and an initial "
        "made up. The amount is in them only where the practice includes it, the initial only "
        "where one contact serves several patients.",
    )
    samples.add_argument("practice", metavar="PRACTICE")
    samples.set_defaults(run=_run)


def _run(stack: Stack, options: argparse.Namespace) -> int:
    practice = get_practice(stack, options.practice)
    token = new_token(practice.code)
    link = f"{stack.output('PublicUrl')}/a/{token}"
    unsubscribe = f"{stack.output('PublicUrl')}/u/{token}"
    sender = stack.variables_of("SendFunctionName")["EMAIL_SENDER"]
    for title, body in texts(practice, link):
        _print(title, body, _size(body))
    for title, body in _replies(practice):
        _print(title, body, _size(body))
    for title, email in emails(practice, link, unsubscribe):
        _print(title, _email_told(email, practice, sender), "the HTML part says the same")
    return 0


def texts(practice: Practice, link: str) -> Iterator[tuple[str, str]]:
    """Every text with what it is."""
    who = {"short_name": practice.short_name, "phone": practice.phone, "link": link}
    for language in LANGUAGES:
        for amount, initial in product((None, AMOUNT_CENTS), (None, INITIAL)):
            said = wording.text_alert(
                **who, language=language, initial=initial, amount_cents=amount
            )
            yield _title("Text, alert", language, amount=amount, initial=initial), said
        for initial in (None, INITIAL):
            said = wording.text_fresh_link(**who, language=language, initial=initial)
            yield _title("Text, fresh link", language, initial=initial), said


def emails(
    practice: Practice, link: str, unsubscribe_link: str
) -> Iterator[tuple[str, EmailContent]]:
    """Every email with what it is."""
    alert = partial(
        wording.email_alert,
        display_name=practice.display_name,
        phone=practice.phone,
        link=link,
        unsubscribe_link=unsubscribe_link,
    )
    receipt = partial(
        wording.email_receipt,
        _PAID,
        display_name=practice.display_name,
        phone=practice.phone,
        hours=practice.hours,
    )
    for language in LANGUAGES:
        for amount, initial in product((None, AMOUNT_CENTS), (None, INITIAL)):
            yield (
                _title("Email, alert", language, amount=amount, initial=initial),
                alert(language=language, initial=initial, amount_cents=amount),
            )
        for initial in (None, INITIAL):
            yield (
                _title("Email, fresh link", language, initial=initial),
                alert(language=language, initial=initial, fresh_link=True),
            )
            yield (
                _title("Email, receipt", language, initial=initial),
                receipt(language=language, initial=initial),
            )


def _replies(practice: Practice) -> Iterator[tuple[str, str]]:
    for language in LANGUAGES:
        for keyword, reply in keyword_replies(
            short_name=practice.short_name, phone=practice.phone, language=language
        ):
            yield _title(f"Reply to {keyword}, to be set at the number", language), reply


def _title(
    what: str, language: str, *, amount: int | None = None, initial: str | None = None
) -> str:
    parts_of_it = [what, _LANGUAGES[language]]
    parts_of_it += ["with the amount"] if amount else []
    parts_of_it += ["with an initial"] if initial else []
    return ", ".join(parts_of_it)


def _size(body: str) -> str:
    length = septets(body) if is_gsm7(body) else len(body)
    return f"{count_of(length, 'character')}, {count_of(parts(body), 'part')}"


def _email_told(email: EmailContent, practice: Practice, sender: str) -> str:
    headers = {"From": from_header(practice.display_name, sender), "Subject": email.subject}
    if practice.reply_to:
        headers["Reply-To"] = practice.reply_to
    lines = [f"{name}: {value}" for name, value in {**headers, **email.headers}.items()]
    return "\n".join([*lines, "", email.text.strip()])


def _print(title: str, body: str, remark: str) -> None:
    print(f"--- {title} ({remark})\n{body}\n")
