"""A practice's first people: `invite`. They invite the others in the console."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from balance_alerts.domain.permissions import Level
from infra.operator.known_practice import get_practice
from infra.operator.stack import Stack
from infra.operator.who import operator

if TYPE_CHECKING:
    from infra.operator.arguments import Commands


def add(commands: Commands) -> None:
    """Tell argparse about this command."""
    invite_ = commands.add_parser("invite", help="email somebody of a practice how to sign in")
    invite_.add_argument("practice", metavar="PRACTICE")
    invite_.add_argument("--name", required=True)
    invite_.add_argument("--email", required=True)
    invite_.add_argument(
        "--level",
        choices=[level.value for level in Level],
        default=Level.PRACTICE_ADMINISTRATOR.value,
        help="what they may do (default: practice_administrator, who invites the others)",
    )
    invite_.set_defaults(run=_invite)


def _invite(stack: Stack, options: argparse.Namespace) -> int:
    get_practice(stack, options.practice)
    invite(stack, options.practice, options.name, options.email, Level(options.level))
    return 0


def invite(stack: Stack, practice_id: str, name: str, email: str, level: Level) -> None:
    """Invite somebody and say so. Again for the same person, the email is sent again."""
    member, is_new = stack.team_desk.invite(
        practice_id, name=name, email=email, level=level, by=operator()
    )
    told = "invited" if is_new else "was invited before; the email goes out again"
    print(f"{member.name} ({member.level}) {told}")
