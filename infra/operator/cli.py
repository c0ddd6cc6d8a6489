"""The `balance-alerts` command.

Each subcommand is a module with `add(commands)`, which tells argparse its options and what runs.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from infra.operator import (
    brake,
    channels,
    doctor,
    explain,
    export,
    imports,
    message_samples,
    parked,
    patients,
    practices,
    queues,
    team,
    text_replay,
)
from infra.operator.complaints import FORESEEN, in_one_line
from infra.operator.stack import DEFAULT_NAME, Stack, deployed_stack, local_stack

LOCAL_VARIABLE = "BALANCE_ALERTS_LOCAL"
FAILED, INTERRUPTED = 1, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code: 0 done, 1 failed (with one line on stderr)."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(_stack(options), options)
        return code
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # What read our output has seen enough; nothing more may be written, not even on leaving.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except FORESEEN as error:
        print(f"balance-alerts: {in_one_line(error)}", file=sys.stderr)
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="balance-alerts", description="Runs a Balance Alerts stack, deployed or local."
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--stack", metavar="NAME", help=f"deployed stack (default: {DEFAULT_NAME})")
    where.add_argument(
        "--local",
        metavar="URL",
        help=f"local stack, such as http://127.0.0.1:8080 (default: ${LOCAL_VARIABLE})",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for module in (
        practices,
        brake,
        channels,
        team,
        imports,
        parked,
        patients,
        explain,
        export,
        queues,
        text_replay,
        message_samples,
        doctor,
    ):
        module.add(commands)
    return parser


def _stack(options: argparse.Namespace) -> Stack:
    local = options.local or os.environ.get(LOCAL_VARIABLE)
    if local and not options.stack:
        return local_stack(local)
    return deployed_stack(options.stack or DEFAULT_NAME)


if __name__ == "__main__":
    sys.exit(main())
