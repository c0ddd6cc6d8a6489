"""The soak: `python -m tests.soak --minutes 30 --seed 1`. See docs/soak.md."""

from __future__ import annotations

import argparse
import os
import sys

from tests.soak.soak import Asked, run


def main() -> int:
    """Run as long as asked for; 0 if every invariant held."""
    parser = argparse.ArgumentParser(prog="tests.soak", description="Load the local stack.")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--restarts", type=int, default=2)
    asked = parser.parse_args()
    return run(Asked(asked.minutes * 60, asked.seed, asked.restarts))


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    # Else the interpreter would first wait for threads whose requests nobody answers any more.
    os._exit(status)
