"""Whether a stack can do its work, and what to do where it cannot: `doctor`."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import TYPE_CHECKING

from infra.operator.checks import (
    address,
    brakes,
    emails,
    gateway,
    practices,
    text_log,
    text_number,
    text_rights,
    texts,
    workings,
)
from infra.operator.checks.finding import Check, Finding, Verdict, examined
from infra.operator.stack import Stack

if TYPE_CHECKING:
    from infra.operator.arguments import Commands

CHECKS: tuple[tuple[str, Check], ...] = (
    ("address", address.public_url),
    ("email sender", emails.sender),
    ("email sandbox", emails.sandbox),
    ("email sending", emails.sending),
    ("email rate", emails.rate),
    ("email suppression", emails.suppression),
    ("email reports", emails.reports),
    ("text sandbox", texts.sandbox),
    ("text spending", texts.spend_limit),
    ("text number", text_number.number),
    ("text rights", text_rights.for_sns),
    ("text replies", text_number.replies),
    ("text log", text_log.delivery_logging),
    ("text log records", text_log.written),
    ("text log reader", text_log.reading),
    ("schedules", workings.schedules),
    ("dead letters", workings.dead_letters),
    ("alarms", workings.alarms),
    ("dashboards", workings.dashboards),
    ("brakes", brakes.held_back),
    ("practices", practices.settings),
    ("staff", practices.staff),
    ("card environment", gateway.environment),
    ("card payments", gateway.connected),
)
"""What is looked at, in this order, each by the name that its lines begin with."""

REPAIRS: tuple[tuple[str, Check], ...] = (("text log", text_log.mend),)
"""What is mended first, where asked for."""


def add(commands: Commands) -> None:
    """Tell argparse about this command."""
    doctor = commands.add_parser(
        "doctor",
        help="check whether the stack and what surrounds it can do their work",
        description="Looks at AWS, the gateway, the domain and the practices, and changes nothing "
        "without --fix. Ends with 1 if anything is broken.",
    )
    doctor.add_argument(
        "--fix",
        action="store_true",
        help="first have SNS log what becomes of texts, which a deployment cannot",
    )
    doctor.set_defaults(run=_run)


def _run(stack: Stack, options: argparse.Namespace) -> int:
    checks = (*(REPAIRS if options.fix else ()), *CHECKS)
    counts: Counter[Verdict] = Counter()
    for about, check in checks:
        for finding in examined(check, stack):
            counts[finding.verdict] += 1
            print(line(about, finding), flush=True)
    print(", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict))
    return int(counts[Verdict.BROKEN] > 0)


def line(about: str, finding: Finding) -> str:
    """A finding as it is printed: one line, and one more where something is to be done."""
    said = f"{finding.verdict.value:<10} {about}: {finding.found}"
    return said if finding.to_do is None else f"{said}\n{'':<10} -> {finding.to_do}"
