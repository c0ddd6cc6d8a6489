"""Whether `make deploy` has to ask: prints --guided where deployment.toml lacks an answer.

The SAM command would go ahead without one, and CloudFormation then names what is missing.
"""

from __future__ import annotations

import shlex
import sys
import tomllib
from pathlib import Path

ANSWERS = Path(__file__).parents[1] / "deployment.toml"
"""What `make deploy` makes of samconfig.toml, for whoever deploys to keep."""
ASKED = ("PublicUrl", "EmailSender", "SignInDomain")
"""The parameters that have no default."""


def answers(samconfig: str, environment: str) -> dict[str, str]:
    """What the text of the file says to parameters in an environment: one text, or a list."""
    told = tomllib.loads(samconfig).get(environment, {})
    given = told.get("deploy", {}).get("parameters", {}).get("parameter_overrides", "")
    pairs = shlex.split(given if isinstance(given, str) else " ".join(given))
    return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}


def missing(samconfig: str, environment: str) -> list[str]:
    """The parameters that have no answer in an environment yet."""
    given = answers(samconfig, environment)
    return [name for name in ASKED if not given.get(name)]


if __name__ == "__main__":
    if missing(ANSWERS.read_text("utf-8"), *sys.argv[1:]):
        print("--guided")
